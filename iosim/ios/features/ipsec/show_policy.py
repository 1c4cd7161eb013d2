"""The lines about SAs that `show crypto map` and `show crypto ipsec profile` have in common."""

from __future__ import annotations

from iosim.grammar.values import format_address
from iosim.ios.config import Config
from iosim.ios.features.ipsec.config import Ipsec, SaTerms, volume
from iosim.ios.features.ipsec.names import lifetime
from iosim.ios.features.ipsec.terms import DEFAULT_SET
from iosim.ios.features.ipsec.transforms import shown_transform
from iosim.ipsec.model import Proxy


def policy_lines(config: Ipsec, entry: SaTerms, responder_only: bool = False) -> list[str]:
    """What an entry or a profile says of its SAs."""
    seconds, kilobytes = entry.seconds or config.seconds, volume(entry.kilobytes or config.kilobytes)
    lines = [f"\t{line}" for line in lifetime(seconds, kilobytes)]
    lines += [f"\tSecurity association idletime: {entry.idle_time.seconds} seconds"] if entry.idle_time else []
    lines += [f"\tResponder-Only (Y/N): {'Y' if responder_only else 'N'}"]
    lines += [f"\tPFS (Y/N): {'Y' if entry.pfs else 'N'}"]
    lines += [f"\tDH group:  group{entry.pfs.group}"] if entry.pfs else []
    return [*lines, "\tMixed-mode : Disabled", *sets_lines(config, entry)]


def sets_lines(config: Ipsec, entry: SaTerms) -> list[str]:
    """The transform sets."""
    names = entry.transform_sets.transform_set if entry.transform_sets else ()
    sets = ((name, config.transform(name)) for name in names)
    lines = [f"\t\t{name}:  {{ {shown_transform(known)}  }} , " for name, known in sets if known is not None]
    return ["\tTransform sets={ ", *lines, "\t}"]


def network(proxy: Proxy) -> str:
    """A proxy identity as an access list has it."""
    if proxy.mask == 0xFFFFFFFF:
        return f"host {format_address(proxy.address)}"
    wildcard = ~proxy.mask & 0xFFFFFFFF
    return f"{format_address(proxy.address)} {format_address(wildcard)}" if proxy.mask else "any"


def profile_lines(config: Ipsec, profile: Config, responder_only: bool) -> list[str]:
    """What a profile says; without transform sets of its own it has the default one."""
    terms = profile[SaTerms]
    lines = policy_lines(config, terms, responder_only)
    if terms.transform_sets is None:
        lines.insert(-1, f"\t\tdefault:  {{ {shown_transform(DEFAULT_SET)}  }} , ")
    return lines
