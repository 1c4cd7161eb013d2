"""What others name cannot be removed, and says who names it."""

from __future__ import annotations

import pytest

from .crypto_pair import Pair, in_order

USES = {
    "no crypto ipsec profile P": 'IPSec profile "P" is in use by tunnel protection of Tunnel0.',
    "no crypto isakmp profile VPN": 'ISAKMP profile "VPN" is in use by crypto ipsec profile P.',
    "no crypto ipsec transform-set STRONG": 'Transform set "STRONG" is in use by crypto map VPN 10.',
    "no crypto ipsec transform-set OTHER": 'Transform set "OTHER" is in use by crypto ipsec profile P.',
}
CONFIG = """\
crypto ipsec transform-set OTHER esp-aes esp-sha-hmac
crypto isakmp profile VPN
 match identity address 0.0.0.0
crypto ipsec profile P
 set transform-set OTHER
 set isakmp-profile VPN
interface Tunnel0
 ip unnumbered Loopback0
 tunnel source GigabitEthernet0/0
 tunnel mode ipsec ipv4
 tunnel destination 203.0.113.2
 tunnel protection ipsec profile P
"""


@pytest.mark.parametrize("line", USES)
def test_what_is_in_use_stays(line: str) -> None:
    pair = Pair({1: CONFIG})
    before = pair.type(1, "show running-config | section crypto")
    pair.type(1, "configure terminal")
    assert f"% {USES[line]} Remove it there first.\n" in pair.type(1, line)
    pair.type(1, "end")
    assert pair.type(1, "show running-config | section crypto") == before
    assert "!!!" in pair.ping()


def test_what_nobody_uses_any_more_goes() -> None:
    pair = Pair({1: CONFIG})
    lines = ("interface Tunnel0", "no tunnel protection ipsec profile P", "no crypto ipsec profile P")
    for line in ("configure terminal", *lines, "no crypto isakmp profile VPN", "no crypto ipsec transform-set OTHER"):
        pair.type(1, line)
    pair.type(1, "end")
    shown = pair.type(1, "show running-config | section crypto")
    assert "profile" not in shown and "OTHER" not in shown
    in_order(shown, "crypto ipsec transform-set STRONG", "crypto map VPN 10")
