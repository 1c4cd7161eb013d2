"""Access lists as they are typed: order, numbers, refusals, groups and time ranges, their shows and messages."""

from __future__ import annotations

import pytest

from iosim.ios.features.access_lists import log
from iosim.sim.clock import SECOND

from .network import Network, pair

MINUTES = 60 * SECOND


@pytest.fixture
def network() -> Network:
    return pair()


def lists(network: Network, name: str = "") -> list[str]:
    return network.type("R1", f"show access-lists {name}").splitlines()


class TestStandardOrder:
    """Hosts are kept by a hash of their addresses, before networks in the order of their numbers."""

    def test_hosts_come_first(self, network: Network) -> None:
        network.configure(
            "R1", "access-list 1 deny 192.168.10.0 0.0.0.255", "access-list 1 deny 192.168.20.0 0.0.0.255"
        )
        network.configure("R1", *(f"access-list 1 permit 10.0.0.{n}" for n in range(1, 6)))
        assert lists(network)[1:] == [
            "    40 permit 10.0.0.2",
            "    50 permit 10.0.0.3",
            "    30 permit 10.0.0.1",
            "    60 permit 10.0.0.4",
            "    70 permit 10.0.0.5",
            "    10 deny   192.168.10.0, wildcard bits 0.0.0.255",
            "    20 deny   192.168.20.0, wildcard bits 0.0.0.255",
        ]
        written = [line for line in network.running("R1") if line.startswith("access-list 1 ")]
        assert [line.split()[-1] for line in written[:5]] == [f"10.0.0.{n}" for n in (2, 3, 1, 4, 5)]

    def test_a_remark_stays_with_its_line(self, network: Network) -> None:
        network.configure("R1", "ip access-list standard S", "permit 10.1.0.0 0.0.255.255")
        network.configure("R1", "ip access-list standard S", "remark the host", "remark is here", "permit 10.0.0.1")
        running = network.running("R1")
        start = running.index("ip access-list standard S")
        assert running[start + 1 : start + 5] == [
            " remark the host",
            " remark is here",
            " permit 10.0.0.1",
            " permit 10.1.0.0 0.0.255.255",
        ]

    def test_a_host_within_an_earlier_line_is_refused(self, network: Network) -> None:
        network.configure("R1", "access-list 1 permit 172.16.0.0 0.0.255.255")
        assert network.configure("R1", "access-list 1 deny 172.16.0.1") == (
            "% Access rule can't be configured at higher sequence num as it is part of the existing rule at "
            "sequence num 10\n"
        )
        assert network.configure("R1", "ip access-list standard 1", "5 deny 172.16.0.1") == ""
        assert lists(network)[1:] == ["    5 deny   172.16.0.1", "    10 permit 172.16.0.0, wildcard bits 0.0.255.255"]

    def test_a_host_has_one_line(self, network: Network) -> None:
        network.configure("R1", "access-list 1 permit 172.16.0.1")
        for line in ("5 deny 172.16.0.1", "5 permit 172.16.0.1 log"):
            refusal = f"% Duplicate {line.split()[1]} statement ignored\n"
            assert network.configure("R1", "ip access-list standard 1", line) == refusal
        assert lists(network)[1:] == ["    10 permit 172.16.0.1"]


class TestNumbers:
    def test_a_line_that_is_there_has_its_number(self, network: Network) -> None:
        network.configure("R1", "ip access-list extended X", "permit ip any any")
        assert network.configure("R1", "ip access-list extended X", "10 permit ip any any") == ""
        answer = network.configure("R1", "ip access-list extended X", "20 permit ip any any")
        assert answer == "% Duplicate permit statement ignored\n"
        assert len(lists(network)) == 2

    def test_resequence_keeps_matches_and_remarks(self, network: Network) -> None:
        network.configure("R1", "ip access-list extended X", "7 deny udp any any", "remark all", "9 permit ip any any")
        network.configure("R1", "interface gi0/1", "ip access-group X in")
        network.type("PC1", "ping 2.2.2.2")
        network.configure("R1", "ip access-list resequence X 100 5")
        assert lists(network)[1:] == ["    100 deny udp any any", "    105 permit ip any any (5 matches)"]
        running = network.running("R1")
        assert running[running.index(" remark all") + 1] == " permit ip any any"
        assert not any("resequence" in line for line in running)

    def test_there_is_an_end_of_numbers(self, network: Network) -> None:
        network.configure("R1", "ip access-list extended X", "2147483647 permit ip any any")
        answer = network.configure("R1", "ip access-list extended X", "deny ip any any")
        assert answer == "% Exceeded maximum sequence number\n"

    def test_no_with_other_words_than_numbers(self, network: Network) -> None:
        network.configure("R1", "ip access-list extended X", "permit tcp any any eq 80 443", "permit ip any any log")
        network.configure("R1", "ip access-list extended X", "no permit tcp any any eq www 443", "default 20")
        assert lists(network) == ["Extended IP access list X"]


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("permit tcp any eq 23 any established dscp 46 log", "permit tcp any eq telnet any established dscp ef log"),
        ("permit tcp any any log dscp 46 established", "permit tcp any any established dscp ef log"),
        ("permit tcp any any match-all +ack -syn", "permit tcp any any match-all +ack -syn"),
        ("permit ip any any precedence 5 tos 8", "permit ip any any precedence critical tos min-delay"),
        ("permit ip any any fragments log-input", "permit ip any any fragments log-input"),
        ("permit 2 any any", "permit igmp any any"),
        ("permit igmp any any 1", "permit igmp any any host-query"),
        ("permit ip any any option 7 ttl lt 4", "permit ip any any option record-route ttl lt 4"),
        ("permit tcp any any log ack rst", "permit tcp any any ack rst log"),
        ("permit icmp any any 5 1", "permit icmp any any host-redirect"),
        ("permit tcp any any eq 443 www 8080", "permit tcp any any eq 443 www 8080"),
        ("permit object-group S any object-group N", "permit object-group S any object-group N"),
        ("permit tcp any any reflect X timeout 9", "permit tcp any any reflect X timeout 9"),
        ("evaluate X", "evaluate X"),
        ("dynamic D timeout 3 permit ip any any", "Dynamic D timeout 3 permit ip any any"),
    ],
)  # fmt: skip
def test_a_line_is_shown_as_ios_shows_it(network: Network, typed: str, shown: str) -> None:
    network.configure("R1", "ip access-list extended L", typed)
    assert lists(network, "L") == ["Extended IP access list L", f"    10 {shown}"]
    assert f" {shown[0].lower()}{shown[1:]}" in network.running("R1")


def test_lines_that_open_no_way_yet_are_listed(network: Network) -> None:
    network.configure(
        "R1", "ip access-list extended L", "permit udp any any reflect X", "permit ip any any", "evaluate Y"
    )
    shown = network.type("R1", "show iosim unsupported")
    assert "  ip access-list extended L\n   permit udp any any reflect X\n   evaluate Y\n" in shown
    assert "permit ip any any" not in shown


class TestMessages:
    def prepare(self, network: Network, *lines: str) -> None:
        network.configure("R1", *lines, "interface gi0/1", "ip access-group 101 in")

    def logged(self, network: Network) -> list[str]:
        lines = network.type("R1", "show logging | include SEC-6").splitlines()
        return [line.partition("%SEC-6-")[2] for line in lines]

    def test_a_flow_is_logged_at_once_and_counted_every_five_minutes(self, network: Network) -> None:
        self.prepare(network, "access-list 101 permit icmp any any log")
        network.type("PC1", "ping 2.2.2.2 repeat 4")
        head = "IPACCESSLOGDP: list 101 permitted icmp 192.168.1.10 -> 2.2.2.2 (8/0)"
        assert self.logged(network) == [f"{head}, 1 packet"]
        network.sim.run(until=network.sim.now + 5 * MINUTES)
        assert self.logged(network) == [f"{head}, 1 packet", f"{head}, 3 packets"]
        network.sim.run(until=network.sim.now + 10 * MINUTES)
        assert len(self.logged(network)) == 2
        network.type("PC1", "ping 2.2.2.2 repeat 1")
        assert self.logged(network)[2:] == [f"{head}, 1 packet"]

    def test_a_threshold_logs_sooner(self, network: Network) -> None:
        self.prepare(network, "access-list 101 permit ip any any log", "ip access-list log-update threshold 2")
        network.type("PC1", "ping 2.2.2.2 repeat 5")
        assert [line.rpartition(", ")[2] for line in self.logged(network)] == ["1 packet", "2 packets", "2 packets"]
        assert "ip access-list log-update threshold 2" in network.running("R1")

    def test_the_input_interface_and_ports_are_told(self, network: Network) -> None:
        self.prepare(network, "access-list 101 deny udp any any log-input")
        network.type("PC1", "traceroute 2.2.2.2 probe 1 ttl 1 1")
        [line] = self.logged(network)
        mac = network.type("R1", "show arp | include 192.168.1.10").split()[3]
        assert line.startswith("IPACCESSLOGP: list 101 denied udp 192.168.1.10(")
        assert line.endswith(f") (GigabitEthernet0/1 {mac}) -> 2.2.2.2(33434), 1 packet")

    def test_a_cookie_stands_behind(self, network: Network) -> None:
        self.prepare(network, "access-list 101 permit icmp any any log PINGS")
        network.type("PC1", "ping 2.2.2.2 repeat 1")
        assert self.logged(network)[0].endswith(" (8/0), 1 packet  [PINGS]")
        assert lists(network)[1] == "    10 permit icmp any any log (1 match) (tag = PINGS)"
        assert "access-list 101 permit icmp any any log PINGS" in network.running("R1")

    def test_a_standard_list_knows_no_protocol(self, network: Network) -> None:
        network.configure("R1", "access-list 9 permit any log", "interface gi0/1", "ip access-group 9 in")
        network.type("PC1", "ping 2.2.2.2 repeat 1")
        assert self.logged(network) == ["IPACCESSLOGNP: list 9 permitted 0 192.168.1.10 -> 2.2.2.2, 1 packet"]

    def test_a_flood_of_flows_is_counted_and_not_kept(self, network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(log, "MOST_FLOWS", 3)
        self.prepare(network, "access-list 101 permit icmp any any log")
        for last in range(1, 9):
            network.type("PC1", f"ping 2.2.2.{last} repeat 1")
        assert len(self.logged(network)) == 3
        network.sim.run(until=network.sim.now + 11 * MINUTES)
        assert self.logged(network)[3:] == ["IPACCESSLOGRL: access-list logging rate-limited or missed 5 packets"]
        network.type("PC1", "ping 2.2.2.9 repeat 1")
        assert self.logged(network)[4:] == [
            "IPACCESSLOGDP: list 101 permitted icmp 192.168.1.10 -> 2.2.2.9 (8/0), 1 packet"
        ]


def test_an_interface_shows_what_was_matched_there(network: Network) -> None:
    network.configure("R1", "ip access-list extended B", "permit ip any any")
    network.configure("R1", "interface gi0/1", "ip access-group B in", "ip access-group B out")
    network.type("PC1", "ping 2.2.2.2 repeat 3")
    assert network.type("R1", "show ip access-lists interface gi0/1") == (
        "Extended IP access list B in\n    10 permit ip any any (3 matches)\n"
        "Extended IP access list B out\n    10 permit ip any any (3 matches)\n"
    )
    assert lists(network)[1] == "    10 permit ip any any (6 matches)"
    network.type("R1", "clear ip access-list counters B")
    assert "match" not in network.type("R1", "show ip access-lists interface gi0/1 in")


class TestObjectGroups:
    def test_groups_are_shown_and_written(self, network: Network) -> None:
        network.configure("R1", "object-group network N", "description my hosts", "host 10.0.0.1", "10.1.2.3 /16")
        network.configure("R1", "object-group network N", "192.168.0.0 255.255.0.0", "range 10.9.0.1 10.9.0.5", "any")
        network.configure(
            "R1", "object-group service S", "tcp 80", "udp source eq 53 gt 1023", "icmp 8", "89", "tcp-udp"
        )
        network.configure("R1", "object-group network N", "no any", "group-object M")
        assert network.type("R1", "show object-group") == (
            "Network object group N\n Description my hosts\n host 10.0.0.1\n 10.1.0.0 255.255.0.0\n"
            " 192.168.0.0 255.255.0.0\n range 10.9.0.1 10.9.0.5\n group-object M\n"
            "Service object group S\n tcp eq www\n udp source eq domain gt 1023\n icmp echo\n ospf\n tcp-udp\n"
        )
        running = network.running("R1")
        start = running.index("object-group network N")
        assert running[start + 1 : start + 4] == [" description my hosts", " host 10.0.0.1", " 10.1.0.0 255.255.0.0"]

    def test_a_group_is_not_within_itself_and_has_one_kind(self, network: Network) -> None:
        network.configure("R1", "object-group network A", "group-object B", "object-group network B", "group-object C")
        assert network.configure("R1", "object-group network C", "group-object A").startswith("% ")
        assert network.configure("R1", "object-group service A").startswith("% ")

    def test_a_filter_follows_its_groups(self, network: Network) -> None:
        network.configure("R1", "object-group network GOOD", "host 10.9.9.9")
        network.configure(
            "R1", "access-list 101 permit ip any object-group GOOD", "interface gi0/1", "ip access-group 101 in"
        )
        assert "(0/1)" in network.type("PC1", "ping 2.2.2.2 repeat 1")
        network.configure("R1", "object-group network GOOD", "2.2.2.0 255.255.255.0")
        assert "(1/1)" in network.type("PC1", "ping 2.2.2.2 repeat 1")


class TestTimeRanges:
    def test_a_line_is_active_by_the_clock(self, network: Network) -> None:
        network.configure("R1", "time-range OFFICE", "periodic weekdays 09:00 to 16:59")
        network.configure(
            "R1", "access-list 101 deny icmp any any time-range OFFICE", "access-list 101 permit ip any any"
        )
        network.configure("R1", "interface gi0/1", "ip access-group 101 in")
        network.type("R1", "clock set 12:00:00 2 March 2026")
        assert "(0/1)" in network.type("PC1", "ping 2.2.2.2 repeat 1")
        assert lists(network)[1] == "    10 deny icmp any any time-range OFFICE (active) (1 match)"
        network.type("R1", "clock set 16:59:50 2 March 2026")
        assert "(active)" in network.type("R1", "show time-range")
        network.type("R1", "clock set 17:00:00 2 March 2026")
        assert "(1/1)" in network.type("PC1", "ping 2.2.2.2 repeat 1")
        assert network.type("R1", "show time-range OFFICE") == (
            "time-range entry: OFFICE (inactive)\n   periodic weekdays 9:00 to 16:59\n   used in: IP ACL entry\n"
        )

    @pytest.mark.parametrize(
        ("now", "state"),
        [
            ("23:00:00 6 March 2026", "active"),
            ("12:00:00 8 March 2026", "active"),
            ("6:00:59 9 March 2026", "active"),
            ("6:01:00 9 March 2026", "inactive"),
            ("12:00:00 11 March 2026", "inactive"),
            ("23:00:00 5 March 2027", "inactive"),
        ],
    )
    def test_spans_over_days_within_an_absolute_one(self, network: Network, now: str, state: str) -> None:
        network.configure("R1", "time-range T", "periodic friday 22:00 to monday 6:00")
        network.configure("R1", "time-range T", "absolute start 0:00 1 jan 2026 end 23:59 31 dec 2026")
        network.type("R1", f"clock set {now}")
        assert f"({state})" in network.type("R1", "show time-range")
        assert " absolute start 00:00 1 January 2026 end 23:59 31 December 2026" in network.running("R1")
        assert " periodic Friday 22:00 to Monday 6:00" in network.running("R1")

    @pytest.mark.parametrize("line", ["periodic daily 25:00 to 3:00", "absolute start 8:00 31 february 2026"])
    def test_no_time(self, network: Network, line: str) -> None:
        assert network.configure("R1", "time-range T", line).startswith("% Invalid")


def test_lists_for_other_things_than_ipv4_are_kept(network: Network) -> None:
    lines = [
        "mac access-list extended M",
        " permit host 0200.0000.0001 any",
        " deny any 0200.0000.0000 0000.00ff.ffff 0x806 0x0",
        "access-list 200 permit 0x800 0x0",
        "access-list 700 deny 0200.0000.0001 0000.0000.0000",
        "access-list rate-limit 1 5",
    ]
    assert network.configure("R1", *lines, "interface gi0/1", "mac access-group M in") == ""
    running = network.running("R1")
    assert [line for line in running if line in lines] == lines and " mac access-group M in" in running
