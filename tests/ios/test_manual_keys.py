"""Crypto maps whose keys are typed by hand: two routers ping, scapy reads along, and what goes wrong is counted."""

from __future__ import annotations

import re
from importlib import import_module

import pytest

from iosim.stack.interface import Interface
from iosim.wire.ipv4 import AH, ESP
from tests.ios.crypto_pair import Pair, in_order

ENCRYPTION = {1: "0123456789abcdef0123456789abcdef", 2: "fedcba9876543210fedcba9876543210"}
INTEGRITY = {1: "11" * 20, 2: "22" * 20}
BY_HAND = """\
interface GigabitEthernet0/0
 no crypto map
 exit
no crypto map VPN
crypto ipsec transform-set HAND {transforms}
crypto map VPN 10 ipsec-manual
 set peer 203.0.113.{other}
 {inbound}
 {outbound}
 set transform-set HAND
 match address TUNNEL
interface GigabitEthernet0/0
 crypto map VPN"""
ESP_KEY = "set session-key {way} esp {spi} cipher {cipher} authenticator {auth}"
AH_KEY = "set session-key {way} ah {spi} {auth}"


def by_hand(pair: Pair, number: int, transforms: str = "esp-aes esp-sha-hmac", keys: str = ESP_KEY) -> None:
    """Give a router an entry with keys: SPI 1000 and the first keys for what it receives, if it is R1."""
    other = 3 - number

    def key(way: str, owner: int) -> str:
        made = {"way": way, "spi": owner * 1000, "cipher": ENCRYPTION[owner], "auth": INTEGRITY[owner]}
        return "\n ".join(line.format(**made) for line in keys.splitlines())

    lines = {"inbound": key("inbound", number), "outbound": key("outbound", other)}
    pair.configure(number, BY_HAND.format(transforms=transforms, other=other, **lines))


def keyed(transforms: str = "esp-aes esp-sha-hmac", keys: str = ESP_KEY) -> Pair:
    """Both routers with the same keys."""
    pair = Pair()
    for number in (1, 2):
        by_hand(pair, number, transforms, keys)
    return pair


def replace_key(pair: Pair, number: int, line: str) -> None:
    pair.configure(number, f"crypto map VPN 10 ipsec-manual\n {line}")


def test_two_routers_ping_and_no_packet_is_lost_to_a_negotiation() -> None:
    pair = keyed()
    assert "Success rate is 100 percent (5/5)" in pair.ping()
    shown = pair.type(1, "show crypto ipsec sa")
    in_order(shown, "#pkts encaps: 5,", "#pkts decaps: 5,", "current outbound spi: 0x7D0(2000)")
    assert shown.count("no sa timing") == 2 and "remaining key lifetime" not in shown
    assert shown.count("replay detection support: N") == 2
    assert "QM_IDLE" not in pair.type(1, "show crypto isakmp sa")
    assert "Session status: UP-NO-IKE" in pair.type(1, "show crypto session")


def test_they_live_for_ever_and_number_their_packets_anew_when_a_router_does() -> None:
    pair = keyed()
    pair.ping()
    pair.pass_time(3 * 86400)
    pair.configure(1, "interface GigabitEthernet0/0\n no crypto map\n crypto map VPN")
    assert "Success rate is 100 percent (5/5)" in pair.ping()
    assert "#recv errors 0" in pair.type(2, "show crypto ipsec sa")


def test_the_map_and_the_configuration_show_the_keys_as_they_were_typed() -> None:
    pair = keyed("ah-sha-hmac esp-aes", "set session-key {way} esp {spi} cipher {cipher}\n" + AH_KEY)
    assert (
        '\nCrypto Map IPv4 "VPN" 10 ipsec-manual\n\tPeer = 203.0.113.2\n\tExtended IP access list TUNNEL\n'
        "\t    access-list TUNNEL permit ip 192.168.1.0 0.0.0.255 192.168.2.0 0.0.0.255\n"
        "\tCurrent peer: 203.0.113.2\n\tTransform sets={ \n\t\tHAND:  { ah-sha-hmac esp-aes  } , \n\t}\n"
        f"\tInbound esp spi: 1000,\n\t cipher key: {ENCRYPTION[1]},\n\t auth_key: ,\n"
        f"\tInbound ah spi: 1000,\n\t    key: {INTEGRITY[1]},\n"
        f"\tOutbound esp spi: 2000,\n\t cipher key: {ENCRYPTION[2]},\n\t auth_key: ,\n"
        f"\tOutbound ah spi: 2000,\n\t    key: {INTEGRITY[2]},\n"
        "\tInterfaces using crypto map VPN:\n\t\tGigabitEthernet0/0\n"
    ) in "\n" + pair.type(1, "show crypto map")
    assert (
        "crypto map VPN 10 ipsec-manual \n set peer 203.0.113.2\n"
        f" set session-key inbound ah 1000 {INTEGRITY[1]} \n set session-key outbound ah 2000 {INTEGRITY[2]} \n"
        f" set session-key inbound esp 1000 cipher {ENCRYPTION[1]} \n"
        f" set session-key outbound esp 2000 cipher {ENCRYPTION[2]} \n"
        " set transform-set HAND \n match address TUNNEL\n"
    ) in pair.type(1, "show running-config")


def test_a_bundle_may_have_one_spi_for_both_protocols() -> None:
    pair = keyed("ah-sha-hmac esp-aes", "set session-key {way} esp {spi} cipher {cipher}\n" + AH_KEY)
    assert "Success rate is 100 percent (5/5)" in pair.ping()
    assert pair.type(1, "show crypto ipsec sa").count("spi: 0x3E8(1000)") == 2
    pair.type(1, "clear crypto sa")
    assert "Success rate is 100 percent (5/5)" in pair.ping(), "SAs by hand are there again at once"


@pytest.mark.parametrize(
    ("transforms", "keys", "protocol", "sa"),
    [
        ("esp-aes esp-sha-hmac", ESP_KEY, ESP, {"crypt_algo": "AES-CBC", "auth_algo": "HMAC-SHA1-96"}),
        ("esp-null esp-md5-hmac", ESP_KEY, ESP, {"crypt_algo": "NULL", "auth_algo": "HMAC-MD5-96"}),
        ("ah-sha-hmac", AH_KEY, AH, {"auth_algo": "HMAC-SHA1-96"}),
    ],
)
def test_scapy_opens_the_packets_with_the_keys_that_were_typed(
    transforms: str, keys: str, protocol: int, sa: dict[str, str]
) -> None:
    pair = keyed(transforms, keys)
    seen: list[bytes] = []
    receive = pair.routers[2].stack.protocols[protocol]

    def listen(packet: bytes, interface: Interface) -> None:
        seen.append(packet)
        receive(packet, interface)

    pair.routers[2].stack.protocols[protocol] = listen
    assert "!!!!!" in pair.ping()
    ipsec, inet = import_module("scapy.layers.ipsec"), import_module("scapy.layers.inet")
    used = {"AES-CBC": bytes.fromhex(ENCRYPTION[2]), "NULL": None}
    if protocol == ESP:
        sa["crypt_key"] = used[sa["crypt_algo"]]  # type: ignore[assignment]  # bytes for text
    length = 16 if "MD5" in sa["auth_algo"] else 20
    outer = inet.IP(src="203.0.113.1", dst="203.0.113.2")
    judge = ipsec.SecurityAssociation(
        ipsec.ESP if protocol == ESP else ipsec.AH,
        spi=2000,
        auth_key=bytes.fromhex(INTEGRITY[2])[:length],
        tunnel_header=outer,
        **sa,
    )
    assert len(seen) == 5
    for number, packet in enumerate(seen, 1):
        inner = inet.IP(bytes(judge.decrypt(inet.IP(packet))))
        assert (inner.src, inner.dst, inner.proto) == ("192.168.1.1", "192.168.2.1", 1)
        assert inet.IP(packet).payload.seq == number


def test_longer_keys_are_cut_and_shorter_ones_filled_up() -> None:
    pair = keyed("esp-des esp-md5-hmac")
    assert "!!!!!" in pair.ping()
    for number in (1, 2):
        for way, owner in (("inbound", number), ("outbound", 3 - number)):
            replace_key(pair, number, f"set session-key {way} esp {owner}000 cipher BBBB authenticator 20")
    assert "!!!!!" in pair.ping()
    replace_key(pair, 1, "set session-key outbound esp 2000 cipher BBBB000000000000 authenticator 2000")
    assert "!!!!!" in pair.ping()
    replace_key(pair, 1, "set session-key outbound esp 2000 cipher BBBB000000000002 authenticator 20")
    assert "!" not in pair.ping()


def test_wrong_keys_are_counted_and_told_of() -> None:
    pair = keyed()
    replace_key(pair, 1, f"set session-key outbound esp 2000 cipher {ENCRYPTION[2]} authenticator {'33' * 20}")
    assert "....." in pair.ping()
    assert "#pkts verify failed: 5" in pair.type(2, "show crypto ipsec sa detail")
    pattern = (
        r"%CRYPTO-4-RECVD_PKT_MAC_ERR: decrypt: mac verify failed for connection id=\d+ local=203.0.113.2 "
        r"remote=203.0.113.1 spi=000007D0 seqno=00000001\n"
    )
    assert len(re.findall(pattern, pair.shown(2).replace("\r", ""))) == 1
    assert pair.shown(2).count("RECVD_PKT_MAC_ERR") == 1
    pair.pass_time(25)
    pair.ping()
    assert pair.shown(2).count("RECVD_PKT_MAC_ERR") == 2, "30 seconds lie between two messages"


def test_wrong_spis_are_invalid_ones() -> None:
    pair = keyed()
    replace_key(pair, 1, ESP_KEY.format(way="outbound", spi=2001, cipher=ENCRYPTION[2], auth=INTEGRITY[2]))
    assert "....." in pair.ping()
    assert "has invalid spi for destaddr=203.0.113.2, prot=50, spi=0x7D1(2001), srcaddr=203.0.113.1" in pair.shown(2)


def test_without_all_keys_nothing_goes() -> None:
    pair = keyed()
    replace_key(pair, 1, "no set session-key inbound esp")
    pair.debug(1)
    assert "Success rate is 0 percent" in pair.ping()
    pair.type(1, "undebug all")
    assert "IPSEC(manual_key_stuffing): keys missing for addr 203.0.113.2/prot 50/spi 0." in pair.shown(1)
    shown = pair.type(1, "show crypto ipsec sa")
    assert "#send errors 5" in shown and "current outbound spi: 0x0(0)" in shown
    replace_key(pair, 1, f"set session-key inbound esp 1000 cipher {ENCRYPTION[1]}")
    assert "....." in pair.ping(), "the transform wants a key for its HMAC, too"
    replace_key(pair, 1, ESP_KEY.format(way="inbound", spi=1000, cipher=ENCRYPTION[1], auth=INTEGRITY[1]))
    assert "!!!!!" in pair.ping()


def test_counter_modes_have_no_keys_by_hand() -> None:
    pair = keyed("esp-gcm")
    assert "....." in pair.ping()


def test_only_the_first_permit_line_counts() -> None:
    pair = keyed()
    for number in (1, 2):
        lines = (
            "no permit ip 192.168.{0}.0 0.0.0.255 192.168.{1}.0 0.0.0.255",
            "deny ip host 192.168.{0}.2 any",
            "permit ip host 192.168.{0}.1 host 192.168.{1}.1",
            "permit ip host 192.168.{0}.3 host 192.168.{1}.1",
        )
        typed = "\n ".join(lines).format(number, 3 - number)
        pair.configure(number, f"ip access-list extended TUNNEL\n {typed}")
    assert "!!!!!" in pair.ping()
    shown = pair.type(1, "show crypto ipsec sa")
    assert shown.count("local  ident") == 1 and "(192.168.1.1/255.255.255.255/0/0)" in shown
    pair.configure(1, "interface Loopback0\n ip address 192.168.1.3 255.255.255.0")
    before = shown.count("encaps: 5")
    pair.type(1, "ping 192.168.2.1 source 192.168.1.3")
    assert before == 1 and "encaps: 5" in pair.type(1, "show crypto ipsec sa"), "it went in the clear"


def test_transport_mode_is_for_what_goes_from_peer_to_peer() -> None:
    pair = keyed()
    for number in (1, 2):
        pair.configure(number, "crypto ipsec transform-set HAND esp-aes esp-sha-hmac\n mode transport")
    assert "!!!!!" in pair.ping()
    assert "in use settings ={Tunnel, }" in pair.type(1, "show crypto ipsec sa")
    for number in (1, 2):
        ends = f"host 203.0.113.{number} host 203.0.113.{3 - number}"
        line = f"no permit ip 192.168.{number}.0 0.0.0.255 192.168.{3 - number}.0 0.0.0.255"
        pair.configure(number, f"ip access-list extended TUNNEL\n {line}\n permit ip {ends}")
    assert "!!!!!" in pair.type(1, "ping 203.0.113.2")
    assert "in use settings ={Transport, }" in pair.type(1, "show crypto ipsec sa")


def test_what_does_not_fit_is_refused() -> None:
    pair = keyed()
    pair.type(1, "configure terminal")
    pair.type(1, "crypto map VPN 10 ipsec-manual")
    for line in (
        "set session-key inbound esp 255 cipher 00",
        "set session-key inbound esp 300 cipher xyz",
        "set session-key inbound ah 300",
        "set peer 203.0.113.77",
        "set pfs group14",
        "set security-association lifetime seconds 600",
        "set security-association lifetime kilobytes 9000",
        "set security-association level per-host",
    ):
        assert "%" in pair.type(1, line), line
    pair.type(1, "crypto map VPN 20 ipsec-isakmp")
    assert "% Session keys are for ipsec-manual entries only" in pair.type(1, "set session-key inbound ah 300 00")
    assert "%" in pair.type(1, "crypto map VPN 20 ipsec-manual")
    pair.type(1, "crypto map VPN 10")
    pair.type(1, "end")
    written = pair.type(1, "show running-config | section crypto map")
    assert (
        "77" not in written
        and "pfs" not in written
        and "lifetime" not in written
        and "crypto map VPN 10 ipsec-manual \n" in written
    )


def test_a_peer_cannot_negotiate_for_such_an_entry() -> None:
    pair = Pair()
    by_hand(pair, 2)
    assert "....." in pair.ping(1), "R1 negotiates"
    assert pair.type(2, "show crypto ipsec sa").count("conn id:") == 2
