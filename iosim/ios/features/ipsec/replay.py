"""The size of replay windows in packets: for all SAs, or for those of crypto map entries and profiles."""

from __future__ import annotations

from iosim.data import dataclass
from iosim.ios.bindings import Value, bound
from iosim.ios.config import Config
from iosim.ios.registry import part
from iosim.ipsec.sa import REPLAY_WINDOW


@dataclass(frozen=True, slots=True)
class Replay:
    """`replay disable` or `replay window-size 256`."""

    off: str | None = None
    size: str = str(REPLAY_WINDOW)

    @property
    def window(self) -> int:
        """The size of the window in packets; 0: replays are not looked for."""
        return 0 if self.off else int(self.size)


@part("config")
@dataclass(slots=True)
class ReplayOfAll:
    """What holds for all SAs."""

    replay: Replay = bound(Value("ipsec_replay", order=313, type=Replay, default=Replay()))


@part("config_crypto_map")
@part("ipsec_profile")
@dataclass(slots=True)
class ReplayOfEntry:
    """What holds for the SAs of a crypto map entry or a profile, whatever is said for all."""

    replay: Replay | None = bound(Value("crypto_map_replay", order=25, type=Replay))


def replay_window(config: Config, entry: Config) -> int:
    """The size of the windows of an entry's SAs in packets; 0: none."""
    return (entry[ReplayOfEntry].replay or config[ReplayOfAll].replay).window
