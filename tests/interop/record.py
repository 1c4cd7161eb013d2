"""Records exchanges with strongSwan for `tests/ike/test_captures.py`: `python -m tests.interop.record`, as root.

The router's engine is given randomness of a known seed, and all that goes into it and comes out of it is written down.
The keys are those in strongSwan's log, so that they are known answers and not our own.
"""

from __future__ import annotations

import json
import random
import re
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from iosim.ike.v1 import Engine, QuickModeRequest
from iosim.ike.v1.config import Ikev1Config
from iosim.ike.v1.context import Datagram
from iosim.ike.v1.events import Event, QuickModeFinished
from iosim.ios.features.isakmp import engine as router_engine
from iosim.ipsec.udp import carries_esp
from tests.interop.neighbour import neighbour
from tests.interop.pair import ROUTER_BEGINS, STRONGSWAN_BEGINS, paired
from tests.interop.tunnels import Tunnel

FOLDER = Path(__file__).parents[1] / "ike" / "captures"
AGGRESSIVE_PEER = """\
crypto isakmp peer address 192.0.2.101
 set aggressive-mode client-endpoint fqdn r1.example.com
 set aggressive-mode password cisco
"""
NAMED = "crypto isakmp identity hostname\nip domain name example.com\n"
MAIN = Tunnel(1, "aes 256", "sha256", "19", "aes 256", "sha256", "19")
AGGRESSIVE = Tunnel(
    1, "3des", "sha", "2", "3des", "sha", "2",
    connection="aggressive = yes", local_id="peer.example.com", remote_id="R1.example.com",
)  # fmt: skip
INITIATED = Tunnel(
    1, "aes", "md5", "5", "aes 192", "md5",
    connection="aggressive = yes", remote_id="r1.example.com",
)  # fmt: skip
SCENES: Mapping[str, tuple[str, Tunnel, str]] = {
    "main-mode-initiator": (ROUTER_BEGINS, MAIN, ""),
    "main-mode-responder": (STRONGSWAN_BEGINS, MAIN, ""),
    "aggressive-mode-initiator": (ROUTER_BEGINS, INITIATED, AGGRESSIVE_PEER),
    "aggressive-mode-responder": (STRONGSWAN_BEGINS, AGGRESSIVE, NAMED),
}


class Recorder(Engine):
    """An engine whose datagrams and requests are kept, with their times in µs."""

    def __init__(self, config: Ikev1Config, seed: str) -> None:
        super().__init__(config, random.Random(seed).randbytes)
        self.steps: list[dict[str, Any]] = []
        self.pairs: list[QuickModeFinished] = []
        self.given = config

    def request(self, request: QuickModeRequest, now: int) -> None:
        self.steps.append({"at": now, "request": {"local": request.local, "remote": request.remote}})
        super().request(request, now)

    def receive_datagram(
        self, data: bytes, local: int, remote: int, local_port: int, remote_port: int, now: int
    ) -> None:
        self.steps.append({"at": now, "received": data.hex(), "ports": [local_port, remote_port]})
        super().receive_datagram(data, local, remote, local_port, remote_port, now)

    def datagrams_to_send(self) -> list[Datagram]:
        datagrams = super().datagrams_to_send()
        self.steps += [{"sent": each.data.hex(), "ports": [each.local_port, each.remote_port]} for each in datagrams]
        return datagrams

    def next_event(self) -> Event | None:
        event = super().next_event()
        if isinstance(event, QuickModeFinished):
            self.pairs.append(event)
        return event


def record(name: str, side: str, tunnel: Tunnel, extra: str, folder: Path) -> dict[str, Any]:
    """One exchange: phase 1, quick mode, two pings each way, and strongSwan's deletes."""
    engines: list[Recorder] = []

    def engine(config: Ikev1Config, *_: object) -> Recorder:
        engines.append(Recorder(config, name))
        return engines[-1]

    router_engine.Engine = engine  # type: ignore[misc,assignment]
    esp: list[dict[str, str]] = []
    with neighbour() as namespace, paired(namespace, folder, tunnel, extra=extra, detail=4) as pair:
        outside = next(port for port in pair.lab.network.ports.values() if port.name == "R1:GigabitEthernet0/0")
        outside.taps.append(_esp_tap(esp))
        pair.bring_up(side)
        pair.lab.type("PC1", f"ping {tunnel.host} repeat 2")
        pair.lab.wait_for(namespace.start("ping", "-c", "2", "-i", "0.02", "-I", tunnel.host, "10.1.0.10"))
        pair.peer.begin("--terminate", "--ike", "r1")
        assert pair.lab.wait(pair.nothing, 5)
        configuration = {"router": (folder / "R1.cfg").read_text(), "strongSwan": (folder / "swanctl.conf").read_text()}
        return {
            "provenance": _provenance(),
            "configuration": {key: text.splitlines() for key, text in configuration.items()},
            "seed": name,
            **_settings(engines[-1]),
            "keys": _keys(pair.peer.log.read_text()),
            "steps": engines[-1].steps,
            "esp": esp,
        }


def _provenance() -> str:
    query = ("dpkg-query", "-W", "-f", "${Version}", "charon-systemd")
    version = subprocess.run(query, check=True, capture_output=True, text=True).stdout
    return (
        f"iosim with strongSwan (Debian package charon-systemd {version}), {date.today()}, by tests/interop/record.py"
    )


def _settings(engine: Recorder) -> dict[str, Any]:
    """What the engine had been told, as far as it matters."""
    sa, pair = engine.sas[-1], engine.pairs[0].pair
    assert sa.policy is not None
    identity = sa.phase_1.identity or engine.given.identity(sa.local, sa.remote, None)
    return {
        "local": sa.local,
        "remote": sa.remote,
        "policy": asdict(sa.policy),
        "aggressive": bool(sa.initiator and sa.phase_1.kind == 4),
        "identity": [int(identity.kind), identity.protocol, identity.port, identity.data.hex()],
        "transform": asdict(pair.transform),
        "pfs_group": pair.pfs_group,
        "proxies": [asdict(pair.local_proxy), asdict(pair.remote_proxy)],
    }


def _esp_tap(packets: list[dict[str, str]]) -> Callable[[bool, bytes], None]:
    def tap(outbound: bool, frame: bytes) -> None:
        packet = frame[14:]
        if frame[12:14] == b"\x08\0" and packet[9] == 17 and packet[22:24] == b"\x11\x94" and carries_esp(packet):
            packets.append({"sent" if outbound else "received": packet.hex()})

    return tap


def _keys(log: str) -> dict[str, str]:
    """`SKEYID => 20 bytes @ 0x…` and the lines of octets after it, of each key that charon logs."""
    keys = {}
    for name, dump in re.findall(r"\] ([\w ]+) => \d+ bytes @ \S+\n((?:\d+\[\w+\] +\d+: .*\n)+)", log):
        octets = re.findall(r"\d+: ((?:[0-9A-F]{2} )+)", dump)
        keys[name] = bytes.fromhex("".join(octets)).hex()
    return {name: key for name, key in keys.items() if "SKEYID" in name or "key" in name}


if __name__ == "__main__":
    for scene, arguments in SCENES.items():
        with TemporaryDirectory() as temporary:
            recorded = record(scene, *arguments, Path(temporary))
        (FOLDER / f"{scene}.json").write_text(json.dumps(recorded, indent=1) + "\n")
        print(scene, len(recorded["steps"]), "steps", len(recorded["esp"]), "ESP packets", list(recorded["keys"]))
