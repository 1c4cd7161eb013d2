"""Tracked objects, IP SLA operations, and static routes that depend on them."""

from __future__ import annotations

import pytest

from .network import Network, pair


def triangle(**conditions: object) -> Network:
    """R1 with two providers: ISP1 (10.0.1.2) leads to 8.8.8.8, ISP2 (10.0.2.2) too; a switch hides ISP1's failures."""
    network = Network()
    network.router(
        "R1",
        "hostname R1\ninterface GigabitEthernet0/0\nip address 10.0.1.1 255.255.255.0\n"
        "interface GigabitEthernet0/1\nip address 10.0.2.1 255.255.255.0\n"
        "ip sla 1\nicmp-echo 10.0.1.2 source-interface GigabitEthernet0/0\nfrequency 5\ntimeout 1000\n"
        "ip sla schedule 1 life forever start-time now\ntrack 1 ip sla 1 reachability\n"
        "ip route 0.0.0.0 0.0.0.0 10.0.1.2 track 1\nip route 0.0.0.0 0.0.0.0 10.0.2.2 200\n",
    )
    for number in (1, 2):
        network.router(
            f"ISP{number}",
            f"hostname ISP{number}\ninterface GigabitEthernet0/0\nip address 10.0.{number}.2 255.255.255.0\n"
            "interface Loopback0\nip address 8.8.8.8 255.255.255.255\n",
        )
        network.link(f"R1:GigabitEthernet0/{number - 1}", f"ISP{number}:GigabitEthernet0/0", delay=2000)
    return network.start()


def log(network: Network, word: str) -> list[str]:
    """What the log says behind the time stamps."""
    lines = network.type("R1", "terminal length 0", "show logging").splitlines()
    return [line[line.index(word) :] for line in lines if word in line]


def default_route(network: Network) -> str:
    lines = network.type("R1", "show ip route static").splitlines()
    return next((line for line in lines if line.startswith("S*")), "")


def test_a_floating_route_takes_over_and_gives_back() -> None:
    network = triangle()
    assert default_route(network) == "S*    0.0.0.0/0 [1/0] via 10.0.1.2"
    network.configure("ISP1", "access-list 100 deny icmp any any", "interface gi0/0", "ip access-group 100 in")
    network.wait(8)
    assert default_route(network) == "S*    0.0.0.0/0 [200/0] via 10.0.2.2"
    assert "Success rate is 100 percent" in network.type("R1", "ping 8.8.8.8")
    network.configure("ISP1", "interface gi0/0", "no ip access-group 100 in")
    network.wait(8)
    assert default_route(network) == "S*    0.0.0.0/0 [1/0] via 10.0.1.2"
    assert log(network, "%TRACK-6-STATE") == [
        "%TRACK-6-STATE: 1 ip sla 1 reachability Down -> Up",
        "%TRACK-6-STATE: 1 ip sla 1 reachability Up -> Down",
        "%TRACK-6-STATE: 1 ip sla 1 reachability Down -> Up",
    ]


def test_what_was_typed_is_written() -> None:
    network = triangle()
    running = network.running("R1")
    start = running.index("track 1 ip sla 1 reachability")
    assert running[start + 1].startswith("interface")
    start = running.index("ip sla 1")
    assert running[start : start + 5] == [
        "ip sla 1",
        " icmp-echo 10.0.1.2 source-interface GigabitEthernet0/0",
        " timeout 1000",
        " frequency 5",
        "ip sla schedule 1 life forever start-time now",
    ]
    assert "ip route 0.0.0.0 0.0.0.0 10.0.1.2 track 1" in running
    network.configure("R1", "no ip sla 1")
    assert not any(line.startswith("ip sla") for line in network.running("R1"))


def test_the_operation_counts_what_came_of_it() -> None:
    network = triangle()
    network.type("R1", "terminal length 0")
    assert network.type("R1", "show ip sla statistics 1 details").splitlines() == [
        "IPSLAs Latest Operation Statistics",
        "",
        "IPSLA operation id: 1",
        "        Latest RTT: 4 milliseconds",
        "Latest operation start time: 00:00:30 UTC Fri Mar 1 2002",
        "Latest operation return code: OK",
        "Over thresholds occurred: FALSE",
        "Number of successes: 6",
        "Number of failures: 0",
        "Operation time to live: Forever",
        "Operational state of entry: Active",
        "Last time this entry was reset: Never",
        "",
        "",
        "",
    ]
    network.wait(3)
    assert network.type("R1", "show ip sla summary").splitlines()[-1] == (
        "*1           icmp-echo   10.0.1.2          RTT=4       OK          3 seconds ago"
    )
    said = network.type("R1", "show ip sla configuration 1")
    assert "Target address/Source interface: 10.0.1.2/GigabitEthernet0/0\n" in said
    assert "   Operation frequency (seconds): 5  (not considered if randomly scheduled)\n" in said
    assert "   Next Scheduled Start Time: Start Time already passed\n" in said


def test_show_track() -> None:
    network = triangle()
    network.type("R1", "terminal length 0")
    assert network.type("R1", "show track 1").splitlines() == [
        "Track 1",
        "  IP SLA 1 reachability",
        "  Reachability is Up",
        "    1 change, last change 00:00:25",
        "  Latest operation return code: OK",
        "  Latest RTT (millisecs) 4",
        "  Tracked by:",
        "    Static IP Routing 0",
    ]
    network.configure("R1", "track 2 interface gi0/1 line-protocol")
    network.configure("R1", "track 3 ip route 10.0.1.0 255.255.255.0 reachability")
    network.wait(1)
    assert network.type("R1", "show track brief").splitlines() == [
        "Track Type        Instance                   Parameter        State Last Change",
        "1     ip sla      1                          reachability     Up    00:00:26",
        "2     interface   GigabitEthernet0/1         line-protocol    Up    00:00:01",
        "3     ip route    10.0.1.0/24                reachability     Up    00:00:01",
    ]
    assert network.type("R1", "show track 3").splitlines()[2:5] == [
        "  Reachability is Up (connected)",
        "    1 change, last change 00:00:01",
        "  First-hop interface is GigabitEthernet0/0",
    ]
    network.configure("R1", "interface gi0/1", "shutdown")
    network.wait(1)
    assert "  Line protocol is Down (hw admin-down)\n    2 changes" in network.type("R1", "show track 2")


def test_a_state_must_last_for_the_delay() -> None:
    network = pair("track 1 interface GigabitEthernet0/0 line-protocol\ndelay down 10 up 5\n")
    network.type("R1", "terminal length 0")
    assert "Line protocol is Up" in network.type("R1", "show track 1")
    network.configure("R1", "interface gi0/0", "shutdown")
    network.wait(4)
    shown = network.type("R1", "show track 1")
    assert "  Line protocol is Up, delayed Down (6 secs remaining)\n" in shown
    assert "  Delay up 5 secs, down 10 secs\n" in shown
    network.configure("R1", "interface gi0/0", "no shutdown")
    network.wait(20)
    assert "1 change," in network.type("R1", "show track 1")
    network.configure("R1", "interface gi0/0", "shutdown")
    network.wait(11)
    assert "  Line protocol is Down (hw admin-down)\n    2 changes" in network.type("R1", "show track 1")


def until_down(*lines: str) -> float:
    """Seconds from the loss of an interface and of its route to the moment at which track 1 has seen it."""
    network = pair()
    network.configure("R1", *lines)
    network.wait(3)
    network.configure("R1", "interface gi0/0", "shutdown")
    waited = 0.0
    while " is Down" not in network.type("R1", "show track 1"):
        network.wait(0.1)
        waited += 0.1
        assert waited < 200
    return waited


INTERFACE, ROUTE = "track 1 interface gi0/0 line-protocol", "track 1 ip route 10.0.0.0 255.255.255.0 reachability"


@pytest.mark.parametrize(
    ("lines", "earliest", "latest"),
    [
        ([INTERFACE], 0.0, 1.1),
        ([INTERFACE, "track timer interface 100"], 2, 100),
        ([INTERFACE, "track timer interface 100", "no track timer interface"], 0, 1.1),
        ([INTERFACE, "track timer interface msec 500"], 0, 0.6),
        ([ROUTE], 1.1, 15.1),
        ([ROUTE, "track timer ip route 100"], 15.1, 100),
        ([ROUTE, "track timer interface 100", "track timer ip route 1"], 0, 1.1),
    ],
)
def test_objects_are_looked_at_in_intervals(lines: list[str], earliest: float, latest: float) -> None:
    assert earliest <= until_down(*lines) <= latest


def test_what_is_gone_and_back_within_an_interval_is_not_seen() -> None:
    network = pair()
    network.configure("R1", INTERFACE, "track timer interface 60")
    network.wait(61)
    network.configure("R1", "interface gi0/0", "shutdown")
    network.wait(1)
    network.configure("R1", "interface gi0/0", "no shutdown")
    network.wait(120)
    assert "    1 change," in network.type("R1", "show track 1")


def test_show_track_timers() -> None:
    network = triangle()
    network.configure("R1", "track timer ip sla msec 2500", "track 2 stub-object")
    network.wait(4 - network.sim.now % 5_000_000 / 1e6)
    assert network.type("R1", "show track timers").splitlines() == [
        "Object type    Poll Interval    Time to next poll",
        "interface      1                expired",
        "ip route       15               expired",
        "ip sla         2.500            1.000",
        "ipv6 route     15               expired",
        "application    5                expired",
        "list           1                expired",
        "stub           1                0.000",
    ]
    network.configure("R1", "track timer interface 30", "track resolution ip route static 5")
    said = [line for line in network.running("R1") if line.startswith(("track timer", "track resolution"))]
    expected = ["track timer ip sla msec 2500", "track timer interface 30", "track resolution ip route static 5"]
    assert said == expected
    assert "static                5" in network.type("R1", "show track resolution")
    assert "Every line" in network.type("R1", "show iosim unsupported")


def test_tracks_of_a_type() -> None:
    network = triangle()
    network.configure("R1", "track 2 interface gi0/1 line-protocol", "track 3 list boolean and", "object 1")
    network.configure("R1", "track 4 ip route 10.0.1.0 255.255.255.0 reachability", "track 5 stub-object")
    network.wait(2)

    def numbers(which: str) -> list[str]:
        full = [
            line.split()[1] for line in network.type("R1", f"show track {which}").splitlines() if line[:5] == "Track"
        ]
        brief = network.type("R1", f"show track {which} brief").splitlines()[1:]
        assert full == [line.split()[0] for line in brief]
        return full

    kinds = ("ip sla", "interface", "list", "ip route", "stub-object")
    assert [numbers(kind) for kind in kinds] == [["1"], ["2"], ["3"], ["4"], ["5"]]
    assert numbers("ip") == ["1", "4"]
    assert numbers("4") == ["4"]


@pytest.mark.parametrize(
    ("lines", "up"),
    [
        (["track 9 list boolean and", "object 1", "object 2"], False),
        (["track 9 list boolean or", "object 1", "object 2"], True),
        (["track 9 list boolean and", "object 1", "object 2 not"], True),
        (["track 9 list boolean and", "object 1", "object 77"], False),
        (["track 9 list threshold weight", "object 1 weight 20", "object 2 weight 30", "threshold weight up 20"], True),
        (["track 9 list threshold percentage", "object 1", "object 2", "threshold percentage up 51"], False),
        (["track 9 stub-object", "default-state up"], True),
        (["track 9 ip route 10.0.0.0 255.255.255.0 metric threshold"], True),
        (["track 9 ip route 10.0.0.0 255.0.0.0 reachability"], False),
        (["track 9 interface gi0/0 ip routing"], True),
        (["track 9 interface Loopback77 ip routing"], False),
        (["track 9 ip sla 99"], False),
    ],
)
def test_what_is_up(lines: list[str], up: bool) -> None:
    network = pair()
    network.configure("R1", "track 1 interface gi0/0 line-protocol", "track 2 interface Loopback99 line-protocol")
    network.configure("R1", *lines)
    network.wait(1)
    assert f" is {'Up' if up else 'Down'}" in network.type("R1", "show track 9")


def test_a_list_follows_its_members() -> None:
    network = pair()
    network.configure("R1", "track 1 interface gi0/0 line-protocol", "track 2 list boolean and", "object 1")
    network.configure("R1", "track 3 list boolean or", "object 2 not")
    network.wait(1)
    network.configure("R1", "interface gi0/0", "shutdown")
    network.wait(1)
    assert log(network, "%TRACK-6-STATE")[-3:] == [
        "%TRACK-6-STATE: 1 interface Gi0/0 line-protocol Up -> Down",
        "%TRACK-6-STATE: 2 list boolean and Up -> Down",
        "%TRACK-6-STATE: 3 list boolean or Down -> Up",
    ]
    assert "  Boolean OR is Up\n" in network.type("R1", "show track 3")
    assert "    object 2 not Down\n" in network.type("R1", "show track 3")


@pytest.mark.parametrize(
    ("lines", "answer"),
    [
        (["track 1 list boolean and", "object 1"], "% Object 1 depends on object 1\n"),
        (
            ["track 1 list boolean and", "object 2", "track 2 list boolean or", "object 1 not"],
            "% Object 1 depends on object 2\n",
        ),
        (["ip sla schedule 5 start-time now"], "%Entry not configured\n"),
        (["ip sla 5", "exit", "ip sla schedule 5 start-time now"], "%Entry not configured\n"),
        (["ip sla 5", "icmp-echo 10.0.0.2", "ip sla schedule 5 start-time 25:10"], "% Invalid time 25:10\n"),
        (["track 1 interface gi0/0 line-protocol", "object 2"], "% Object 1 is not a list\n"),
        (
            ["track 1 interface gi0/0 line-protocol", "track 1 interface gi0/1 line-protocol"],
            "Cannot change tracked object - delete old config first\n",
        ),
    ],
)
def test_refusals(lines: list[str], answer: str) -> None:
    assert pair().configure("R1", *lines) == answer


def test_what_runs_cannot_be_changed() -> None:
    network = triangle()
    assert network.configure("R1", "ip sla 1").startswith("Entry already running and cannot be modified\n")
    network.configure("R1", "no ip sla schedule 1", "ip sla 1", "frequency 3")
    network.configure("R1", "ip sla schedule 1 life 9 start-time after 00:00:10")
    assert "~1 " in network.type("R1", "show ip sla summary")
    network.wait(12)
    assert "*1 " in network.type("R1", "show ip sla summary")
    network.wait(10)
    assert "^1 " in network.type("R1", "show ip sla summary")
    assert "Number of successes: 3\n" in network.type("R1", "show ip sla statistics 1")


def test_over_the_threshold_is_reachable_and_no_good_state() -> None:
    network = triangle()
    network.configure("R1", "no ip sla 1", "ip sla 2", "icmp-echo 10.0.2.2", "threshold 3", "frequency 2")
    network.configure("R1", "ip sla schedule 2 life forever start-time now")
    network.configure("R1", "track 5 ip sla 2 state", "track 6 ip sla 2 reachability")
    network.wait(5)
    assert "  State is Down\n" in network.type("R1", "show track 5")
    assert "  Reachability is Up\n" in network.type("R1", "show track 6")
    assert "return code: Over threshold" in network.type("R1", "show ip sla statistics 2")


def test_tracks_and_operations_survive_a_reload() -> None:
    network = triangle()
    network.type("R1", "write memory", "reload", "")
    network.wait(60)
    assert default_route(network) == "S*    0.0.0.0/0 [1/0] via 10.0.1.2"


def test_what_is_missing_or_cannot_be_found() -> None:
    network = pair()
    network.configure(
        "R1",
        "ip route 5.0.0.0 255.0.0.0 10.0.0.2 track 99",
        "track 3 ip route 10.0.0.7 /24 reachability",
        "track 4 ip route 10.0.0.0/24 reachability",
        "ip sla 5",
        "icmp-echo nobody.example",
        "ip sla 6",
        "icmp-echo 10.0.0.2 source-interface Loopback77",
        "ip sla schedule 5 start-time now",
        "ip sla schedule 6 start-time now",
        "no track 77",
        "no ip sla 77",
        "no ip sla schedule 77",
    )
    network.wait(3)
    network.type("R1", "terminal length 0")
    assert "5.0.0.0" not in network.type("R1", "show ip route static")
    assert "track 3 ip route 10.0.0.7 255.255.255.0 reachability" in network.running("R1")
    assert "track 4 ip route 10.0.0.0 255.255.255.0 reachability" in network.running("R1")
    for number in (3, 4):
        assert "Reachability is Up (connected)" in network.type("R1", f"show track {number}")
    for number in (5, 6):
        assert "return code: No connection" in network.type("R1", f"show ip sla statistics {number}")
    assert network.type("R1", "show ip sla statistics 77") == "%Entry not configured\n"
    assert network.type("R1", "show ip sla configuration 77") == "%Entry not configured\n"
    assert network.type("R1", "show track 77") == ""
    network.configure("R1", "no ip sla 5", "no ip route 5.0.0.0 255.0.0.0")
    assert not any(" 5" in line for line in network.running("R1") if line.startswith(("ip sla", "ip route")))


def test_an_operation_is_entered_again_where_its_settings_are() -> None:
    network = pair()
    network.configure("R1", "ip sla 3", "icmp-echo 10.0.0.2", "frequency 9")
    network.type("R1", "configure terminal", "ip sla 3")
    assert network.console("R1").prompt == "R1(config-ip-sla-echo)#"
    for line in ("icmp-echo 10.0.0.99", "udp-jitter 10.0.0.2 5000"):
        assert "% Invalid input" in network.type("R1", line)
    network.type("R1", "timeout 700", "exit")
    assert network.console("R1").prompt == "R1(config)#"
    network.type("R1", "end")
    running = network.running("R1")
    start = running.index("ip sla 3")
    assert running[start + 1 : start + 4] == [" icmp-echo 10.0.0.2", " timeout 700", " frequency 9"]


def test_the_mode_of_an_operation_is_left_to_global_configuration() -> None:
    network = pair()
    network.type("R1", "configure terminal", "ip sla 3")
    assert network.console("R1").prompt == "R1(config-ip-sla)#"
    network.type("R1", "icmp-echo 10.0.0.2")
    assert network.console("R1").prompt == "R1(config-ip-sla-echo)#"
    network.type("R1", "frequency 9", "exit")
    assert network.console("R1").prompt == "R1(config)#"
    network.type("R1", "no ip sla 3", "ip sla 3", "udp-jitter 10.0.0.2 5000")
    assert network.console("R1").prompt == "R1(config-ip-sla-jitter)#"
    network.type("R1", "end")
    assert [line for line in network.running("R1") if "icmp-echo" in line or "udp-jitter" in line] == [
        " udp-jitter 10.0.0.2 5000"
    ]


def test_an_entry_that_was_inactive_for_long_enough_is_gone() -> None:
    network = triangle()
    network.configure("R1", "no ip sla 1", "ip sla 4", "icmp-echo 10.0.2.2", "exit")
    network.configure("R1", "ip sla schedule 4 life 10 start-time now ageout 20")
    network.wait(12)
    assert "^4 " in network.type("R1", "show ip sla summary")
    network.wait(20)
    assert not any(line.startswith("ip sla") for line in network.running("R1"))
    assert "icmp-echo" not in network.type("R1", "show ip sla summary")


def test_a_recurring_operation_begins_again_a_day_later() -> None:
    network = triangle()
    network.configure("R1", "no ip sla 1", "ip sla 4", "icmp-echo 10.0.2.2", "frequency 10", "exit")
    network.configure("R1", "ip sla schedule 4 life 60 start-time 00:01 recurring")
    network.wait(100)
    first = network.type("R1", "show ip sla statistics 4")
    assert "Number of successes: 6\n" in first
    network.wait(86400)
    assert "Number of successes: 12\n" in network.type("R1", "show ip sla statistics 4")
