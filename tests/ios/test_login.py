"""Who comes in at the console, how, and with which rights."""

from __future__ import annotations

import pytest

from .network import Network, pair

AVAILABLE = "\n\n\nR1 con0 is now available\n\n\n\n\n\nPress RETURN to get started." + "\n" * 13
ACCESS = "\nUser Access Verification\n\n"
USERS = "username admin privilege 15 secret adminpw\nusername bob password bobpw\nusername eve nopassword\n"
LOCAL = USERS + "line con 0\nlogin local\n"
AAA = USERS + "aaa new-model\naaa authentication login default local\n"


def left(configuration: str) -> Network:
    """A network where somebody has left the console of R1."""
    network = pair(configuration)
    assert network.type("R1", "exit") == AVAILABLE
    return network


def prompt(network: Network) -> str:
    return network.console("R1").prompt


def test_a_console_that_asks_nothing() -> None:
    network = left("")
    assert prompt(network) == ""
    network.type("R1", "")
    assert prompt(network) == "R1>"
    assert network.type("R1", "show privilege") == "Current privilege level is 1\n"


def test_the_level_of_a_line() -> None:
    network = left("line con 0\nprivilege level 7\n")
    network.type("R1", "")
    assert prompt(network) == "R1#"
    assert network.type("R1", "show privilege") == "Current privilege level is 7\n"


def test_a_line_with_a_password() -> None:
    network = left("line con 0\npassword secret one\nlogin\n")
    assert network.type("R1", "") == ACCESS
    assert prompt(network) == "Password: " and network.console("R1").secret
    assert network.type("R1", "wrong", "secret", "secret  one") == "% Bad passwords\n" + AVAILABLE
    network.type("R1", "", "wrong", "secret one")
    assert prompt(network) == "R1>"


def test_a_line_that_asks_for_a_password_that_it_has_not() -> None:
    network = pair()
    said = network.type("R1", "configure terminal", "line con 0", "login", "line vty 0 1", "login", "end")
    assert [line for line in said.splitlines() if "until" in line] == [
        f"% Login disabled on line {number}, until 'password' is set" for number in (0, 2, 3)
    ]
    network.type("R1", "exit")
    assert network.type("R1", "") == "\nPassword required, but none set\n" + AVAILABLE


@pytest.mark.parametrize(("name", "password", "level"), [("admin", "adminpw", 15), ("bob", "bobpw", 1)])
def test_local_users(name: str, password: str, level: int) -> None:
    network = left(LOCAL)
    assert network.type("R1", "") == ACCESS
    assert prompt(network) == "Username: " and not network.console("R1").secret
    network.type("R1", name)
    assert prompt(network) == "Password: " and network.console("R1").secret
    network.type("R1", password)
    assert prompt(network) == ("R1#" if level == 15 else "R1>")
    assert network.type("R1", "show privilege") == f"Current privilege level is {level}\n"


def test_a_user_without_a_password() -> None:
    network = left(LOCAL)
    network.type("R1", "", "eve")
    assert prompt(network) == "R1>"


def test_wrong_answers() -> None:
    network = left(LOCAL)
    network.type("R1", "")
    assert network.type("R1", "admin", "nonsense") == "% Login invalid\n\n"
    assert network.type("R1", "nobody", "adminpw") == "% Login invalid\n\n"
    assert network.type("R1", "", "admin", "") == "% Login invalid\n\n" + AVAILABLE
    assert prompt(network) == ""


def test_breaking_off_a_login_lets_nobody_in() -> None:
    network = left(LOCAL)
    console = network.console("R1")
    for _ in range(10):
        console.interrupt()
        assert console.prompt in ("", "Username: ", "Password: ")
        assert not console.busy
    network.type("R1", "admin", "adminpw")
    assert prompt(network) == "R1#"


def test_nothing_of_a_login_is_remembered() -> None:
    network = left(LOCAL)
    network.type("R1", "", "admin", "adminpw")
    assert network.type("R1", "show history") == "  show history\n"


def test_messages_name_the_user() -> None:
    network = left(LOCAL)
    network.type("R1", "", "admin", "adminpw")
    assert "Configured from console by admin on console\n" in network.type("R1", "configure terminal", "end")


def test_logins_are_logged() -> None:
    network = left(LOCAL + "login on-success log\nlogin on-failure log every 2\n")
    network.type("R1", "")
    said = network.type("R1", "admin", "x", "admin", "y", "admin", "adminpw")
    assert [line.split(": ", 1)[1] for line in said.splitlines() if "SEC_LOGIN" in line] == [
        "%SEC_LOGIN-4-LOGIN_FAILED: Login failed [user: admin] [Source: LOCAL] [localport: 0] "
        "[Reason: Login Authentication Failed] at 00:00:30 UTC Fri Mar 1 2002",
        "%SEC_LOGIN-5-LOGIN_SUCCESS: Login Success [user: admin] [Source: LOCAL] [localport: 0] "
        "at 00:00:30 UTC Fri Mar 1 2002",
    ]


def test_another_user_takes_over() -> None:
    network = pair(LOCAL)
    network.type("R1", "login", "bob", "bobpw")
    assert prompt(network) == "R1>"
    network.type("R1", "login", *["admin", "wrong"] * 3)
    assert prompt(network) == "" and not network.console("R1").busy
    network.type("R1", "", "admin", "adminpw")
    assert prompt(network) == "R1#"


@pytest.mark.parametrize(
    ("configuration", "answers", "wanted"),
    [
        (AAA, ["admin", "adminpw"], "R1>"),  # without authorization nobody gets more than the line gives
        (AAA + "aaa authorization exec default local\n", ["admin", "adminpw"], "R1>"),  # the console is left out
        (AAA + "aaa authorization exec default local\naaa authorization console\n", ["admin", "adminpw"], "R1#"),
        (USERS + "aaa new-model\n", [], "R1>"),  # no list: the console asks nothing
        (AAA + "aaa authentication login CON none\nline con 0\nlogin authentication CON\n", [], "R1>"),
        (AAA + "aaa authentication login CON line none\nline con 0\nlogin authentication CON\n", [], "R1>"),
        (
            AAA + "aaa authentication login CON line\nline con 0\nlogin authentication CON\npassword lp\n",
            ["lp"],
            "R1>",
        ),
        (
            AAA + "enable secret ep\naaa authentication login CON group radius enable\n"
            "line con 0\nlogin authentication CON\n",
            ["ep"],
            "R1>",
        ),
        ("aaa new-model\naaa authentication login default local none\n", [], "R1>"),
    ],
)
def test_method_lists(configuration: str, answers: list[str], wanted: str) -> None:
    network = left(configuration)
    network.type("R1", "", *answers)
    assert prompt(network) == wanted


def test_aaa_has_words_of_its_own_for_refusals() -> None:
    network = left(AAA)
    network.type("R1", "")
    assert network.type("R1", "admin", "bobpw") == "% Authentication failed\n\n"


def test_no_exec_no_session() -> None:
    network = left("line con 0\nno exec\n")
    assert network.type("R1", "") == AVAILABLE


@pytest.mark.parametrize(
    ("configuration", "seconds", "ended"),
    [
        ("exec-timeout 5 30", 329, False),
        ("exec-timeout 5 30", 331, True),
        ("exec-timeout 0 0", 100_000, False),
        ("no exec-timeout", 100_000, False),
        ("", 100_000, False),  # a session that began by itself
    ],
)
def test_nobody_is_idle_for_ever(configuration: str, seconds: int, ended: bool) -> None:
    network = pair(f"line con 0\n{configuration}\n")
    said = network.type("R1", "show clock")
    printed: list[str] = []
    network.console("R1").output = printed.append
    network.wait(seconds)
    assert said and ("R1 con0 is now available" in "".join(printed)) == ended
    assert prompt(network) == ("" if ended else "R1#")


def test_the_usual_timeout_of_ten_minutes() -> None:
    network = left("")
    network.type("R1", "")
    network.wait(599)
    assert prompt(network) == "R1>"
    network.type("R1", "")
    network.wait(599)
    assert prompt(network) == "R1>"
    network.wait(2)
    assert prompt(network) == ""


def test_a_timeout_takes_effect_at_once_and_spares_who_works() -> None:
    network = pair()
    network.configure("R1", "line con 0", "exec-timeout 0 10")
    network.type("R1", "ping 9.9.9.9 repeat 20")
    assert prompt(network) == "R1#"
    network.wait(9)
    assert prompt(network) == "R1#"
    network.wait(2)
    assert prompt(network) == ""


def test_a_line_sets_up_its_terminal() -> None:
    network = pair("line con 0\nlength 0\nwidth 132\nhistory size 2\n")
    assert "Length: 0 lines, Width: 132 columns" in network.type("R1", "show terminal")
    assert network.type("R1", "show clock", "show history").endswith("  show clock\n  show history\n")
    network.type("R1", "terminal length 30")
    network.configure("R1", "hostname R1", "line con 0", "width 100")
    assert "Length: 30 lines, Width: 100 columns" in network.type("R1", "show terminal")


def test_what_lines_hold_is_written() -> None:
    lines = ["line con 0", " exec-timeout 0 0", " privilege level 15", " password 7 0822455D0A16", " login local"]
    lines += ["line aux 0", " no exec", "line vty 0 4", " exec-timeout 5 30", " no login", " history size 50"]
    lines += ["line vty 5 15", " login local", " length 0"]
    network = pair("\n".join(lines) + "\n")
    assert network.running("R1")[-len(lines) :] == lines
    network.configure("R1", "line con 0", "no exec-timeout", "exec-timeout 10", "no login", "no password")
    network.configure("R1", "line vty 0 4", "default login", "no history")
    assert network.running("R1")[-len(lines) + 3 :] == [
        *["line con 0", " privilege level 15", "line aux 0", " no exec", "line vty 0 4", " exec-timeout 5 30"],
        *[" login", " no history", "line vty 5 15", " login local", " length 0"],
    ]


def test_method_lists_take_the_place_of_logins_of_lines() -> None:
    network = pair(USERS + "line con 0\nlogin local\n")
    assert network.running("R1")[-4:] == [" login local", "line aux 0", "line vty 0 4", " login"]
    network.configure("R1", "aaa new-model")
    assert network.running("R1")[-3:] == ["line con 0", "line aux 0", "line vty 0 4"]
    network.configure("R1", "no aaa new-model")
    assert network.running("R1")[-4:] == [" login local", "line aux 0", "line vty 0 4", " login"]


def test_ranges_of_lines_split_and_do_not_overlap() -> None:
    network = pair()
    network.configure("R1", "line vty 0 15", "exec-timeout 5 0", "line vty 2", "no login")
    network.configure("R1", "line vty 4 5", "length 0")
    assert (
        network.running("R1")[-17:]
        == [
            *["line vty 0 1", " exec-timeout 5 0", " login", "line vty 2", " exec-timeout 5 0", " no login"],
            *["line vty 3", " exec-timeout 5 0", " login", "line vty 4", " exec-timeout 5 0", " login", " length 0"],
            *["line vty 5", " exec-timeout 5 0", " login", " length 0", "line vty 6 15", " exec-timeout 5 0", " login"],
        ][-17:]
    )
    lines = network.running("R1")
    lines = lines[lines.index("line con 0") :]
    assert pair("\n".join(lines) + "\n").running("R1")[-len(lines) :] == lines
