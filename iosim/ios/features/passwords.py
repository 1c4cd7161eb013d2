"""Passwords in the configuration: how they are stored when they are typed, and whether one that is given is right."""

from __future__ import annotations

from typing import Any

from iosim.crypto import passwords, reversible
from iosim.crypto.md5_crypt import ALPHABET
from iosim.data import dataclass
from iosim.grammar import Rejected, Statement
from iosim.ios.bindings import Flag, Value, bound
from iosim.ios.registry import part
from iosim.ios.router import Router

CLEAR, TYPE6, HIDDEN = "0", "6", "7"
ALGORITHMS = {"md5": passwords.MD5, "sha256": passwords.PBKDF2, "scrypt": passwords.SCRYPT}


@dataclass(frozen=True, slots=True)
class Secret:
    """A password with the type of its encoding; None is clear text that is written without a type."""

    encoding: str | None
    text: str


@part("config")
@dataclass(slots=True)
class PasswordRules:
    """`service password-encryption`, `security passwords min-length`."""

    encryption: bool = bound(Flag("service_password_encryption", order=14, shown=False))
    min_length: int = bound(Value("password_min_length", order=38, type="length", default=0))


def matches(given: str, secret: Secret) -> bool:
    """Whether a password that somebody gives is the stored one. Type 6 cannot be read without its master key."""
    if secret.encoding in (None, CLEAR):
        return given == secret.text
    if secret.encoding == HIDDEN:
        return given == reversible.decrypt7(secret.text)
    return secret.encoding != TYPE6 and passwords.verify(int(secret.encoding or 0), given, secret.text)


def store_secret(router: Router, statement: Statement) -> None:
    """Hash the secret of a statement that is in clear text, as its algorithm says (type 5 without one).

    Raises Rejected for one that is too short, or said to be hashed and is not.
    """
    encoding, text = statement.get("encoding"), statement.get("text")
    algorithm = statement.args.pop("algorithm", ["md5"])[-1]
    if encoding in (None, CLEAR):
        _long_enough(router, text)
        kind = ALGORITHMS[algorithm]
        scheme = passwords.SCHEMES[kind]
        salt = router.sim.random(router.name, "salt", statement.line, text).choices(ALPHABET, k=scheme.salt)
        statement.args["text"] = [scheme.stored(text, "".join(salt))]
        statement.args["encoding"] = [str(kind)]
    elif not passwords.is_stored(int(encoding), text):
        raise Rejected(_NOT_A_HASH.format(encoding))


def store_password(router: Router, statement: Statement, clear: str | None = None) -> None:
    """Store the password of a statement: hidden when passwords are to be; `clear` is the type of clear text.

    Raises Rejected for one that is too short, or said to be encrypted and is not.
    """
    encoding, text = statement.get("encoding"), statement.get("text")
    if encoding == HIDDEN and reversible.decrypt7(text) is None:
        raise Rejected(f"Invalid encrypted password: {text}")
    if encoding == TYPE6 and not reversible.is_type6(text):
        raise Rejected(f"Invalid encrypted password: {text}")
    if encoding in (None, CLEAR):
        _long_enough(router, text)
        secret = Secret(clear, text)
        if router.config[PasswordRules].encryption:
            secret = hidden(router, secret)
        statement.args["encoding"] = [] if secret.encoding is None else [secret.encoding]
        statement.args["text"] = [secret.text]


def hidden(router: Router, secret: Secret) -> Secret:
    """A password as `service password-encryption` leaves it."""
    if secret.encoding not in (None, CLEAR):
        return secret
    offset = router.sim.random(router.name, "type7", secret.text).randrange(reversible.OFFSETS)
    return Secret(HIDDEN, reversible.encrypt7(secret.text, offset))


def as_args(secret: Secret) -> dict[str, list[Any]]:
    """The arguments that a stored password is written with."""
    return {"encoding": [] if secret.encoding is None else [secret.encoding], "text": [secret.text]}


def _long_enough(router: Router, text: str) -> None:
    least = router.config[PasswordRules].min_length
    if len(text) < least:
        raise Rejected(f"% Password too short - must be at least {least} characters. Password configuration failed")


_NOT_A_HASH = """\
ERROR: The secret you entered is not a valid encrypted secret.
To enter an UNENCRYPTED secret, do not specify type {} encryption.
When you properly enter an UNENCRYPTED secret, it will be encrypted."""
