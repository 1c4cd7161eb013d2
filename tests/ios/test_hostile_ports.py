"""UDP 500 and 4500 of a router: what belongs to the other port, markers that lie, and names that are no text."""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Iterator

import pytest

from iosim.ike.v1 import Policy
from iosim.ike.v1.phase1.offers import attributes
from iosim.ike.v1.trace.identities import Identity
from iosim.ios.features.isakmp.engine import IsakmpFeature
from iosim.ios.features.isakmp.words import words
from iosim.ios.router import Router
from iosim.lab.build import Network
from iosim.lab.find import find_lab
from iosim.lab.load import load_lab
from iosim.wire.ipv4 import Ipv4
from iosim.wire.isakmp import (
    HEADER_LENGTH,
    Header,
    Identification,
    IdType,
    Payload,
    PayloadType,
    Proposal,
    SecurityAssociation,
    Transform,
    pack_payloads,
)
from iosim.wire.udp import Udp

PEER, OURS = 0xC6336402, 0xCB007102
MARKER = bytes(4)


@pytest.fixture(scope="module")
def network() -> Iterator[Network]:
    built = Network(load_lab(find_lab("site-to-site")))
    built.start()
    assert "!!!!" in built.execute("PC1", "ping 192.168.2.10")
    yield built


def router(network: Network) -> Router:
    found = network.nodes["R1"]
    assert isinstance(found, Router)
    return found


def arrive(network: Network, data: bytes, port: int, source_port: int = 500) -> None:
    """A UDP packet of the peer comes to the outside interface."""
    node = router(network)
    packet = Ipv4(PEER, OURS, 17, Udp(source_port, port, data).pack(PEER, OURS)).pack()
    node.stack.protocols[17](packet, node.stack.interfaces["GigabitEthernet0/0"])
    network.sim.run(until=network.sim.now + 1000)


def state(network: Network) -> object:
    sas = router(network)[IsakmpFeature].engine.sas
    return [(sa.conn_id, sa.shown, sa.local_port, sa.remote_port) for sa in sas]


def messages(network: Network) -> list[bytes]:
    """A datagram with the cookies of the SA, of each exchange, encrypted and not; and offers."""
    sa = router(network)[IsakmpFeature].engine.sas[-1]
    noise = random.Random(1).randbytes
    found = []
    for exchange in (2, 4, 5, 6, 32, 33):
        for flags in (0, 1):
            body = noise(64)
            head = sa.initiator_cookie + sa.responder_cookie + bytes((8, 0x10, exchange, flags)) + noise(4)
            found.append(head + (28 + len(body)).to_bytes(4) + body)
    return found


def test_what_belongs_to_the_other_port_is_none(network: Network) -> None:
    before = state(network)
    for data in messages(network):
        for lies in (
            (data, 4500),  # no marker: this would be ESP
            (MARKER + data, 500),  # a marker where none belongs
            (MARKER + MARKER + data, 4500),
            (MARKER[:3] + data, 4500),
            (MARKER + data, 4500),
            (data, 500),
        ):
            for source_port in (500, 4500, 1, 65535):
                arrive(network, *lies, source_port)
    assert state(network) == before
    assert "!!!!!" in network.execute("PC1", "ping 192.168.2.10")


@pytest.mark.parametrize("length", range(14))
def test_short_ones_at_both_ports(network: Network, length: int) -> None:
    before = state(network)
    for fill in (b"\0", b"\xff", b"\1"):
        for port in (500, 4500):
            arrive(network, fill * length, port)
            arrive(network, MARKER + fill * length, port)
    assert state(network) == before


def test_esp_in_udp_with_spis_that_are_ours_or_not(network: Network) -> None:
    """The SAs do not go through UDP; what claims to be theirs is no more than noise."""
    known = [int(spi, 16) for spi in re.findall(r"spi: 0x(\w+)", network.execute("R1", "show crypto ipsec sa"))]
    assert known
    noise = random.Random(2).randbytes
    for spi in (*known, 1, 0x100, 0xFFFFFFFF):
        for size in (0, 3, 4, 8, 16, 40, 100, 1400):
            arrive(network, spi.to_bytes(4) + noise(size), 4500, 4500)
    assert "!!!!!" in network.execute("PC1", "ping 192.168.2.10")


def test_half_open_sas_are_bounded_shown_and_forgotten(network: Network) -> None:
    """Offers that nobody follows up, within 1.5 s: 1,000 of 1,500 are taken, and after three minutes none is left."""
    offer = SecurityAssociation((Proposal(1, 1, b"", (Transform(1, 1, attributes(suite(network))),)),)).pack()
    content = pack_payloads([Payload(PayloadType.SA, offer)])
    for number in range(1, 1501):
        header = Header(number.to_bytes(8), bytes(8), PayloadType.SA, 2, 0, 0, HEADER_LENGTH + len(content))
        arrive(network, header.pack() + content, 500)
    shown = network.execute("R1", "show crypto isakmp sa")
    assert shown.count("MM_SA_SETUP") == 1000
    counted = network.execute("R1", "show crypto call admission statistics")
    assert re.search(r"Total IKE SA Count: +1001 active: +1 negotiating: +1000", counted)
    assert re.search(r"Incoming IKE Requests: +\d+ accepted: +1\d\d\d rejected: +[45]\d\d", counted)
    assert "!!!!!" in network.execute("PC1", "ping 192.168.2.10")
    network.sim.run(until=network.sim.now + 180_000_000)
    assert "MM_" not in network.execute("R1", "show crypto isakmp sa")
    assert "!!!!!" in network.execute("PC1", "ping 192.168.2.10")


def suite(network: Network) -> Policy:
    return router(network)[IsakmpFeature].config.policies(PEER)[0]


NAMES = {"empty": b"", "8 bit": b"\xff\xfe", "escape": b"a\x1b[2Jb\r\n\x07", "all": bytes(range(256))}
KINDS = [IdType.FQDN, IdType.USER_FQDN, IdType.KEY_ID, IdType.DER_ASN1_DN, IdType.IPV4_ADDR, 77]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", NAMES)
def test_a_name_cannot_write_on_the_terminal(kind: int, name: str, network: Network) -> None:
    """Debugging shows the identity of a stranger, which could clear the screen by its control characters."""
    node = router(network)
    for line in words(Identity(1, False, 8, Identification(kind, 17, 500, NAMES[name]))):
        node.syslog.debug(line)
    node.syslog.message("CRYPTO-6-IKMP_MODE_FAILURE", NAMES[name].decode("latin-1"))
    assert readable(network.execute("R1", "show logging"))


def test_the_name_of_a_peer_is_shown_as_text(network: Network) -> None:
    sa = router(network)[IsakmpFeature].engine.sas[-1]
    before, sa.peer_id = sa.peer_id, Identification(IdType.FQDN, 17, 500, NAMES["all"])
    try:
        for command in ("show crypto session detail", "show crypto isakmp peers", "show crypto isakmp sa detail"):
            assert readable(network.execute("R1", command))
    finally:
        sa.peer_id = before


def readable(text: str) -> bool:
    """Whether a terminal that is given this does nothing but print."""
    return all(unicodedata.category(character) != "Cc" or character in "\n\t" for character in text)
