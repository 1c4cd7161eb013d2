"""`crypto ipsec df-bit` and `crypto ipsec fragmentation`: for all interfaces, and for one of them."""

from __future__ import annotations

from iosim.data import dataclass
from iosim.ios.bindings import Value, bound
from iosim.ios.config import Config
from iosim.ios.registry import part
from iosim.ipsec.size import DfBit, SizePolicy

BEFORE_ENCRYPTION = "before-encryption"


@part("config")
@dataclass(slots=True)
class SizeOfAll:
    """What holds for interfaces that say nothing of their own."""

    df_bit: DfBit = bound(Value("ipsec_df_bit", order=324, type="way", default="copy"))
    fragmentation: str = bound(Value("ipsec_fragmentation", order=325, type="way", default=BEFORE_ENCRYPTION))


@part("config_if")
@dataclass(slots=True)
class SizeOfInterface:
    """What an interface says, if it does."""

    df_bit: DfBit | None = bound(Value("if_ipsec_df_bit", order=92, type="way"))
    fragmentation: str | None = bound(Value("if_ipsec_fragmentation", order=93, type="way"))


def size_policy(config: Config, interface: Config) -> SizePolicy:
    """What an interface does with packets that are too long."""
    own, common = interface[SizeOfInterface], config[SizeOfAll]
    before = (own.fragmentation or common.fragmentation) == BEFORE_ENCRYPTION
    return SizePolicy(before, own.df_bit or common.df_bit)
