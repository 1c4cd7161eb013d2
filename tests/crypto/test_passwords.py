"""Passwords as IOS stores them, against known answers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iosim.crypto import passwords, reversible

HASHCAT = "hashcat"
"""The password of hashcat's example hashes (hashcat.net/wiki/doku.php?id=example_hashes)."""
STORED = [
    (4, HASHCAT, "2btjjy78REtmYkkW0csHUbJZOstRXoWdX1mGrmmfeHI"),  # mode 5700
    (5, HASHCAT, "$1$28772684$iEwNOgGugqO9.bIz5sk8k/"),  # mode 500
    (8, HASHCAT, "$8$TnGX/fE4KGHOVU$pEhnEvxrvaynpi8j4f.EMHr6M.FzU8xnZnBr/tJdFWk"),  # mode 9200
    (9, HASHCAT, "$9$2MJBozw/9R3UsU$2lFhcKvpghcyw8deP25GOfyZaagyUOGBymkryvOdfo6"),  # mode 9300
    (
        8,
        "cisco",
        "$8$dsYGNam3K1SIJO$7nv/35M/qr6t.dVc7UY9zrJDWRVqncHub1PE9UlMQFs",
    ),  # Cisco, "Cisco routers password types"
]


@pytest.mark.parametrize(("kind", "password", "stored"), STORED)
def test_known_hashes(kind: int, password: str, stored: str) -> None:
    assert passwords.verify(kind, password, stored)
    assert not passwords.verify(kind, password + "x", stored)


@pytest.mark.parametrize(("kind", "password", "stored"), STORED)
def test_what_is_no_hash_matches_nothing(kind: int, password: str, stored: str) -> None:
    for wrong in ("", "$1$", password, stored[:-1], stored + "$", "$7" + stored[2:], stored[:-1] + "ä"):
        assert not passwords.is_stored(kind, wrong)
        assert not passwords.verify(kind, password, wrong)


@pytest.mark.parametrize(("kind", "salt"), [(5, "abcd"), (8, "dsYGNam3K1SIJO"), (9, "dsYGNam3K1SIJO")])
def test_new_hashes_are_those_that_verify(kind: int, salt: str) -> None:
    stored = passwords.SCHEMES[kind].stored("some password ä", salt)
    assert passwords.is_stored(kind, stored) and passwords.verify(kind, "some password ä", stored)


@pytest.mark.parametrize(
    ("text", "password"),
    [
        ("0822455D0A16", "cisco"),  # the example of many of Cisco's own documents
        ("062506324f41584b5643", "Cisco1234"),  # the documentation of nettoolkit
        ("1308181c00091d", "monkey"),  # the documentation of ios7crypt
    ],
)
def test_known_texts_of_type_7(text: str, password: str) -> None:
    assert reversible.decrypt7(text) == password
    assert reversible.encrypt7(password, int(text[:2])) == text.upper()


@pytest.mark.parametrize("text", ["", "08", "0", "cisco", "08224", "9922", "08 22455D", "-122455D"])
def test_what_is_no_type_7_text(text: str) -> None:
    assert reversible.decrypt7(text) is None


@pytest.mark.parametrize(
    ("text", "master", "password"),
    [
        (
            "fe_a`iJYE\\DZYJhDhTP[`MYaTgRH_MAAB",
            "Cisco123",
            "Cisco123",
        ),  # CiscoDevNet/Type-6-Password-Encode: a router's
        (
            "XOUDEUYHeLGdB`UAZKX\\GK[iEgCWMZXEXN^dTGZ[UAAAB",
            "mySecretMasterkey",
            "mySecretPassword",
        ),  # MarcJHuber/cisco6
    ],
)
def test_known_texts_of_type_6(text: str, master: str, password: str) -> None:
    assert reversible.decrypt6(text, master) == password
    assert reversible.decrypt6(text, master + "x") is None
    salt = reversible._from_base41(text)
    assert salt is not None and reversible.encrypt6(password, master, salt[: reversible.SALT]) == text


@pytest.mark.parametrize("text", ["", "A", "iii", "AAAAAA", "cisco", "fe_a`iJYE\\DZYJhDhTP[`MYaTgRH_MAA"])
def test_what_is_no_type_6_text(text: str) -> None:
    assert not reversible.is_type6(text)
    assert reversible.decrypt6(text, "Cisco123") is None


printable = st.text(st.characters(codec="ascii", min_codepoint=33, max_codepoint=126), min_size=1, max_size=80)


@given(printable, st.integers(0, reversible.OFFSETS - 1), printable, st.binary(min_size=8, max_size=8))
def test_what_is_encrypted_is_read_again(password: str, offset: int, master: str, salt: bytes) -> None:
    assert reversible.decrypt7(reversible.encrypt7(password, offset)) == password
    assert reversible.decrypt6(reversible.encrypt6(password, master, salt), master) == password
