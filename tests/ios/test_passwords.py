"""Passwords in the configuration: stored as IOS stores them, and asked for by `enable`."""

from __future__ import annotations

import pytest

from iosim.crypto import passwords, reversible

from .network import Network, pair


def lines(network: Network, *beginnings: str) -> list[str]:
    return [line for line in network.running("R1") if line.strip().startswith(beginnings)]


def prompt(network: Network) -> str:
    return network.console("R1").prompt


@pytest.mark.parametrize(
    ("algorithm", "kind"),
    [("", 5), ("algorithm-type md5 ", 5), ("algorithm-type sha256 ", 8), ("algorithm-type scrypt ", 9)],
)
def test_secrets_are_hashed_when_they_are_typed(algorithm: str, kind: int) -> None:
    network = pair()
    network.configure("R1", f"enable {algorithm}secret pass word", f"username bob {algorithm}secret bob's")
    enable, user = lines(network, "enable", "username")
    assert enable.startswith(f"enable secret {kind} $") and user.startswith(f"username bob secret {kind} $")
    assert passwords.verify(kind, "pass word", enable.split(" ")[3])
    assert passwords.verify(kind, "bob's", user.split(" ")[4])
    network.type("R1", "disable", "enable", "pass word")
    assert prompt(network) == "R1#"


@pytest.mark.parametrize(
    "hashed",
    [
        "5 $1$28772684$iEwNOgGugqO9.bIz5sk8k/",
        "8 $8$TnGX/fE4KGHOVU$pEhnEvxrvaynpi8j4f.EMHr6M.FzU8xnZnBr/tJdFWk",
        "9 $9$2MJBozw/9R3UsU$2lFhcKvpghcyw8deP25GOfyZaagyUOGBymkryvOdfo6",
        "4 2btjjy78REtmYkkW0csHUbJZOstRXoWdX1mGrmmfeHI",
    ],
)  # hashcat's example hashes (hashcat.net/wiki/doku.php?id=example_hashes)
def test_hashes_of_other_routers_open(hashed: str) -> None:
    network = pair(f"enable secret {hashed}\n")
    assert lines(network, "enable") == [f"enable secret {hashed}"]
    network.type("R1", "disable", "enable", "hashcat")
    assert prompt(network) == "R1#"


def test_what_is_no_hash_is_refused() -> None:
    network = pair()
    said = network.configure(
        "R1", "enable secret 5 cisco", "username bob secret 9 $9$abc", "line con 0", "password 7 x"
    )
    assert said.count("ERROR: The secret you entered is not a valid encrypted secret.\n") == 2
    assert "To enter an UNENCRYPTED secret, do not specify type 9 encryption.\n" in said
    assert "Invalid encrypted password: x\n" in said
    assert lines(network, "enable", "username", "password") == []


@pytest.mark.parametrize(
    ("configuration", "refusal"),
    [("enable secret x", "% Bad secrets\n\n"), ("enable password x", "% Bad passwords\n\n"),
     ("aaa new-model\nenable secret x", "% Access denied\n\n")],
)  # fmt: skip
def test_wrong_answers_to_enable(configuration: str, refusal: str) -> None:
    network = pair(configuration + "\n")
    network.type("R1", "disable")
    assert network.type("R1", "enable", "a", "b", "c") == refusal
    assert prompt(network) == "R1>"
    network.type("R1", "enable", "a", "x")
    assert prompt(network) == "R1#"


def test_the_secret_counts_before_the_password() -> None:
    network = pair("enable secret one\nenable password two\n")
    network.type("R1", "disable", "enable", "two", "one")
    assert prompt(network) == "R1#"


def test_levels_have_passwords_of_their_own() -> None:
    network = pair("enable secret level 5 five\nenable password level 7 seven\nenable secret all\n")
    assert [line.split(" 5 $")[0] for line in lines(network, "enable")] == [
        *["enable secret level 5", "enable secret", "enable password level 7 seven"],
    ]
    network.type("R1", "disable", "enable 5", "all", "five")
    assert network.type("R1", "show privilege") == "Current privilege level is 5\n"
    network.type("R1", "enable 7", "seven")
    assert network.type("R1", "show privilege") == "Current privilege level is 7\n"
    network.type("R1", "disable 5")
    assert network.type("R1", "show privilege") == "Current privilege level is 5\n"
    network.type("R1", "enable", "all")
    assert network.type("R1", "enable 2", "show privilege") == "Current privilege level is 2\n"


def test_enable_by_method_list() -> None:
    network = pair("aaa new-model\naaa authentication enable default enable\n")
    network.type("R1", "disable")
    assert network.type("R1", "enable") == "% Error in authentication.\n\n"
    network = pair("aaa new-model\naaa authentication enable default group tacacs+ line none\n")
    network.type("R1", "disable", "enable")
    assert prompt(network) == "R1#"


def test_password_encryption_hides_what_stands_in_clear_text() -> None:
    clear = ["enable password one", "username bob password 0 two", " password three"]
    network = pair("enable password one\nusername bob password two\nline con 0\npassword three\nlogin\n")
    found = ("enable", "username", "password", "service password", "no service password")
    assert lines(network, *found) == ["no service password-encryption", *clear]
    network.configure(
        "R1", "service password-encryption", "username eve password four", "crypto isakmp key k address 1.1.1.1"
    )
    hidden = lines(network, *found)
    assert hidden[0] == "service password-encryption"
    texts = [line.rpartition(" 7 ")[2] for line in hidden[1:]]
    assert [reversible.decrypt7(text) for text in texts] == ["one", "two", "four", "three"]
    assert any(line.startswith("crypto isakmp key k address") for line in network.running("R1"))
    network.configure("R1", "no service password-encryption")
    assert lines(network, *found)[1:] == hidden[1:]  # what is hidden stays so
    network.type("R1", "disable", "enable", "one", "exit", "", "three")
    assert prompt(network) == "R1>"


def test_several_lines_for_a_user_add_up() -> None:
    network = pair()
    network.configure(
        "R1", "username bob", "username bob privilege 7", "username bob password 0 x", "username al password y"
    )
    assert lines(network, "username") == ["username bob privilege 7 password 0 x", "username al password 0 y"]
    said = network.configure("R1", "username bob secret z")
    assert said == "ERROR: Can not have both a user password and a user secret.\nPlease choose one or the other.\n"
    network.configure("R1", "username bob privilege 1", "username al nopassword", "no username eve")
    assert lines(network, "username") == ["username bob privilege 1 password 0 x", "username al nopassword"]
    network.configure("R1", "no username bob")
    assert lines(network, "username") == ["username al nopassword"]


def test_short_passwords() -> None:
    network = pair("security passwords min-length 6\n")
    refusal = "% Password too short - must be at least 6 characters. Password configuration failed\n"
    assert network.configure("R1", "enable secret 12345", "username bob password 12345") == refusal * 2
    assert network.configure("R1", "enable secret 123456", "line con 0", "password 12345") == refusal
    assert [line.split(" 5 ")[0] for line in lines(network, "enable", "security", "username", " password")] == [
        *["security passwords min-length 6", "enable secret"],
    ]


def test_the_same_secret_is_hashed_otherwise_for_everybody() -> None:
    network = pair("enable secret same\nusername ann secret same\nusername bob secret same\n")
    assert len({line.split()[-1] for line in lines(network, "enable", "username")}) == 3
