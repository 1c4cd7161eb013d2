"""The messages of IP SLA against some that routers have sent, and against garbage.

The bytes were published with emulators of the responder ("pcap_init_req" and its like of zhutong's, and cisco.c of
github.com/cmouse/ip-sla-responder agrees with them).
"""

from __future__ import annotations

from contextlib import suppress

from hypothesis import given
from hypothesis import strategies as st

from iosim.wire import WireError
from iosim.wire.address import parse_address
from iosim.wire.sla import Control, Measurement

REQUEST = bytes.fromhex("01b800340000000000040010000000000a4f94d327101b580001001c" + "00" * 24)
ANSWER = bytes.fromhex("01b800180000000000040010000000000a4f94d327101b58")
SENT = bytes.fromhex("00020000050b02a60000000000010000" + "abcd" * 8)
RETURNED = bytes.fromhex("00020000050b02a604e63f1000010001" + "abcd" * 8)


def test_control_messages_are_those_of_routers() -> None:
    control = Control(0xB8, parse_address("10.79.148.211") or 0, 10000, 7000)
    assert control.pack() == REQUEST
    assert control.pack(answer=True) == ANSWER
    assert Control.unpack(REQUEST) == Control.unpack(ANSWER) == control


def test_measurements_are_those_of_routers() -> None:
    sent = Measurement(0x050B02A6, 1, b"\xab\xcd" * 8)
    assert sent.pack() == SENT
    assert Measurement.unpack(RETURNED) == Measurement(0x050B02A6, 1, b"\xab\xcd" * 8, 0x04E63F10, 1)


@given(st.binary(max_size=80))
def test_garbage_is_a_message_or_an_error(data: bytes) -> None:
    for kind in (Control, Measurement):
        with suppress(WireError):
            assert isinstance(kind.unpack(data), kind)
