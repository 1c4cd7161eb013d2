"""The one error of this package."""


class CryptoError(Exception):
    """Key material or a public value cannot be used: the wrong length, or out of range."""
