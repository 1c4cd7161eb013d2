"""Second opinions: tshark decrypts what the engines say, scapy reads the clear messages."""

from pathlib import Path

import pytest

from iosim.ike.v1 import Policy
from iosim.ike.v1.events import Phase1Keys
from iosim.ipsec.model import Transform
from iosim.wire.ipv4 import ESP
from iosim.wire.isakmp import HEADER_LENGTH

from .capture import dissect, ip_packet, write_pcap
from .harness import AES_SHA, LAN_A, LAN_B, A, Accept, B, Config, Lab

LISTS = [
    "1,2,3,13,13,13,13",
    "1,2,3,13",
    "4,10,13,13,13,20,20",
    "4,10,13,13,13,20,20",
    "5,8,11",
    "5,8",
    "8,1,2,3,2,3,2,3,2,3,10,4,5,5",
    "8,1,2,3,2,3,10,4,5,5,11",
    "8",
    "8,12",
]
POLICIES = [
    Policy(10, "des", "md5", "pre-share", 1, 86400),
    Policy(10, "3des", "sha", "pre-share", 2, 1200),
    Policy(10, "aes-192", "md5", "pre-share", 5, 86400),
    Policy(10, "aes-256", "sha256", "pre-share", 14, 86400),
    Policy(10, "aes-128", "sha384", "pre-share", 15, 86400),
    Policy(10, "aes-192", "sha512", "pre-share", 16, 86400),
    Policy(10, "3des", "sha384", "pre-share", 19, 86400),
    Policy(10, "aes-256", "sha512", "pre-share", 20, 86400),
    Policy(10, "aes-256", "md5", "pre-share", 21, 86400),
    Policy(10, "des", "sha512", "pre-share", 24, 86400),
]

BUNDLE = Transform("aes-256", "sha", "tunnel", "sha256")


def conversation(policy: Policy) -> Lab:
    """Main mode, a quick mode with PFS in the same group and a lowered lifetime, and a delete."""
    lab = Lab(Config(isakmp=(policy,)), Config(isakmp=(policy,), proxies=(LAN_B, LAN_A)))
    lab.b.config.accept = Accept((BUNDLE,), pfs_group=policy.group, lifetime=1800)
    lab.request(transforms=(AES_SHA, BUNDLE, Transform("gcm-256", None)), pfs_group=policy.group)
    lab.run()
    lab.a.engine.delete_ipsec(A, B, [(ESP, 4711)], lab.now)
    lab.collect()
    return lab.run()


@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: f"{policy.encryption} {policy.hash} {policy.group}")
def test_tshark_decrypts_every_message(policy: Policy, tmp_path: Path) -> None:
    lab = conversation(policy)
    capture = write_pcap(tmp_path / "ike.pcap", [ip_packet(datagram) for datagram in lab.wire])
    packets = dissect(
        capture, lab.a.seen(Phase1Keys), "isakmp.typepayload", "isakmp.id.data.ipv4_addr", "_ws.malformed", "_ws.expert"
    )
    assert [",".join(packet["isakmp.typepayload"]) for packet in packets] == LISTS
    assert packets[4]["isakmp.id.data.ipv4_addr"] == ["10.0.0.1"]
    assert packets[5]["isakmp.id.data.ipv4_addr"] == ["10.0.0.2"]
    assert not any(packet["_ws.malformed"] or packet["_ws.expert"] for packet in packets)


def test_tshark_without_keys_sees_nothing_malformed(tmp_path: Path) -> None:
    lab = conversation(POLICIES[3])
    capture = write_pcap(tmp_path / "ike.pcap", [ip_packet(datagram) for datagram in lab.wire])
    packets = dissect(capture, [], "isakmp.typepayload", "_ws.malformed")
    assert [",".join(packet["isakmp.typepayload"]) for packet in packets] == LISTS[:4] + [""] * 6
    assert not any(packet["_ws.malformed"] for packet in packets)


def test_scapy_reads_the_clear_messages() -> None:
    isakmp = pytest.importorskip("scapy.layers.isakmp")
    lab = Lab(Config(isakmp=tuple(POLICIES)), Config(isakmp=(POLICIES[2],), proxies=(LAN_B, LAN_A)))
    lab.b.config.accept = Accept((AES_SHA,))
    lab.request()
    lab.run()
    offer, answer, keys = (isakmp.ISAKMP(datagram.data) for datagram in lab.wire[:3])
    proposal = offer[isakmp.ISAKMP_payload_Proposal]
    assert proposal.trans_nb == len(POLICIES)
    first = dict(pair for pair in proposal.trans.transforms if len(pair) == 2)
    assert (first["Encryption"], first["Hash"], first["Authentication"]) == ("DES-CBC", "MD5", "PSK")
    assert (first["GroupDesc"], first["LifeType"], first["LifeDuration"]) == ("768MODPgr", "Seconds", 86400)
    chosen = dict(answer[isakmp.ISAKMP_payload_Proposal].trans.transforms)
    assert (chosen["Encryption"], chosen["KeyLength"], chosen["GroupDesc"]) == ("AES-CBC", 192, "1536MODPgr")
    assert (offer.resp_cookie, answer.init_cookie) == (bytes(8), lab.wire[0].data[:8])
    assert len(keys[isakmp.ISAKMP_payload_KE].ke) == 192
    assert keys.length == len(lab.wire[2].data) > HEADER_LENGTH
