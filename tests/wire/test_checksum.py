"""The Internet checksum and IPv4 addresses as text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iosim.wire import WireError
from iosim.wire.address import address_text, netmask, parse_address
from iosim.wire.checksum import checksum, update


def slow_sum(data: bytes) -> int:
    """RFC 1071 section 4.1, word by word."""
    data += bytes(len(data) & 1)
    total = sum(int.from_bytes(data[i : i + 2], "big") for i in range(0, len(data), 2))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total


def test_the_example_of_rfc_1071() -> None:
    # RFC 1071 section 3: the sum of 00 01 f2 03 f4 f5 f6 f7 is ddf2.
    assert checksum(bytes.fromhex("0001f203f4f5f6f7")) == 0xDDF2 ^ 0xFFFF


@given(
    st.binary(max_size=100) | st.sampled_from([b"", b"\0", b"\0\0", b"\xff\xff", b"\xff\xff\xff\xff", b"\xff\xfe\0\1"])
)
def test_checksum_is_the_complement_of_the_words_sum(data: bytes) -> None:
    assert checksum(data) == slow_sum(data) ^ 0xFFFF


def test_the_corner_case_of_rfc_1624() -> None:
    # RFC 1624 section 4: header checksum DD2F, a word changes from 5555 to 3285, the sum of the rest is CD7A.
    assert update(0xDD2F, 0x5555, 0x3285) == 0x0000


@given(st.binary(min_size=4, max_size=60).filter(lambda data: any(data[2:])), st.integers(0, 0xFFFF))
def test_update_agrees_with_summing_again(data: bytes, after: int) -> None:
    # Some other byte is not zero, as in any IPv4 header: then the checksum has only one form.
    before = int.from_bytes(data[:2], "big")
    assert update(checksum(data), before, after) == checksum(after.to_bytes(2, "big") + data[2:])


@given(st.integers(0, 0xFFFFFFFF))
def test_addresses_as_text_are_read_back(address: int) -> None:
    assert parse_address(address_text(address)) == address


@pytest.mark.parametrize(
    "text", ["", "1.2.3", "1.2.3.4.5", "1.2.3.256", "1.2.3.-4", "a.b.c.d", "1.2.3.4 ", "1..2.3", "1.2.3.0004"]
)
def test_other_text_is_no_address(text: str) -> None:
    with pytest.raises(WireError):
        parse_address(text)


def test_netmask() -> None:
    assert [netmask(length) for length in (0, 1, 24, 32)] == [0, 0x80000000, 0xFFFFFF00, 0xFFFFFFFF]
