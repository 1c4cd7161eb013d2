"""Replays as a router sees them: the window by default, as wide as it is set, or none; the message and the counters."""

from __future__ import annotations

import re

import pytest

from ios.crypto_pair import GIGABIT, Pair
from iosim.ios.features.ipsec.engine import IpsecFeature
from iosim.ipsec.sa import MAX_SEQUENCE, RENEWAL_SEQUENCE

ESP = 50
SET = "crypto ipsec security-association replay"
SET_FOR_ENTRY = "crypto map VPN 10\nset security-association replay"


def up(lines: str) -> Pair:
    """The pair with a tunnel after R2 was told something."""
    pair = Pair({2: lines})
    assert "80 percent (4/5)" in pair.ping()
    return pair


def held_back(pair: Pair, behind: int) -> bytes:
    """A frame of ESP that R2 has not got, while it got so many that R1 sent later."""
    frames: list[bytes] = []

    def tap(outbound: bool, frame: bytes) -> None:
        if outbound and frame[23] == ESP:
            frames.append(frame)

    port = pair.routers[1].ports[GIGABIT]
    port.taps.append(tap)
    pair.link.loss = 1
    assert "(0/1)" in pair.type(1, "ping 192.168.2.1 source 192.168.1.1 repeat 1")
    pair.link.loss = 0
    port.taps.remove(tap)
    assert f"({behind}/{behind})" in pair.type(1, f"ping 192.168.2.1 source 192.168.1.1 repeat {behind}")
    return frames[0]


def arrives(pair: Pair, frame: bytes) -> tuple[int, int]:
    """How many more packets R2 opens and refuses, once a frame comes."""
    before = counts(pair)
    pair.routers[2].ports[GIGABIT].arrive(frame)
    pair.pass_time(1)
    opened, refused = counts(pair)
    return opened - before[0], refused - before[1]


def counts(pair: Pair) -> tuple[int, int]:
    text = pair.type(2, "show crypto ipsec sa detail")
    opened = re.search(r"#pkts decaps: (\d+)", text)
    refused = re.search(r"##pkts replay failed \(rcv\): (\d+)", text)
    assert opened is not None and refused is not None
    return int(opened[1]), int(refused[1])


@pytest.mark.parametrize(
    ("lines", "written"),
    [
        (f"{SET} window-size 1024", f"{SET} window-size 1024"),
        (f"{SET} disable", f"{SET} disable"),
        (f"{SET} disable\n{SET} window-size 128", f"{SET} window-size 128"),
        (f"{SET_FOR_ENTRY} disable", " set security-association replay disable"),
        (f"{SET_FOR_ENTRY} window-size 64", " set security-association replay window-size 64"),
        (
            "crypto ipsec profile P\nset security-association replay window-size 256",
            " set security-association replay window-size 256",
        ),
    ],
)
def test_what_is_set_is_written(lines: str, written: str) -> None:
    assert f"\n{written}\n" in Pair({2: lines}).type(2, "show running-config")


def test_the_default_is_not_written() -> None:
    for lines in (f"{SET} window-size 64", f"{SET} disable\nno {SET} disable", f"{SET} disable\nno {SET} window-size"):
        assert "replay" not in Pair({2: lines}).type(2, "show running-config")


@pytest.mark.parametrize(
    ("lines", "window"),
    [
        ("", 64),
        (f"{SET} window-size 128", 128),
        (f"{SET} window-size 1024", 1024),
        (f"{SET} disable\n{SET_FOR_ENTRY} window-size 256", 256),
    ],
)
def test_a_late_packet_is_in_the_window_or_behind_it(lines: str, window: int) -> None:
    pair = up(lines)
    assert f"replay detection support: Y  replay window size: {window}\n" in pair.type(2, "show crypto ipsec sa detail")
    late = held_back(pair, window - 1)
    assert arrives(pair, late) == (1, 0)
    assert arrives(pair, late) == (0, 1)
    assert arrives(pair, held_back(pair, window)) == (0, 1)


@pytest.mark.parametrize("lines", [f"{SET} disable", f"{SET_FOR_ENTRY} disable"])
def test_without_detection_everything_comes_in_again(lines: str) -> None:
    pair = up(lines)
    assert "replay detection support: N\n" in pair.type(2, "show crypto ipsec sa")
    late = held_back(pair, 70)
    last = re.search(r"AES256\+SHA256 +0 +(\d+) +(\d+) ", pair.type(2, "show crypto engine connections active"))
    assert last is not None and last.groups() == ("74", "75")
    assert [arrives(pair, late), arrives(pair, late)] == [(1, 0), (1, 0)]


def test_a_setting_is_for_the_sas_that_come_to_be_after_it() -> None:
    pair = up("")
    pair.configure(2, f"{SET} window-size 512")
    assert "replay window size: 64\n" in pair.type(2, "show crypto ipsec sa detail")
    pair.type(2, "clear crypto sa")
    pair.pass_time(1)
    assert "80 percent (4/5)" in pair.ping()
    assert "replay window size: 512\n" in pair.type(2, "show crypto ipsec sa detail")


def test_the_message_comes_once_a_minute() -> None:
    pair = up("")
    late = held_back(pair, 64)
    (connection,) = re.findall(r"inbound esp sas:.*?conn id: (\d+)", pair.type(2, "show crypto ipsec sa"), re.DOTALL)
    message = (
        "%CRYPTO-4-PKT_REPLAY_ERR: decrypt: replay check failed\n"
        f"        connection id={connection}, sequence number=5\n\n"
    )
    for _ in range(10):
        pair.routers[2].ports[GIGABIT].arrive(late)
    assert pair.shown(2).count(message) == 1
    pair.pass_time(61)
    pair.routers[2].ports[GIGABIT].arrive(late)
    assert pair.shown(2).count(message) == 2
    assert counts(pair)[1] == 11


@pytest.mark.parametrize("words", ["esp-aes esp-sha-hmac", "ah-sha-hmac", "ah-md5-hmac esp-gcm"])
def test_sas_are_renewed_before_their_numbers_are_used_up(words: str) -> None:
    pair = Pair(dict.fromkeys((1, 2), f"crypto ipsec transform-set STRONG {words}"))
    assert "80 percent (4/5)" in pair.ping()
    set_sequence(pair, RENEWAL_SEQUENCE - 2)
    assert "100 percent (5/5)" in pair.ping()
    assert "rekeying: 0" not in pair.type(1, "show crypto ipsec sa count")
    pair.pass_time(31)
    assert "rekeying: 0" in pair.type(1, "show crypto ipsec sa count")
    assert "100 percent (5/5)" in pair.ping()
    assert "#pkts replay rollover (send): 0," in pair.type(1, "show crypto ipsec sa detail")


def test_no_number_comes_twice() -> None:
    pair = up("")
    set_sequence(pair, MAX_SEQUENCE - 2)
    pair.link.loss = 1  # so that there is no successor
    pair.type(1, "ping 192.168.2.1 source 192.168.1.1 repeat 4")
    text = pair.type(1, "show crypto ipsec sa detail")
    assert "#pkts replay rollover (send): 1," in text and "#pkts encaps: 6," in text
    assert "#pkts no sa (send) 2," in text and "current outbound spi: 0x0(0)" in text


def set_sequence(pair: Pair, number: int) -> None:
    """As if R1 had sent that many packets."""
    for installed in pair.routers[1][IpsecFeature].ipsec.sad:
        for sa in installed.outbound:
            sa.sequence = number


def test_a_dynamic_map_has_windows_of_its_own() -> None:
    lines = (
        "no crypto map VPN 10\ncrypto dynamic-map ANY 10\nset transform-set STRONG\n"
        "set security-association replay window-size 512\ncrypto map VPN 20 ipsec-isakmp dynamic ANY"
    )
    pair = up(lines)
    assert "replay window size: 512\n" in pair.type(2, "show crypto ipsec sa detail")
    pair.configure(2, "crypto dynamic-map ANY 10\nset security-association replay disable")
    pair.type(1, "clear crypto sa")
    pair.pass_time(1)
    assert "80 percent (4/5)" in pair.ping()
    assert "replay detection support: N  replay window size: 0\n" in pair.type(2, "show crypto ipsec sa detail")
