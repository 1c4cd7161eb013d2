"""`show iosim unsupported`: what a configuration holds that does nothing."""

from __future__ import annotations

from .network import pair

IDLE = """\
banner prompt-timeout #
no entry
#
multilink bundle-name authenticated
interface GigabitEthernet0/0
 hold-queue 100 in
router ospf 1
 network 10.0.0.0 0.0.0.255 area 0
"""


def test_planned_and_inert_lines_are_listed() -> None:
    text = pair(IDLE).type("R1", "show iosim unsupported")
    planned, inert = text.split("\n\n")
    assert planned.splitlines() == [
        "Planned: kept until its feature is simulated, without effect",
        "  router ospf 1",
        "   network 10.0.0.0 0.0.0.255 area 0",
        "  banner prompt-timeout ^C",
        "  no entry",
        "  ^C",
    ]
    assert inert.splitlines()[0] == "Inert: without effect on a simulated router by nature"
    assert inert.splitlines()[1:] == [
        "  multilink bundle-name authenticated",
        "  interface GigabitEthernet0/0",
        "   hold-queue 100 in",
    ]


def test_a_line_that_is_taken_away_is_not_listed() -> None:
    network = pair("banner prompt-timeout #no entry#\n")
    assert "banner prompt-timeout" in network.type("R1", "show iosim unsupported")
    network.configure("R1", "no banner prompt-timeout")
    assert "banner prompt-timeout" not in network.type("R1", "show iosim unsupported")


def test_a_router_where_all_works() -> None:
    assert pair().type("R1", "show iosim unsupported") == "Every line of the configuration has effect\n"


def test_an_interface_that_leads_nowhere_is_listed_whole() -> None:
    text = pair("interface Vlan5\n ip address 10.5.5.1 255.255.255.0\n").type("R1", "show iosim unsupported")
    assert text.splitlines()[1:] == ["  interface Vlan5", "   ip address 10.5.5.1 255.255.255.0"]
