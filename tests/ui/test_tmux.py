"""The console of `iosim run` on a real terminal: what people type, what they see, and what they paste."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator

import pytest

from tests.ui.tmux import COMMAND, PROCESSES, Pane

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed, so no real terminal can be had"),
]
Start = Callable[..., Pane]


@pytest.fixture
def start() -> Iterator[Start]:
    panes: list[Pane] = []

    def begin(*arguments: str) -> Pane:
        panes.append(Pane(*COMMAND, *(arguments or ("site-to-site",))))
        return panes[-1].see("R1#_")

    yield begin
    for pane in panes:
        pane.close()


@pytest.fixture
def pane(start: Start) -> Pane:
    return start()


def test_editing_keys_and_the_cursor(pane: Pane) -> None:
    pane.type("shw ip interface").see("R1#shw ip interface_")
    pane.press("C-a", "C-f", "Right").type("o").see("R1#sho_w ip interface")
    pane.press("M-f", "M-f", "C-k").see("R1#show ip_")
    pane.press("C-b", "Left", "C-t").see("R1#showi _p")
    pane.press("C-e", "C-u", "C-y", "M-b", "C-w").see("R1#_p")
    pane.press("C-d").see("R1#_")
    pane.type("show privilegee").press("BSpace", "Enter").see("R1#_")
    assert pane.screen[-3:] == ["R1#show privilege", "Current privilege level is 15", "R1#"]
    pane.enter("show clock").see("R1#_").press("Up", "Up").see("R1#show privilege_")
    pane.press("Down").see("R1#show clock_").press("C-p", "C-n", "C-n").see("R1#_")
    pane.type("sh").press("Tab").see("R1#show _").type("x").press("C-r").see("R1#show x_")
    assert pane.screen[-3:] == ["R1#sh", "R1#show x", "R1#show x"]
    pane.press("C-c").see("R1#_")
    assert pane.screen[-2:] == ["R1#show x^C", "R1#"]


def test_help_leaves_line_and_cursor(pane: Pane) -> None:
    pane.type("show ip interface xyz").press("C-b", "C-b", "C-b").type("br?").see("R1#show ip interface br_xyz")
    assert pane.screen[-4:] == ["R1#show ip interface br?", "brief", "", "R1#show ip interface brxyz"]
    pane.press("C-u", "C-k").enter("terminal length 5").type("show ?").see(" --More-- _")
    assert pane.screen[-6] == "R1#show ?"
    pane.press("Enter").wait(lambda: pane.screen[-7] == "R1#show ?").press("q").see("R1#show _")


def test_a_long_line_is_shifted(pane: Pane) -> None:
    line = "abcdefghij" * 9
    pane.type(line).press("C-a").see("R1#_" + line[:75] + "$")
    pane.press("C-e").wait(lambda: pane.marked.endswith("j_") and pane.marked.startswith("R1#$"))
    assert len(pane.screen[-1]) < 80


def test_paging_keys(pane: Pane) -> None:
    def shown() -> int:
        return len(pane.screen) - 1 - pane.screen.index("R1#show running-config")

    pane.enter("terminal length 8", "show running-config").see(" --More-- _")
    assert shown() == 8 and pane.screen[-8] == "Building configuration..."
    pane.press("Enter").wait(lambda: shown() == 9).press("Space").wait(lambda: shown() == 16).see(" --More-- _")
    pane.press("/").see("/_").type("^interface.*0/1").press("Enter").see(" --More-- _")
    assert pane.screen[-10:-7] == ["/^interface.*0/1", "filtering...", "interface GigabitEthernet0/1"]
    pane.press("+").type("route|permit").press("Enter").see("R1#_")
    assert [line.split()[0] for line in pane.screen[-3:]] == ["ip", "permit", "R1#"]
    pane.enter("show running-config").see(" --More-- _").press("q").see("R1#_")
    pane.enter("terminal length 0", "show running-config").wait(lambda: pane.screen[-3:] == ["end", "", "R1#"])


def test_lines_that_arrive_while_typing(start: Start) -> None:
    """CDP says something once a minute of simulated time, so what is typed after it has six seconds till the next."""
    pane = start("site-to-site", "--speed", "10")

    def said() -> int:
        return sum("CDP-PA" in line for line in pane.screen)

    def next_message() -> None:
        before = said()
        pane.wait(lambda: said() > before)

    def redraw(line: str) -> Pane:
        """As often as it takes: another message may have come between the key and the look."""
        return pane.wait(lambda: pane.press("C-r").marked == line)

    def interrupted(line: str) -> bool:
        """Type a line; whether the next message came behind all of it."""
        redraw("R1#_").type(line)
        next_message()
        whole = f"R1#{line}" in pane.screen
        pane.press(*[] if whole else ["C-u"])
        return whole

    pane.enter("debug cdp packets")
    next_message()
    pane.wait(lambda: interrupted("show privil")).type("ege")
    redraw("R1#show privilege_").press("Enter")
    pane.wait(lambda: "Current privilege level is 15" in pane.screen)
    pane.enter("conf t", "line console 0", "logging synchronous", "end")
    pane.press("C-l").see("R1#_").type("show cluck").press("Left", "Left").see("R1#show clu_ck")
    next_message()
    pane.see("R1#show clu_ck").press("BSpace").type("o").press("Enter")
    pane.wait(lambda: any(line.startswith("*") and "UTC" in line for line in pane.screen))


def test_breaking_off(pane: Pane) -> None:
    pane.enter("ping 203.0.113.99 repeat 1000").wait(lambda: "Sending 1000" in "".join(pane.screen))
    pane.type("typed ahead").press("C-^").see("R1#_")
    assert pane.screen[-2].startswith("Success rate is 0 percent (0/")
    pane.enter("traceroute 203.0.113.99").wait(lambda: "Tracing the route" in "".join(pane.screen))
    pane.press("C-^").type("x").see("R1#_")
    pane.enter("ping", "").see("Target IP address: _").press("C-^").see("R1#_")
    pane.enter("write memory", "reload").see("Proceed with reload? [confirm]_").type("n").see("R1#_")


def test_switching_nodes(pane: Pane) -> None:
    pane.type("show clo").press("C-]").wait(lambda: pane.screen[-1].endswith("node:"))
    pane.enter("nowhere").wait(lambda: sum(line.endswith("node:") for line in pane.screen) == 1)
    pane.enter("pc1").see("PC1> _").enter("ping 192.168.1.1")
    pane.press("C-]").wait(lambda: pane.screen[-1].endswith("node:"))
    pane.enter("1").see("R1#show clo_").type("ck").press("Enter").see("R1#_")
    pane.press("C-]").wait(lambda: pane.screen[-1].endswith("node:"))
    pane.enter("PC1").see("PC1> _")
    assert any(line.startswith("Success rate is") for line in pane.screen)
    pane.press("C-]").enter("q").wait(lambda: pane.gone)


def configuration(count: int) -> str:
    """What people paste: everything at once, nothing indented."""
    names = "\n".join(f"ip host name{number} 10.0.{number // 250}.{number % 250}" for number in range(count))
    return f"""
! a whole configuration
configure terminal
hostname Pasted
line console 0
logging synchronous
banner motd ^C

  Who are you? No # entry here.
  !
^C

interface GigabitEthernet0/1
description why? because
no shutdown
!
do show running-config
{names}
end
show running-config
show version

configure terminal
interface Loopback{count}
ip address 7.7.7.7 255.255.255.255
end
"""


@pytest.mark.parametrize("bracketed", [True, False])
def test_a_paste_at_full_speed_loses_nothing(pane: Pane, bracketed: bool) -> None:
    text = configuration(300)
    if not bracketed:
        text = text.replace("?", ",")  # typed, a question mark asks
    pane.paste(text, bracketed)
    pane.wait(lambda: "Pasted(config)#interface Loopback300" in pane.screen).see("Pasted#_")
    pane.enter("terminal length 0", "show running-config | count ^ip host name").see("Pasted#_")
    pane.wait(lambda: "Number of lines which match regexp = 300" in pane.screen)
    pane.enter("show running-config | include ^ ip address 7.7|^ description why|Who are you")
    pane.wait(lambda: " ip address 7.7.7.7 255.255.255.255" in pane.screen)
    mark = "?" if bracketed else ","
    assert {f"  Who are you{mark} No # entry here.", f" description why{mark} because"} < {*pane.screen}


@pytest.mark.skipif(not PROCESSES.exists(), reason=f"there is no {PROCESSES}")
def test_a_paste_takes_time_in_proportion(pane: Pane) -> None:
    def taken(count: int) -> float:
        began = pane.processor_time
        pane.paste(configuration(count), bracketed=True)
        pane.wait(lambda: f"Pasted(config)#interface Loopback{count}" in pane.screen).see("Pasted#_")
        pane.enter("show running-config | count ^ip host name")
        pane.wait(lambda: f"Number of lines which match regexp = {count}" in pane.screen)
        return pane.processor_time - began

    few, many = taken(250), taken(2500)
    assert many < 15 * few
