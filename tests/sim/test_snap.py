"""A capture with keys holds each encrypted ISAKMP message whole just once, at one link end."""

from struct import pack

from iosim.sim.snap import IsakmpOnce
from iosim.wire.ipv4 import Ipv4
from iosim.wire.udp import Udp

COOKIE = b"\x01\x02\x03\x04\x05\x06\x07\x08"


def frame(
    flags: int, body: bytes = b"body of a message", port: int = 500, marker: bytes = b"", source: int = 1
) -> bytes:
    message = marker + COOKIE + bytes(8) + pack("!BBBBII", 1, 0x10, 2, flags, 0, 28 + len(body)) + body
    udp = Udp(port, port, message).pack(source, 2)
    return bytes(12) + b"\x08\x00" + Ipv4(source, 2, 17, udp).pack()


def test_an_encrypted_message_is_whole_where_its_sa_was_first_seen() -> None:
    snap = IsakmpOnce()
    clear, sealed = frame(0), frame(1)
    assert snap(7, clear) == len(clear)
    assert snap(8, clear) == len(clear)
    assert snap(8, sealed) == 14 + 20 + 8 + 28
    assert snap(7, sealed) == len(sealed)


def test_a_retransmission_is_cut() -> None:
    snap = IsakmpOnce()
    assert snap(1, frame(1)) == len(frame(1))
    assert snap(1, frame(1)) < len(frame(1))
    assert snap(1, frame(1, b"another message")) == len(frame(1, b"another message"))


def test_behind_a_translator_a_message_follows_a_marker() -> None:
    snap, sealed = IsakmpOnce(), frame(1, port=4500, marker=bytes(4))
    assert snap(1, sealed) == len(sealed)
    assert snap(2, sealed) == 14 + 20 + 8 + 4 + 28
    esp = frame(1, port=4500)
    assert snap(1, esp) == snap(2, esp) == len(esp)


def test_what_a_translator_made_of_a_clear_message_is_cut() -> None:
    snap, clear, translated = IsakmpOnce(), frame(0), frame(0, source=3)
    assert snap(1, clear) == snap(2, clear) == len(clear)
    assert snap(3, translated) == 14 + 20 + 8 + 28


def test_other_frames_are_whole() -> None:
    snap = IsakmpOnce()
    for other in (b"", bytes(13), bytes(60), frame(1, port=53), frame(1)[:40]):
        assert snap(1, other) == len(other)
        assert snap(2, other) == len(other)
