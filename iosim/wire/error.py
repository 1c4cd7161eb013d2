"""The one error that reading bytes may raise."""


class WireError(Exception):
    """The bytes are not a message of the protocol; the text says what is wrong with them."""


class ChecksumError(WireError):
    """The bytes were damaged on their way."""
