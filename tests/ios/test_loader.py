"""Loading what people have: copies of terminals, exec commands among the lines, lines under a refused one."""

from __future__ import annotations

from iosim.ios.loader import load_text, read_text
from iosim.ios.router import Router
from iosim.sim.clock import Simulator

COPY = """\
R1>enable
R1#show running-config
Load for five secs: 1%/0%; one minute: 1%; five minutes: 1%
Building configuration...

Current configuration : 1234 bytes
!
! Last configuration change at 12:00:00 UTC Mon Jan 1 2024
Last configuration change at 12:00:00 UTC Mon Jan 1 2024
! NVRAM config last updated at 12:00:00 UTC Mon Jan 1 2024
!
version 15.7
hostname R1
interface Loopback0
 --More-- \b\b\b\b\b\b\b\b\b        \b\b\b\b\b\b\b\b\b ip address 10.0.0.1 255.255.255.255
<--- More --->
ntp clock-period 17179869
end

R1#
"""
PASTE = """\
enable
configure terminal
Enter configuration commands, one per line.  End with CNTL/Z.
R1(config)#hostname R1
R1(config)#interface Loopback0
R1(config-if)#ip address 10.0.0.1 255.255.255.255
R1(config-if)#do show ip interface brief
show ip route
end
write memory
Building configuration...
[OK]
conf t
interface Loopback1
ip address 10.0.0.2 255.255.255.255
ip route 0.0.0.0 0.0.0.0 10.0.0.9
exit
wr
"""


def refused(router: Router, text: str) -> list[tuple[int, str]]:
    return [(line.line, line.text) for line in load_text(router, text)]


def test_a_copy_of_a_terminal() -> None:
    router = Router(Simulator(), "R1")
    assert refused(router, COPY) == []
    assert " ip address 10.0.0.1 255.255.255.255" in router.running_lines()


def test_a_paste_with_prompts_and_exec_commands() -> None:
    router = Router(Simulator(), "R1")
    assert refused(router, PASTE) == []
    lines = router.running_lines()
    assert " ip address 10.0.0.1 255.255.255.255" in lines
    assert " ip address 10.0.0.2 255.255.255.255" in lines
    assert "ip route 0.0.0.0 0.0.0.0 10.0.0.9" in lines


def test_only_configuration_is_judged() -> None:
    judged = [line.text for line in read_text(Router(Simulator(), "R1"), COPY) if line.standing]
    assert judged[:3] == ["version 15.7", "hostname R1", "interface Loopback0"]
    assert judged[-1] == "end"


def test_lines_below_a_refused_one_do_not_fall_into_the_mode_before() -> None:
    router = Router(Simulator(), "R1")
    text = (
        "interface Loopback0\n ip address 10.0.0.1 255.255.255.255\n"
        "interface Nonsense7\n ip address 10.0.0.2 255.255.255.255\n shutdown\n"
        "hostname A\n"
    )
    assert [line for line, _ in refused(router, text)] == [3, 4, 5]
    lines = router.running_lines()
    assert " ip address 10.0.0.1 255.255.255.255" in lines and " shutdown" not in lines
    assert "hostname A" in lines


def test_lines_beside_a_refused_one_stay_in_their_mode() -> None:
    router = Router(Simulator(), "R1")
    text = "interface Loopback0\n frobnicate\n ip address 10.0.0.1 255.255.255.255\n"
    assert [line for line, _ in refused(router, text)] == [2]
    assert " ip address 10.0.0.1 255.255.255.255" in router.running_lines()


def test_a_typing_mistake_behind_a_prompt_is_shown_without_it() -> None:
    (line,) = load_text(Router(Simulator(), "R1"), "R1(config)#hostnam\nR1(config)#hostnome R2\n")[1:]
    assert (line.line, line.text) == (2, "hostnome R2")
    assert line.message.split("\n")[0] == "     ^"


def test_each_line_knows_its_mode() -> None:
    text = "interface Loopback0\n shutdown\nfrobnicate\n"
    assert [(line.mode, line.standing) for line in read_text(Router(Simulator(), "R1"), text)] == [
        ("config", "working"),
        ("config_if", "working"),
        ("config", "refused"),
    ]
