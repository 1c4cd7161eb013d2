"""The master key (`key config-key password-encrypt`) and `password encryption aes`.

The key is in the NVRAM of the router and in no configuration. Type 6 passwords can be used while it is the one that
they were encrypted by.
"""

from __future__ import annotations

from iosim.crypto import reversible
from iosim.data import dataclass
from iosim.grammar import Statement
from iosim.ios.bindings import Action, Flag, bound
from iosim.ios.config import Config
from iosim.ios.dialogue import ask_yes
from iosim.ios.registry import answer, check, part
from iosim.ios.router import Router
from iosim.ios.session import Session


@part("config")
@dataclass(slots=True)
class MasterKey:
    """What is configured about the master key."""

    aes: bool = bound(Flag("password_encryption_aes", order=288))
    typed: None = bound(Action("key_config_key"))


def encrypted(router: Router, text: str) -> str | None:
    """A password as type 6, or None when passwords are not to be encrypted, or there is no key to do it by."""
    if not router.config[MasterKey].aes or router.master_key is None:
        return None
    salt = router.sim.random(router.name, "type6", text).randbytes(reversible.SALT)
    return reversible.encrypt6(text, router.master_key, salt)


@check("key_config_key")
def _take(router: Router, config: Config, statement: Statement) -> None:
    if "master" in statement and not (statement.no or statement.default):
        router.master_key = statement.get("master")


@answer("key_config_key")
def _ask(session: Session, config: Config, statement: Statement) -> str:
    """Without the key in the command it is asked for; to delete it takes a yes."""
    if statement.no or statement.default:
        session.start(_delete(session))
    elif "master" not in statement:
        session.start(_ask_key(session))
    else:
        session.router.reconcile()
    return ""


async def _delete(session: Session) -> None:
    session.write("WARNING: All type 6 encrypted keys will become unusable\n")
    if await ask_yes(session, "Continue with master key deletion ? [yes/no]", ""):
        session.router.master_key = None
        session.router.reconcile()


async def _ask_key(session: Session) -> None:
    router = session.router
    if router.master_key is not None and await session.ask("Old key: ", secret=True) != router.master_key:
        session.write("% Old key is incorrect\n")
        return
    key = await session.ask("New key: ", secret=True)
    if not key or await session.ask("Confirm key: ", secret=True) != key:
        session.write("% Passwords do not match\n")
        return
    router.master_key = key
    router.reconcile()
