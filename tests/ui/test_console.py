"""`iosim run`: lines, `?`, Tab, breaking off and turning to another node, typed through a pipe."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from pathlib import Path

from iosim.lab.build import Network
from iosim.lab.find import find_lab
from iosim.lab.load import load_lab
from iosim.ui.console import Consoles

SWITCH, BREAK, END = "\x1d", "\x03", "\x1a"


def network(lab: str = "site-to-site") -> Network:
    running = Network(load_lab(find_lab(lab)))
    running.start()
    return running


def type_at(lab: Network, keys: list[str | Callable[[], bool]], speed: float = 50) -> str:
    """What the screen gets when keys are typed at R1, with a wait for each condition, and the user leaves then."""
    shown: list[str] = []

    async def talk(keyboard: int, fingers: int) -> None:
        consoles = asyncio.create_task(Consoles(lab, speed, keyboard, shown.append).run("R1"))
        for key in [*keys, SWITCH, "q\r"]:
            if isinstance(key, str):
                os.write(fingers, key.encode())
            else:
                await until(key)
            await asyncio.sleep(0.05)
        await asyncio.wait_for(consoles, 5)

    keyboard, fingers = os.pipe()
    try:
        asyncio.run(talk(keyboard, fingers))
    finally:
        os.close(keyboard)
        os.close(fingers)
    return "".join(shown).replace("\r\n", "\n")


async def until(condition: Callable[[], bool]) -> None:
    for _ in range(200):
        if condition():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it did not happen")


def test_a_line_and_its_output() -> None:
    out = type_at(network(), ["show ip int br\r"])
    assert "site-to-site: 1 R1, 2 ISP, 3 R2, 4 PC1, 5 PC2" in out
    assert "GigabitEthernet0/0" in out and "203.0.113.2" in out


def test_help_is_shown_at_once_and_the_line_stays() -> None:
    out = type_at(network(), ["show ip rou?", "te | include 203\r"])
    assert "R1#show ip rou?\nroute" in out
    assert "203.0.113.1" in out


def test_tab_completes() -> None:
    assert "203.0.113.2" in type_at(network(), ["sh\t", "ip int\t", "brief\r"])


def test_another_node_by_number_and_by_name() -> None:
    out = type_at(network(), [SWITCH, "2\r", "show ip int brief\r", SWITCH, "nowhere\r", "pc1\r", "ip\r"])
    assert "198.51.100.1" in out and "192.168.1.10" in out


def test_time_passes_and_a_ping_can_be_broken_off() -> None:
    lab = network()
    session = lab.console("PC1")
    keys: list[str | Callable[[], bool]] = [SWITCH, "PC1\r", "ping 192.168.2.10 repeat 1000000\r"]
    type_at(lab, [*keys, lambda: session.busy, BREAK, lambda: not session.busy])
    assert lab.sim.now > 30_000_000


def test_control_z_and_control_c_leave_configuration() -> None:
    lab = network()

    def prompt(wanted: str) -> Callable[[], bool]:
        return lambda: lab.console("R1").prompt == wanted

    keys: list[str | Callable[[], bool]] = ["conf t\r", prompt("R1(config)#"), "hostname X" + END, prompt("X#")]
    type_at(lab, [*keys, "conf t\r", "int gi0/0\r", "gibberish", prompt("X(config-if)#"), BREAK, prompt("X#")])


def test_lines_arrive_unasked() -> None:
    lab = network()
    keys = ["debug crypto isakmp\r", SWITCH, "PC1\r", "ping 192.168.2.10\r"]
    keys += [lambda: lab.console("PC1").busy, lambda: not lab.console("PC1").busy, SWITCH, "R1\r"]
    assert "ISAKMP:(" in type_at(lab, keys, 5)


def test_the_transcript_of_a_lab_file(tmp_path: Path) -> None:
    """A lab without links runs too: nothing ever happens in its queue."""
    file = tmp_path / "lab.yaml"
    file.write_text("name: x\ntopology: {nodes: {R1: {kind: ios}}}\n")
    type_at(network(str(file)), ["show clock\r"])
