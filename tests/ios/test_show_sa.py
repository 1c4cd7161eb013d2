"""`show crypto ipsec sa` in its forms: the same flows and SAs, chosen, in another order, or counted."""

from __future__ import annotations

import re
from functools import lru_cache

import pytest

from ios.crypto_pair import Pair

SHOW = "show crypto ipsec sa"
SECOND = """\
crypto map VPN 20
set peer 203.0.113.9
set transform-set STRONG
match address OTHER
ip access-list extended OTHER
permit ip any 10.9.0.0 0.0.255.255
"""
ONE, OTHER = "(192.168.2.0/255.255.255.0/0/0)", "(10.9.0.0/255.255.0.0/0/0)"


@lru_cache
def up() -> Pair:
    """A tunnel with SAs, and a flow without any, towards a peer that is not there."""
    pair = Pair()
    for line in ("configure terminal", *SECOND.splitlines(), "end", "ping 10.9.0.1 repeat 1"):
        pair.type(1, line)
    pair.ping()
    return pair


def show(what: str) -> str:
    return up().type(1, f"{SHOW} {what}")


@pytest.mark.parametrize(
    ("what", "flows"),
    [
        ("", [ONE, OTHER]),
        ("interface gi0/0", [ONE, OTHER]),
        ("interface gi0/1", []),
        ("map VPN", [ONE, OTHER]),
        ("map vpn", []),
        ("peer 203.0.113.2", [ONE]),
        ("peer 203.0.113.9", [OTHER]),
        ("active", [ONE]),
        ("vrf RED", []),
    ],
)
def test_flows_are_chosen(what: str, flows: list[str]) -> None:
    for detail in ("", " detail"):
        text = show(what + detail)
        assert re.findall(r"remote ident \S+ (\S+)", text) == flows
        assert text.count("#pkts no sa (send)") == (len(flows) if detail else 0)
        assert ("No SAs found" in text) is not bool(flows)
        assert text.count("interface: ") == bool(flows)


def test_a_choice_shows_what_all_together_show() -> None:
    assert show("peer 203.0.113.2") + show("peer 203.0.113.9").partition("203.0.113.1\n")[2] == show("")


def test_identities_stand_below_a_root_that_permits_nothing() -> None:
    text = show("identity")
    assert text.startswith(
        "\ninterface: GigabitEthernet0/0\n"
        "    Crypto map tag: VPN, local addr 203.0.113.1\n"
        "\n"
        "   protected vrf: (none)\n"
        "   local  ident (addr/mask/prot/port): (0.0.0.0/0.0.0.0/0/0)\n"
        "   remote ident (addr/mask/prot/port): (0.0.0.0/0.0.0.0/0/0)\n"
        "   current_peer (none) port 500\n"
        "     DENY, flags={ident_is_root,}\n"
        "    #pkts encaps: 0, #pkts encrypt: 0, #pkts digest: 0\n"
    )
    assert re.findall(r"remote ident \S+ (\S+)", text) == ["(0.0.0.0/0.0.0.0/0/0)", ONE, OTHER]
    assert "#pkts encaps: 4, #pkts encrypt: 4, #pkts digest: 4\n" in text
    assert "spi" not in text and "#send errors 1, #recv errors 0\n" in text
    assert "#pkts no sa (send) 1," in show("identity detail")


def test_sas_by_their_destinations() -> None:
    text = show("address")
    places = re.findall(r"^fvrf/address: \(none\)/(\S+)\n   protocol: (\S+)\n      spi: (\S+)$", text, re.MULTILINE)
    assert [place[:2] for place in places] == [("203.0.113.1", "ESP"), ("203.0.113.2", "ESP")]
    inbound, outbound = (re.findall(rf"{way} esp sas:\n      spi: (\S+)", show("")) for way in ("inbound", "outbound"))
    assert [place[2] for place in places] == [*inbound, *outbound]
    assert show("address detail").count("replay window size: 64\n") == 2


def test_an_sa_of_each_protocol_of_a_bundle() -> None:
    pair = Pair(dict.fromkeys((1, 2), "crypto ipsec transform-set STRONG ah-sha-hmac esp-aes esp-sha-hmac"))
    assert pair.type(1, f"{SHOW} address") == "\nNo SAs found\n"
    pair.ping()
    text = pair.type(1, f"{SHOW} address")
    assert re.findall(r"address: \(none\)/(\S+)|protocol: (\S+)", text) == [
        ("203.0.113.1", ""),
        ("", "ESP"),
        ("", "AH"),
        ("203.0.113.2", ""),
        ("", "ESP"),
        ("", "AH"),
    ]
    assert pair.type(1, f"{SHOW} count") == "IPsec SA total: 4, active: 4, rekeying: 0, unused: 0, invalid: 0\n"


def test_counts_follow_a_renewal() -> None:
    pair = Pair(dict.fromkeys((1, 2), "crypto ipsec security-association lifetime seconds 120"))
    pair.ping()
    assert pair.type(1, f"{SHOW} count") == "IPsec SA total: 2, active: 2, rekeying: 0, unused: 0, invalid: 0\n"
    pair.pass_time(95)
    assert pair.type(1, f"{SHOW} count") == "IPsec SA total: 4, active: 2, rekeying: 2, unused: 0, invalid: 0\n"


def test_what_holds_for_all_sas() -> None:
    pair = Pair()
    show = "show crypto ipsec security-association"
    assert pair.type(1, show) == "Security association lifetime: 4608000 kilobytes/3600 seconds\n"
    pair.configure(1, "crypto ipsec security-association lifetime kilobytes 2560")
    pair.configure(1, "crypto ipsec security-association lifetime seconds 300")
    assert pair.type(1, f"{show} lifetime") == "Security association lifetime: 2560 kilobytes/300 seconds\n"
    assert pair.type(1, f"{show} idle-time") == ""
    pair.configure(1, "crypto ipsec security-association idle-time 600")
    assert pair.type(1, f"{show} idle-time") == "Security association idletime: 600 seconds\n"


def test_sas_without_a_limit_of_volume() -> None:
    """The words of captures of IOS XE."""
    pair = Pair(dict.fromkeys((1, 2), "crypto ipsec security-association lifetime kilobytes disable"))
    pair.ping()
    text = pair.type(1, SHOW)
    assert re.search(
        r"key lifetime \(sec\): 3\d\d\d\n        Kilobyte Volume Rekey has been disabled\n        IV", text
    )
    line = "\tKilobyte Volume Rekey has been disabled.\n\tSecurity association lifetime:3600 seconds\n"
    assert line in pair.type(1, "show crypto map")


@pytest.mark.parametrize("word", ["spi", "entry"])
def test_one_sa_is_cleared_with_its_pair(word: str) -> None:
    pair = Pair()
    pair.ping()
    (spi,) = re.findall(r"outbound esp sas:\n      spi: \S+\((\d+)\)", pair.type(1, SHOW))
    pair.type(1, f"clear crypto sa {word} 203.0.113.2 ah {spi}")
    assert "total: 2" in pair.type(1, f"{SHOW} count")
    pair.type(1, f"clear crypto sa {word} 203.0.113.2 esp {spi}")
    assert "total: 0" in pair.type(1, f"{SHOW} count")
    pair.pass_time(1)
    assert "total: 0" in pair.type(2, f"{SHOW} count")
