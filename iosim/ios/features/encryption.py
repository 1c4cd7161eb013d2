"""`service password-encryption`: what stands in clear text is hidden at once, not only what comes later."""

from __future__ import annotations

from iosim.grammar import Statement
from iosim.ios.config import Config
from iosim.ios.features.enable import Guards
from iosim.ios.features.lines import Lines
from iosim.ios.features.users import Users
from iosim.ios.registry import check
from iosim.ios.router import Router


@check("service_password_encryption")
def _hide_all(router: Router, config: Config, statement: Statement) -> None:
    if statement.no or statement.default:
        return
    config[Guards].hide(router)
    config[Users].hide(router)
    config[Lines].hide(router)
