"""Exchanges with strongSwan as known answers: fed what the peer said, the engine says again what it said then.

The captures tell where they are from; the keys in them are those that strongSwan logged. What changes the bytes of our
messages on purpose makes them stale: `tests/interop/record.py` records new ones.
"""

from __future__ import annotations

import json
import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from iosim.ike.v1 import Engine, IkeSa, Policy, QuickModeRequest
from iosim.ike.v1.config import Key
from iosim.ike.v1.events import Phase1Up, QuickModeFinished
from iosim.ipsec.bundle import inbound_sas, opening
from iosim.ipsec.model import Proxy, SaPair, Transform
from iosim.ipsec.udp import decapsulate
from iosim.wire.icmp import ECHO, ECHO_REPLY
from iosim.wire.isakmp import Identification

from .harness import Accept, Config

CAPTURES = sorted((Path(__file__).parent / "captures").glob("*.json"))


class Replay:
    """An engine as the one of a capture was; `sent` is what it says to what the peer said then."""

    def __init__(self, path: Path) -> None:
        self.capture: dict[str, Any] = json.loads(path.read_text())
        kind, protocol, port, name = self.capture["identity"]
        self.proxies = [Proxy(**proxy) for proxy in self.capture["proxies"]]
        self.accept = Accept((Transform(**self.capture["transform"]),), self.capture["pfs_group"])
        config = Config(
            isakmp=(Policy(**self.capture["policy"]),),
            key=Key(b"cisco"),
            accept=self.accept,
            proxies=(self.proxies[0], self.proxies[1]),
            aggressive=self.capture["aggressive"],
            own_identity=Identification(kind, protocol, port, bytes.fromhex(name)),
        )
        self.engine = Engine(config, random.Random(self.capture["seed"]).randbytes)
        self.phase_1: list[IkeSa] = []
        self.pairs: list[SaPair] = []
        self.sent: list[tuple[str, list[int]]] = []
        for step in self.capture["steps"]:
            self._follow(step)

    def _follow(self, step: dict[str, Any]) -> None:
        engine, ends = self.engine, (self.capture["local"], self.capture["remote"])
        if "request" in step:
            wanted = (self.accept.transforms, self.accept.pfs_group, self.accept.lifetime, self.accept.lifesize)
            engine.request(QuickModeRequest(*ends, self.proxies[0], self.proxies[1], *wanted, policy=None), step["at"])
        elif "received" in step:
            engine.receive_datagram(bytes.fromhex(step["received"]), *ends, *step["ports"], step["at"])
        self.sent += [(each.data.hex(), [each.local_port, each.remote_port]) for each in engine.datagrams_to_send()]
        while (event := engine.next_event()) is not None:
            if isinstance(event, Phase1Up):
                self.phase_1.append(event.sa)
            elif isinstance(event, QuickModeFinished):
                self.pairs.append(event.pair)


@pytest.fixture(scope="module", params=CAPTURES, ids=lambda path: path.stem)
def replay(request: pytest.FixtureRequest) -> Replay:
    return Replay(request.param)


def test_there_are_captures_of_both_modes_and_both_roles() -> None:
    assert [path.stem for path in CAPTURES] == [
        f"{mode}-mode-{role}" for mode in ("aggressive", "main") for role in ("initiator", "responder")
    ]


def test_every_answer_is_the_same(replay: Replay) -> None:
    said = [(step["sent"], step["ports"]) for step in replay.capture["steps"] if "sent" in step]
    assert len(said) >= 2
    assert replay.sent == said


def test_the_keys_of_phase_1_are_those_of_strongswan(replay: Replay) -> None:
    (sa,), keys = replay.phase_1, replay.capture["keys"]
    assert sa.secrets is not None
    ours = [sa.secrets.skeyid, sa.secrets.skeyid_d, sa.secrets.skeyid_a, sa.secrets.skeyid_e, sa.secrets.ka]
    names = ["SKEYID", "SKEYID_d", "SKEYID_a", "SKEYID_e", "encryption key Ka"]
    assert [key.hex() for key in ours] == [keys[name] for name in names]


def test_the_keys_of_phase_2_are_those_of_strongswan(replay: Replay) -> None:
    """Its initiator is that of quick mode, who sends with the SA that the responder has inbound."""
    (pair,), keys = replay.pairs, replay.capture["keys"]
    by_role = {"initiator": pair.outbound, "responder": pair.inbound}
    if not pair.initiator:
        by_role = {"initiator": pair.inbound, "responder": pair.outbound}
    for role, (sa,) in by_role.items():
        assert sa.cipher_key.hex() == keys[f"encryption {role} key"]
        assert sa.integrity_key.hex() == keys[f"integrity {role} key"]


def test_esp_of_both_sides_decrypts(replay: Replay) -> None:
    """Two pings each way."""
    (pair,) = replay.pairs
    unseal = {
        "received": opening(inbound_sas(pair)),
        "sent": opening(inbound_sas(replace(pair, inbound=pair.outbound))),
    }
    echoes = []
    for packet in replay.capture["esp"]:
        ((direction, data),) = packet.items()
        inner = unseal[direction](decapsulate(bytes.fromhex(data))[0])
        assert isinstance(inner, bytes), inner
        ours = int.from_bytes(inner[12 if direction == "sent" else 16 :][:4], "big")
        assert ours & pair.local_proxy.mask == pair.local_proxy.address
        echoes.append((direction, inner[20]))
    one_way = [("sent", ECHO), ("received", ECHO_REPLY)] * 2
    assert echoes == [*one_way, *(("received", ECHO), ("sent", ECHO_REPLY)) * 2]


def test_strongswans_deletes_end_it(replay: Replay) -> None:
    assert all(sa.deleted is not None for sa in replay.engine.sas)
