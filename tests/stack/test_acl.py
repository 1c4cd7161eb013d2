"""Later fragments and lines that ask for ports, as Cisco's "Access Control Lists and IP Fragments" describes them:

a `permit` line lets a later fragment pass by its addresses alone; a `deny` line leaves it to the lines that follow.
"""

from __future__ import annotations

import pytest

from iosim.stack.acl import AccessList, Ace, PortMatch
from iosim.wire.ipv4 import TCP, UNKNOWN_PORT

A, B, C = 0x0A000001, 0x0A000002, 0x0A000003


def line(sequence: int, permit: bool, port: PortMatch | None) -> Ace:
    return Ace(sequence, permit, TCP, A, 0, B, 0, None, port)


@pytest.mark.parametrize("port", [PortMatch(80, 80), PortMatch(80, 80, negated=True), PortMatch(1, 1024)])
def test_a_later_fragment_fits_permit_and_not_deny(port: PortMatch) -> None:
    fragment = (A, B, TCP, UNKNOWN_PORT, UNKNOWN_PORT)
    deny, permit = line(10, False, port), line(20, True, port)
    assert AccessList("X", [deny, permit]).lookup(*fragment) is permit
    assert AccessList("X", [deny]).lookup(*fragment) is None


def test_addresses_still_count() -> None:
    acl = AccessList("X", [line(10, True, PortMatch(80, 80))])
    assert acl.lookup(A, C, TCP, UNKNOWN_PORT, UNKNOWN_PORT) is None


def test_a_line_without_ports_takes_all_fragments() -> None:
    deny = line(10, False, None)
    assert AccessList("X", [deny]).lookup(A, B, TCP, UNKNOWN_PORT, UNKNOWN_PORT) is deny
