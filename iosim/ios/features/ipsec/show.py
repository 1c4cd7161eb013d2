"""`show crypto ipsec transform-set`."""

from __future__ import annotations

from iosim.grammar import Statement
from iosim.ios.features.ipsec.config import Ipsec
from iosim.ios.features.ipsec.terms import DEFAULT_SET
from iosim.ios.features.ipsec.transforms import shown_transform
from iosim.ios.registry import handler
from iosim.ios.session import Session
from iosim.ipsec.model import Transform


@handler("show_crypto_ipsec_transform_set")
def show_transform_sets(session: Session, statement: Statement) -> str:
    """`show crypto ipsec transform-set`"""
    config = session.router.config[Ipsec]
    sets = {"default": DEFAULT_SET}
    for name in config.transform_sets:
        transform = config.transform(name)
        if transform is not None:
            sets[name] = transform
    return "".join(_set_text(name, transform) for name, transform in sets.items())


def _set_text(name: str, transform: Transform) -> str:
    mode = transform.mode.capitalize()
    return f"Transform set {name}: {{ {shown_transform(transform)}  }} \n   will negotiate = {{ {mode},  }}, \n   \n"
