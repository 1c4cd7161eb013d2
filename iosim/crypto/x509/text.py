"""Certificates as text: base64, with lines around it or without."""

from __future__ import annotations

import base64
import binascii
import re

from iosim.crypto.errors import CryptoError

_BASE64 = re.compile(r"-----(BEGIN|END)[^-]*-----|\s+")


def read_base64(text: str) -> bytes:
    """What somebody pasted: base64, with or without the lines around it. Raises CryptoError."""
    try:
        return base64.b64decode(_BASE64.sub("", text), validate=True)
    except (binascii.Error, ValueError):
        raise CryptoError("not base64") from None


def base64_lines(der: bytes, width: int = 64) -> str:
    """Lines of base64."""
    text = base64.b64encode(der).decode()
    return "".join(f"{text[at : at + width]}\n" for at in range(0, len(text), width))


def pem(der: bytes) -> str:
    """A certificate between its lines."""
    return f"-----BEGIN CERTIFICATE-----\n{base64_lines(der)}-----END CERTIFICATE-----\n"
