"""Transform sets and ISAKMP policies as they are typed: every one negotiates, carries packets and shows what it is."""

from __future__ import annotations

import re

import pytest

from ios.crypto_pair import Pair

# The words, the same as shows have them, the plaintext MTU in a tunnel over 1,500 bytes, the size of the IV (AH: none).
# The MTUs of esp-aes, esp-3des, esp-gcm, esp-null and AH agree with captures of routers, those of the others follow.
SETS = [
    ("esp-des esp-md5-hmac", "esp-des esp-md5-hmac", 1446, "8"),
    ("esp-3des esp-sha-hmac", "esp-3des esp-sha-hmac", 1446, "8"),
    ("esp-aes esp-sha-hmac", "esp-aes esp-sha-hmac", 1438, "16"),
    ("esp-aes 192 esp-sha256-hmac", "esp-192-aes esp-sha256-hmac", 1438, "16"),
    ("esp-aes 256 esp-sha384-hmac", "esp-256-aes esp-sha384-hmac", 1422, "16"),
    ("esp-aes 256 esp-sha512-hmac", "esp-256-aes esp-sha512-hmac", 1422, "16"),
    ("esp-aes 256", "esp-256-aes", 1454, "16"),
    ("esp-null esp-sha-hmac", "esp-null esp-sha-hmac", 1454, "0"),
    ("esp-md5-hmac", "esp-null esp-md5-hmac", 1454, "0"),
    ("esp-gcm", "esp-gcm", 1446, "8"),
    ("esp-gcm 192", "esp-gcm 192", 1446, "8"),
    ("esp-gcm 256", "esp-gcm 256", 1446, "8"),
    ("esp-gmac", "esp-gmac", 1446, "8"),
    ("esp-gmac 256", "esp-gmac 256", 1446, "8"),
    ("ah-md5-hmac", "ah-md5-hmac", 1456, None),
    ("ah-sha-hmac", "ah-sha-hmac", 1456, None),
    ("ah-sha256-hmac", "ah-sha256-hmac", 1452, None),
    ("ah-sha384-hmac", "ah-sha384-hmac", 1444, None),
    ("ah-sha512-hmac", "ah-sha512-hmac", 1436, None),
]
BUNDLES = [
    ("ah-sha-hmac esp-3des", "ah-sha-hmac", "esp-3des", 1438),
    ("ah-sha-hmac esp-aes 256 esp-sha-hmac", "ah-sha-hmac", "esp-256-aes esp-sha-hmac", 1406),
    ("ah-sha512-hmac esp-gcm 256", "ah-sha512-hmac", "esp-gcm 256", 1402),
    ("ah-md5-hmac esp-md5-hmac", "ah-md5-hmac", "esp-null esp-md5-hmac", 1430),
]
BETWEEN_ROUTERS = (
    "ip access-list extended TUNNEL\n"
    "no permit ip 192.168.{mine}.0 0.0.0.255 192.168.{other}.0 0.0.0.255\n"
    "permit ip host 203.0.113.{mine} host 203.0.113.{other}"
)


def pair_with(words: str, mode: str = "tunnel", *, more: str = "") -> Pair:
    lines = f"crypto ipsec transform-set STRONG {words}\nmode {mode}\n{more}"
    return Pair({mine: lines.format(mine=mine, other=3 - mine) for mine in (1, 2)})


def part(text: str, heading: str) -> str:
    """What stands between a heading of the SAs and the next one."""
    return re.split(r"\n     (?:in|out)bound \w+ sas:\n", text[text.index(heading) + len(heading) :])[0]


@pytest.mark.parametrize(("words", "shown", "mtu", "iv"), SETS, ids=[words for words, *_ in SETS])
def test_a_tunnel_of_every_transform(words: str, shown: str, mtu: int, iv: str | None) -> None:
    pair = pair_with(words)
    assert "(4/5)" in pair.ping(1)
    assert "(5/5)" in pair.ping(2)
    text = pair.type(1, "show crypto ipsec sa")
    assert "#pkts encaps: 9, #pkts encrypt: 9, #pkts digest: 9\n" in text
    assert "#pkts decaps: 9, #pkts decrypt: 9, #pkts verify: 9\n" in text
    assert f"plaintext mtu {mtu}, path mtu 1500" in text
    protocol, other = ("ah", "esp") if words.startswith("ah") else ("esp", "ah")
    for direction in ("inbound", "outbound"):
        ours = part(text, f"     {direction} {protocol} sas:\n")
        assert f"        transform: {shown} ,\n        in use settings ={{Tunnel, }}\n" in ours
        assert re.findall(r"IV size: (\d+) bytes", ours) == ([iv] if iv else [])
        assert part(text, f"     {direction} {other} sas:\n").strip() == ""
    assert f"Transform set STRONG: {{ {shown}  }} \n" in pair.type(1, "show crypto ipsec transform-set")


@pytest.mark.parametrize(("words", "ah", "esp", "mtu"), BUNDLES, ids=[words for words, *_ in BUNDLES])
def test_a_bundle_has_an_sa_of_each_protocol(words: str, ah: str, esp: str, mtu: int) -> None:
    pair = pair_with(words)
    assert "(4/5)" in pair.ping(1)
    near, far = (pair.type(number, "show crypto ipsec sa") for number in (1, 2))
    assert f"plaintext mtu {mtu}, path mtu 1500" in near
    assert "#pkts encaps: 4, #pkts encrypt: 4, #pkts digest: 4" in near
    for protocol, shown in (("ah", ah), ("esp", esp)):
        inbound = part(near, f"     inbound {protocol} sas:\n")
        assert f"transform: {shown} ," in inbound
        (spi,) = re.findall(r"spi: (\S+)", inbound)
        assert f"spi: {spi}\n" in part(far, f"     outbound {protocol} sas:\n")
    assert "Active SAs: 4, origin: crypto map" in pair.type(1, "show crypto session")


def test_a_bundle_goes_as_a_whole_on_both_sides() -> None:
    pair = pair_with("ah-sha-hmac esp-aes esp-sha-hmac")
    pair.ping(1)
    pair.type(1, "clear crypto sa")
    pair.pass_time(1)
    for number in (1, 2):
        assert "spi: 0x0(0)" in pair.type(number, "show crypto ipsec sa")
    assert "(4/5)" in pair.ping(2)


@pytest.mark.parametrize(
    "words", ["ah-sha256-hmac", "esp-gcm", "esp-aes esp-sha-hmac", "ah-md5-hmac esp-null esp-sha-hmac"]
)
def test_transport_mode_from_router_to_router(words: str) -> None:
    pair = pair_with(words, "transport", more=BETWEEN_ROUTERS)
    assert "(4/5)" in pair.type(1, "ping 203.0.113.2")
    text = pair.type(2, "show crypto ipsec sa")
    assert "#pkts decaps: 4, #pkts decrypt: 4, #pkts verify: 4" in text
    assert "in use settings ={Transport, }" in text
    assert "in use settings ={Tunnel, }" not in text


def test_the_plaintext_mtu_of_transport_mode() -> None:
    """1466 with AES-GCM as in a capture of a router, 1476 with AH and HMAC-MD5 as in another one."""
    for words, mtu in (("esp-gcm 256", 1466), ("ah-md5-hmac", 1476)):
        pair = pair_with(words, "transport", more=BETWEEN_ROUTERS)
        pair.type(1, "ping 203.0.113.2")
        assert f"plaintext mtu {mtu}, path mtu 1500" in pair.type(1, "show crypto ipsec sa")


def test_transport_mode_between_networks_is_tunnel_mode() -> None:
    pair = pair_with("ah-sha-hmac", "transport")
    assert "(4/5)" in pair.ping(1)
    assert "in use settings ={Tunnel, }" in pair.type(1, "show crypto ipsec sa")
    assert "will negotiate = { Transport,  }" in pair.type(1, "show crypto ipsec transform-set")


def test_where_transport_mode_is_wanted_tunnel_mode_is_accepted_and_not_the_other_way_round() -> None:
    pair = pair_with("esp-aes esp-sha-hmac", "transport", more=BETWEEN_ROUTERS)
    pair.configure(1, "crypto ipsec transform-set STRONG esp-aes esp-sha-hmac\nmode tunnel")
    assert "(4/5)" in pair.type(1, "ping 203.0.113.2")
    assert "in use settings ={Tunnel, }" in pair.type(2, "show crypto ipsec sa")
    pair.type(1, "clear crypto sa")
    assert "(0/5)" in pair.type(2, "ping 203.0.113.1")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("esp-gcm", "esp-gmac"),
        ("ah-sha-hmac", "ah-sha256-hmac"),
        ("ah-sha-hmac esp-des", "esp-des"),
        ("esp-gcm", "esp-gcm 256"),
    ],
)
def test_transforms_that_differ_do_not_come_up(first: str, second: str) -> None:
    pair = Pair({number: f"crypto ipsec transform-set STRONG {words}" for number, words in ((1, first), (2, second))})
    assert "(0/5)" in pair.ping(1)
    assert "(0/5)" in pair.ping(2)
    assert "spi: 0x0(0)" in pair.type(1, "show crypto ipsec sa")


def test_two_sets_are_offered_and_the_common_one_is_taken() -> None:
    first = (
        "crypto ipsec transform-set OTHER ah-sha512-hmac esp-gcm 256\n"
        "crypto map VPN 10 ipsec-isakmp\n set transform-set OTHER STRONG"
    )
    pair = Pair({1: first, 2: "crypto ipsec transform-set STRONG esp-aes 256 esp-sha256-hmac"})
    assert "(4/5)" in pair.ping(1)
    text = pair.type(1, "show crypto ipsec sa")
    assert "transform: esp-256-aes esp-sha256-hmac ," in text
    assert "transform: ah" not in text


@pytest.mark.parametrize(
    ("before", "wrong"),
    [
        ("ah-md5-hmac", "ah-sha-hmac"),
        ("esp-des", "esp-3des"),
        ("esp-gcm", "esp-sha-hmac"),
        ("esp-sha-hmac", "esp-gmac"),
        ("esp-sha-hmac ah-sha-hmac", "esp-md5-hmac"),
        ("esp-des", "128"),
        ("esp-aes", "512"),
    ],
)
def test_the_parser_prevents_what_does_not_belong_together(before: str, wrong: str) -> None:
    pair = Pair()
    pair.type(1, "configure terminal")
    beginning = f"crypto ipsec transform-set T {before} "
    answer = pair.type(1, beginning + wrong).splitlines()
    (caret,) = [line for line in answer if line.strip() == "^"]
    assert caret.index("^") - len("R1(config)#" + beginning) in range(len(wrong))
    assert "% Invalid input detected at '^' marker." in answer
    assert "transform-set T " not in pair.type(1, "do show running-config")


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("esp-des comp-lzs", "% comp-lzs is refused: there is no LZS compression here. Leave it out, at the peer too"),
        ("comp-lzs", "% comp-lzs is refused: there is no LZS compression here"),
        ("esp-seal esp-sha-hmac", "% esp-seal is refused: there is no SEAL cipher here"),
        ("esp-null", "ERROR: Invalid transform set combination. Check other transforms."),
        ("ah-sha-hmac esp-null", "ERROR: Invalid transform set combination. Check other transforms."),
    ],
)
def test_what_is_not_there_is_refused_clearly(typed: str, words: str) -> None:
    pair = Pair()
    pair.type(1, "configure terminal")
    assert words in pair.type(1, f"crypto ipsec transform-set T {typed}")
    assert "transform-set T " not in pair.type(1, "do show running-config")


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("esp-sha-hmac esp-aes 128", "esp-aes esp-sha-hmac"),
        ("esp-sha-hmac ah-sha-hmac esp-aes 192", "ah-sha-hmac esp-aes 192 esp-sha-hmac"),
        ("esp-gcm 128", "esp-gcm"),
        ("esp-gmac 256 ah-md5-hmac", "ah-md5-hmac esp-gmac 256"),
    ],
)
def test_a_set_is_written_in_one_order(typed: str, written: str) -> None:
    pair = Pair({1: f"crypto ipsec transform-set T {typed}"})
    assert f"\ncrypto ipsec transform-set T {written} \n" in pair.type(1, "show running-config")


def test_help_lists_the_transforms() -> None:
    pair = Pair()
    pair.type(1, "configure terminal")
    text = "".join(pair.routers[1].console().help("crypto ipsec transform-set T "))
    for line in ("  ah-sha-hmac      AH-HMAC-SHA transform", "  esp-gmac         ESP transform using GMAC cipher"):
        assert line in text
    after = "".join(pair.routers[1].console().help("crypto ipsec transform-set T esp-gcm 256 "))
    assert "ah-sha384-hmac" in after
    assert "esp-" not in after


POLICIES = [
    ("des", "md5", "1"),
    ("3des", "sha", "2"),
    ("aes", "sha256", "5"),
    ("aes 192", "sha384", "15"),
    ("aes 256", "sha512", "16"),
    ("aes", "sha256", "19"),
    ("aes 256", "sha384", "20"),
    ("aes 256", "sha512", "21"),
    ("aes", "sha", "24"),
]


@pytest.mark.parametrize(("cipher", "hash_name", "group"), POLICIES)
def test_every_policy_comes_up_with_pfs_in_its_group(cipher: str, hash_name: str, group: str) -> None:
    lines = (
        f"crypto isakmp policy 10\nencr {cipher}\nhash {hash_name}\ngroup {group}\n"
        f"crypto map VPN 10 ipsec-isakmp\nset pfs group{group}"
    )
    pair = Pair({1: lines, 2: lines})
    assert "(4/5)" in pair.ping(1)
    (line,) = [line for line in pair.type(1, "show crypto isakmp sa detail").splitlines() if "203.0.113.2" in line]
    assert line.split()[4:8] == [cipher.split()[0], hash_name, "psk", group]
    assert f"PFS (Y/N): Y, DH group: group{group}" in pair.type(1, "show crypto ipsec sa")
    assert f"\tDH group:  group{group}\n" in pair.type(1, "show crypto map")


def test_transport_mode_that_is_required_is_the_only_one() -> None:
    pair = pair_with("esp-aes esp-sha-hmac", "transport require")
    assert " mode transport require\n" in (text := pair.type(1, "show running-config")) and " mode tunnel" not in text
    assert "will negotiate = { Transport,  }, " in pair.type(1, "show crypto ipsec transform-set")
    assert "(0/5)" in pair.ping(1), "not for packets of others"
    assert "#send errors 5," in pair.type(1, "show crypto ipsec sa")
    pair.configure(2, "crypto ipsec transform-set STRONG esp-aes esp-sha-hmac\nmode tunnel")
    assert "(0/5)" in pair.ping(2), "nor does it take what another one asks for"
    for mine in (1, 2):
        pair.configure(mine, BETWEEN_ROUTERS.format(mine=mine, other=3 - mine))
    assert "(0/5)" in pair.type(2, "ping 203.0.113.1")
    pair.configure(2, "crypto ipsec transform-set STRONG esp-aes esp-sha-hmac\nmode transport")
    assert "(4/5)" in pair.type(2, "ping 203.0.113.1")
    assert "in use settings ={Transport, }" in pair.type(1, "show crypto ipsec sa")


def test_a_path_that_carries_next_to_nothing_still_carries_something() -> None:
    pair = pair_with("esp-aes 256 esp-sha256-hmac", more="interface GigabitEthernet0/0\nip mtu 68")
    assert "(4/5)" in pair.ping(1)
    assert "plaintext mtu 68, path mtu 68, ip mtu 68," in pair.type(1, "show crypto ipsec sa")
