"""Keys at a terminal and what its screen shows: editing, help, completion, history, breaking off, pastes."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iosim.ios.tty import Tty
from tests.ios.network import Network, pair
from tests.ios.screen import Screen

UP, DOWN, LEFT, RIGHT = "\x1b[A", "\x1b[B", "\x1b[D", "\x1b[C"


@pytest.fixture
def network() -> Network:
    return pair()


@pytest.fixture
def screen(network: Network) -> Screen:
    return Screen(network)


@pytest.mark.parametrize(
    ("keys", "line"),
    [
        ("show clock\x01", "_show clock"),
        ("show clock\x01no \x05!", "no show clock!_"),
        ("show\x02\x02x", "shx_ow"),
        ("show" + LEFT * 2 + RIGHT + "x", "shox_w"),
        ("show\x1bOD\x1bODx", "shx_ow"),
        ("show\x01\x06\x06x", "shx_ow"),
        ("show\x06\x06x", "showx_"),
        ("show clock\x02\x02\x04", "show clo_k"),
        ("show clock\x02\x02\x1b[3~", "show clo_k"),
        ("show clock\x7f\x08", "show clo_"),
        ("show clock\x1bb", "show _clock"),
        ("show clock\x1bB\x1bb\x1bb", "_show clock"),
        ("show clock\x01\x1bf", "show_ clock"),
        ("show clock\x01\x1bF\x1bf\x1bf", "show clock_"),
        ("show clock\x01\x0b", "_"),
        ("show clock\x1bb\x0b", "show _"),
        ("show clock\x1bb\x15", "_clock"),
        ("show clock\x1bb\x18", "_clock"),
        ("show clock\x17", "show _"),
        ("show clock detail\x17\x17", "show _"),
        ("show clock\x01\x1bd", "_ clock"),
        ("show clock\x15\x19\x19", "show clockshow clock_"),
        ("one two\x17\x17\x19", "one _"),
        ("one two\x17\x17\x19\x1by", "two_"),
        ("one two\x17\x17\x19\x1by\x1by", "one _"),
        ("shwo\x14", "show_"),
        ("hsow\x01\x06\x14", "sh_ow"),
        ("\x14x", "x_"),
        ("show clock\x1bb\x1bu", "show CLOCK_"),
        ("show clock\x1bb\x1bc", "show Clock_"),
        ("SHOW CLOCK\x01\x1bl", "show_ CLOCK"),
        ("show what\x16?", "show what?_"),
        ("\x1b[15~\x1b[Z\x1bxshow", "show_"),
        ("caf\xe9\x02\x02x", "cax_f\xe9"),
    ],
)
def test_editing_keys(screen: Screen, keys: str, line: str) -> None:
    assert screen.type(keys).marked == f"R1#{line}"


def test_without_editing_the_keys_that_delete_are_left(screen: Screen) -> None:
    screen.type("terminal no editing\r", "show clocks\x01\x02\x10\b")
    assert screen.marked == "R1#show clock_"
    screen.type("\x15", "terminal editing\r", "\x10\x01")
    assert screen.marked == "R1#_terminal editing"


@pytest.mark.parametrize("key", ["\x12", "\x0c"])
def test_the_line_is_drawn_anew(screen: Screen, key: str) -> None:
    screen.type("show clock\x02\x02", key)
    assert screen.lines[-2] == "R1#show clock"
    assert screen.marked == "R1#show clo_ck"


def test_keys_may_come_in_any_pieces(screen: Screen) -> None:
    assert screen.type(*"show\x1b[D\x1b[D\x1bbx").marked == "R1#x_show"


def test_a_line_that_is_wider_than_the_screen_is_shifted(network: Network) -> None:
    screen = Screen(network, width=30)
    screen.type("abcdefghijklmnopqrstuvwxyz0")
    assert screen.row == "R1#$mnopqrstuvwxyz0" and screen.marked.endswith("_")
    assert screen.type("\x01").marked == "R1#_abcdefghijklmnopqrstuvwxy$"[:30]
    assert screen.type("\x05\x15show clock\r").lines[-2].startswith("*00:00:3")


def test_help_stands_above_the_line_which_stays(screen: Screen) -> None:
    screen.type("show ip ro\x02\x02?")
    assert screen.tail(2) == ["", "R1#show ip ro"] and "R1#show ip ? " in screen.lines
    assert screen.marked == "R1#show ip _ro"
    screen.type("\x05?")
    assert screen.tail(4) == ["R1#show ip ro?", "route", "", "R1#show ip ro"]


def test_long_help_waits_for_keys(network: Network) -> None:
    screen = Screen(network, length=5)
    screen.type("show ?")
    assert screen.row == " --More--"
    assert screen.type("q").marked == "R1#show _"


def test_tab_goes_on_behind_the_finished_word(screen: Screen) -> None:
    assert screen.type("sh\t").tail(2) == ["R1#sh", "R1#show"]
    assert screen.type("ip int\tbrief\x01\x1bf\x7f\x7f\t").marked == "R1#show _ ip interface brief"
    assert screen.bells == 0
    assert screen.type("\x15\x0bc\t").marked == "R1#c_"
    assert screen.bells == 1


def test_history_is_of_the_mode(screen: Screen) -> None:
    screen.type("show clock\r", "show privilege\r", "conf t\r", "interface gi0/0\r", "no shutdown\r")
    assert screen.type(UP).row == "R1(config-if)#no shutdown"
    assert screen.type(UP).row == "R1(config-if)#interface gi0/0"
    assert screen.type(UP).row == "R1(config-if)#interface gi0/0"
    assert screen.bells == 1
    assert screen.type("\x0e").row == "R1(config-if)#no shutdown"
    assert screen.type(DOWN).row == "R1(config-if)#"
    screen.type("end\r")
    assert screen.type("\x10").row == "R1#conf t"
    assert screen.type("\x10\x10").row == "R1#show clock"
    assert screen.type("\r").lines[-2].startswith("*00:00:30")


def test_control_z_enters_the_line_and_control_c_forgets_it(screen: Screen) -> None:
    screen.type("conf t\r", "interface gi0/0\r", "description one\x1a")
    assert screen.row == "R1#"
    screen.type("conf t\r", "interface gi0/0\r", "description two\x03")
    assert screen.row == "R1#"
    assert "R1(config-if)#description two^C" in screen.lines
    screen.type("show clock\x03", "\r")
    assert screen.tail(3) == ["R1#show clock^C", "R1#", "R1#"]
    assert " description one" in screen.network.running("R1")


@pytest.mark.parametrize("key", ["\x1e", "\x1ex", "\x03"])
def test_a_command_is_broken_off(screen: Screen, key: str) -> None:
    screen.type("ping 10.0.0.99 repeat 100\r", wait=3)
    assert screen.row == "."
    screen.type("typed ahead\r", key)
    assert screen.tail(2) == ["Success rate is 0 percent (0/2)", "R1#"]
    assert screen.type("sh clock\r").lines[-2].startswith("*")


def test_keys_that_come_with_the_break_are_kept_apart(screen: Screen) -> None:
    screen.type("ping 10.0.0.99\rforgotten\r\x1eshow privilege\r")
    assert screen.tail(3) == ["R1#show privilege", "Current privilege level is 15", "R1#"]


def test_what_is_typed_ahead_waits_for_the_prompt(screen: Screen) -> None:
    screen.type("ping 10.0.0.99 repeat 1\rshow priv")
    screen.type("ilege\r")
    assert "R1#show privilege" not in screen.lines
    screen.type(wait=3)
    assert screen.tail(3) == ["R1#show privilege", "Current privilege level is 15", "R1#"]


def test_a_dialogue_is_broken_off(screen: Screen) -> None:
    screen.type("ping\r", "\r")
    assert screen.row == "Target IP address:"
    screen.type("what?\x1e")
    assert screen.row == "R1#"


def test_a_confirmation_takes_one_key(screen: Screen) -> None:
    screen.type("clear logging\r", "n")
    assert screen.row == "R1#" and screen.network["R1"].syslog.lines
    screen.type("clear logging\r", "y")
    assert screen.row == "R1#" and not screen.network["R1"].syslog.lines


def message(screen: Screen) -> None:
    screen.network["R1"].syslog.message("SYS-5-WORD", "words")
    screen.tty.update()


def test_a_log_line_breaks_into_what_is_typed(screen: Screen) -> None:
    screen.type("show clo")
    message(screen)
    message(screen)
    screen.type("ck")
    assert screen.tail(4)[0] == "R1#show clo"
    assert [line[-5:] for line in screen.tail(4)[1:3]] == ["words", "words"]
    assert screen.row == "ck"
    assert screen.type("\x12").row == "R1#show clock"
    assert screen.type("\r").lines[-2].startswith("*00:00:30")


def test_with_logging_synchronous_the_line_is_shown_again(screen: Screen) -> None:
    screen.network.configure("R1", "line console 0", "logging synchronous")
    screen = Screen(screen.network)
    screen.type("show clock\x02\x02")
    message(screen)
    assert screen.marked == "R1#show clo_ck"
    assert screen.lines[-2].endswith("words")


def test_log_lines_begin_in_a_line_of_their_own(screen: Screen) -> None:
    screen.type("ping 10.0.0.99\r", wait=3)
    message(screen)
    assert screen.lines[-3] == "." and screen.lines[-2].endswith("words")
    screen.type("\x1e", "show run\r")
    message(screen)
    assert screen.row == " --More--"
    assert screen.lines[-2].endswith("words")


CONFIGURATION = """
! a whole configuration
configure terminal
hostname X
banner motd ^C
  What? Nobody\tenters # here
!
  ^C
interface GigabitEthernet0/1
description what? and | why
no shutdown
exit
show running-config
do show running-config
ip route 5.0.0.0 255.0.0.0 Null0
end
show running-config
ping 10.0.0.99 repeat 2
configure terminal
banner exec #
bye
#
ip route 6.0.0.0 255.0.0.0 Null0
end
"""


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"])
@pytest.mark.parametrize("size", [1, 7, 100000])
def test_a_paste_loses_nothing(screen: Screen, end: str, size: int) -> None:
    paste = f"\x1b[200~{CONFIGURATION}\x1b[201~".replace("\n", end)
    screen.type(*(paste[at : at + size] for at in range(0, len(paste), size)), wait=10)
    assert screen.row == "X#"
    running = screen.network.running("R1")
    text = "\n".join(running)
    assert "banner motd ^C\n  What? Nobody\tenters # here\n!\n  ^C".replace("\n!", "") in text.replace("\n!", "")
    assert "banner exec ^C\nbye\n^C" in text
    assert " description what? and | why" in running
    assert {"ip route 5.0.0.0 255.0.0.0 Null0", "ip route 6.0.0.0 255.0.0.0 Null0"} <= set(running)


def test_a_paste_without_brackets_loses_no_line_to_the_pager(screen: Screen) -> None:
    screen.type("show running-config\rconf t\rip route 5.0.0.0 255.0.0.0 Null0\rend\r")
    assert "ip route 5.0.0.0 255.0.0.0 Null0" in screen.network.running("R1")
    assert screen.row == "R1#"


PASTE, PASTED = "\x1b[200~", "\x1b[201~"
KEYS = st.one_of(
    st.sampled_from(["show ", "conf t\r", "ping 10.0.0.99\r", "banner motd #", PASTE, PASTED, UP, "\x1e", "\r"]),
    st.text(st.characters(max_codepoint=0x7F)),
    st.text(max_size=3),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(KEYS, max_size=12))
def test_any_keys_leave_a_terminal_that_works(keys: list[str]) -> None:
    """Whatever was typed, breaking off and leaving configuration gets back to a prompt that takes commands."""
    shown: list[str] = []
    network = pair()
    tty = Tty(network.console("R1"), shown.append)
    for key in keys:
        tty.type(key)
    network.wait(1)
    tty.type("\x1b[201~\x1e\x03\x03\r\x03")
    network.wait(1)
    tty.type("\x03\rshow history\r")
    assert "  show history\r\n" in "".join(shown)
