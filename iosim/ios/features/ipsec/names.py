"""How transforms and identities are written in shows and debug output."""

from __future__ import annotations

from iosim.grammar.values import format_address
from iosim.ike.v1 import phase2_offers
from iosim.ios.features.ipsec.config import CIPHERS, INTEGRITY
from iosim.ipsec.model import Proxy, Transform
from iosim.wire.isakmp import Attribute, number

_CIPHER_WORDS = {name: word for word, name in CIPHERS.items()}
_INTEGRITY_WORDS = {name: word for word, name in INTEGRITY.items()}
_OFFERED_CIPHERS = {offered: name for name, offered in phase2_offers.CIPHERS.items()}
_OFFERED_INTEGRITIES = {offered: name for name, offered in phase2_offers.INTEGRITIES.items()}
_OFFERED_MODES = {offered: name for name, offered in phase2_offers.MODES.items()}
ANY_PROTOCOL = 256
"""What the key engine calls the protocol `ip`."""


def shown_transform(transform: Transform) -> str:
    """A transform as shows have it: `esp-256-aes esp-sha256-hmac`, and `esp-aes` for 128 bits."""
    prefix, _, cipher = _cipher_word(transform).partition("-")
    bits = key_bits(transform)
    word = f"{prefix}-{bits}-{cipher}" if bits not in (0, 128) else f"{prefix}-{cipher}"
    return _with_integrity(word, transform)


def debugged_transform(transform: Transform) -> str:
    """A transform as debug output has it: `esp-aes 256 esp-sha256-hmac `, with the blank behind it."""
    bits = key_bits(transform)
    word = f"{_cipher_word(transform)} {bits}" if bits not in (0, 128) else _cipher_word(transform)
    return _with_integrity(word, transform) + " "


def key_bits(transform: Transform) -> int:
    """The length of the key where the cipher has several, else 0."""
    _, _, bits = transform.cipher.partition("-")
    return int(bits or 0)


def _cipher_word(transform: Transform) -> str:
    return _CIPHER_WORDS[transform.cipher.partition("-")[0]]


def _with_integrity(word: str, transform: Transform) -> str:
    return word if transform.integrity is None else f"{word} {_INTEGRITY_WORDS[transform.integrity]}"


def offered_transform(transform_id: int, attributes: tuple[Attribute, ...]) -> Transform:
    """The transform that an acceptable proposal stands for."""
    values = {kind: number(value) for kind, value in attributes}
    integrity = values.get(phase2_offers.AUTHENTICATION)
    return Transform(
        _OFFERED_CIPHERS[transform_id, values.get(phase2_offers.KEY_LENGTH)],
        None if integrity is None else _OFFERED_INTEGRITIES[integrity],
        _OFFERED_MODES[values.get(phase2_offers.ENCAPSULATION, phase2_offers.MODES["tunnel"])],
    )


def identity(proxy: Proxy, any_protocol: int = 0) -> str:
    """A proxy as `192.168.1.0/255.255.255.0/0/0`; some places have another number for any protocol."""
    protocol = proxy.protocol or any_protocol
    return f"{format_address(proxy.address)}/{format_address(proxy.mask)}/{protocol}/{proxy.port}"


def spi_text(spi: int) -> str:
    """`0x658F7C11(1703902225)`"""
    return f"0x{spi:X}({spi})"
