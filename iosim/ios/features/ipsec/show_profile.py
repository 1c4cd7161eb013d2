"""`show crypto ipsec profile`."""

from __future__ import annotations

from iosim.grammar import Statement
from iosim.ios.config import Config
from iosim.ios.features.ipsec.config import Ipsec, SaTerms
from iosim.ios.features.ipsec.maps import MapEntryProfile
from iosim.ios.features.ipsec.profiles import IpsecProfiles, ProfileSettings
from iosim.ios.features.ipsec.reverse_route import ReverseSettings
from iosim.ios.features.ipsec.show_policy import profile_lines
from iosim.ios.registry import handler
from iosim.ios.session import Session

DEFAULT = "default"
"""The profile that IOS brings along, with the transform set of that name."""


@handler("show_crypto_ipsec_profile")
def show_profiles(session: Session, statement: Statement) -> str:
    """`show crypto ipsec profile [tag NAME]`: those of the configuration behind IOS's own, by name."""
    config, wanted = session.router.config, statement.get("name")
    known = config[IpsecProfiles].profiles
    texts = {name: _lines(config, known.get(name)) for name in sorted({DEFAULT, *known})}
    return "\n".join(
        f"IPSEC profile {name}\n" + "".join(f"{line}\n" for line in lines)
        for name, lines in texts.items()
        if wanted in (None, name)
    )


def _lines(config: Config, profile: Config | None) -> list[str]:
    profile = profile or Config("ipsec_profile")
    terms, isakmp = profile[SaTerms], profile[MapEntryProfile].profile
    lines = [f"\tDescription: {terms.description}"] if terms.description else []
    lines += [f"\tISAKMP Profile: {isakmp}"] if isakmp else []
    lines += profile_lines(config[Ipsec], profile, profile[ProfileSettings].responder_only)
    return [*lines, "\tReverse Route Injection Enabled"] if profile[ReverseSettings].how else lines
