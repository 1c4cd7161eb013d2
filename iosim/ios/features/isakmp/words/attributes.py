"""The attributes of offered transforms in the words of `debug crypto isakmp` (RFC 2409 appendix A, RFC 2407 4.5)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from iosim.wire.isakmp import Attribute, number

_UNITS = {1: "seconds", 2: "kilobytes"}

_PHASE_1: Mapping[int, tuple[str, Mapping[int, str]]] = {
    1: ("encryption", {1: "DES-CBC", 5: "3DES-CBC", 7: "AES-CBC"}),
    2: ("hash", {1: "MD5", 2: "SHA", 4: "SHA256", 5: "SHA384", 6: "SHA512"}),
    3: ("auth", {1: "pre-share", 2: "DSS signature", 3: "RSA sig", 4: "RSA encr"}),
    4: ("default group", {}),
    11: ("life type in", _UNITS),
    14: ("keylength of", {}),
}
_PHASE_1_DURATION = 12

_PHASE_2: Mapping[int, tuple[str, Mapping[int, str]]] = {
    1: ("SA life type in", _UNITS),
    3: ("group is", {}),
    5: ("authenticator is", {1: "HMAC-MD5", 2: "HMAC-SHA", 5: "HMAC-SHA256", 6: "HMAC-SHA384", 7: "HMAC-SHA512"}),
    6: ("key length is", {}),
}
_PHASE_2_DURATION, _ENCAPSULATION = 2, 4
_ENCAPSULATIONS = {1: "Tunnel", 2: "Transport", 3: "Tunnel-UDP", 4: "Transport-UDP"}


def phase1_words(attributes: tuple[Attribute, ...]) -> Iterator[str]:
    """A line for each attribute of an ISAKMP transform."""
    for kind, value in attributes:
        if kind == _PHASE_1_DURATION:
            yield f"life duration {_duration(value)}"
        else:
            yield _named(_PHASE_1, kind, value)


def phase2_words(attributes: tuple[Attribute, ...]) -> Iterator[str]:
    """A line for each attribute of an IPsec transform."""
    for kind, value in attributes:
        if kind == _PHASE_2_DURATION:
            yield f"SA life duration {_duration(value)}"
        elif kind == _ENCAPSULATION:
            yield f"encaps is {number(value)} ({_ENCAPSULATIONS.get(number(value), 'unknown')})"
        else:
            yield _named(_PHASE_2, kind, value)


def _named(table: Mapping[int, tuple[str, Mapping[int, str]]], kind: int, value: int | bytes) -> str:
    if kind not in table:
        return f"unknown attribute {kind}"
    name, values = table[kind]
    plain = number(value)
    if not values:
        return f"{name} {plain}"
    return f"{name} {values[plain]}" if plain in values else f"{name}... What? {plain}?"


def _duration(value: int | bytes) -> str:
    """A number in the basic form, or the bytes of the variable form (VPI)."""
    if isinstance(value, int):
        return f"(basic) of {value}"
    return "(VPI) of  " + "".join(f"0x{byte:X} " for byte in value)
