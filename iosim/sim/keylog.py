"""The keys of a run as Wireshark's own configuration files.

`WIRESHARK_CONFIG_DIR=DIR tshark -r FILE` decrypts with them. The files and their fields are those of Wireshark's tables
"IKEv1 Decryption Table" (`ikev1_decryption_table`) and "ESP SAs" (`esp_sa`).
"""

from __future__ import annotations

from pathlib import Path

from iosim.wire.address import address_text

CIPHERS = {
    "des": "DES-CBC [RFC2405]",
    "3des": "TripleDES-CBC [RFC2451]",
    "aes-128": "AES-CBC [RFC3602]",
    "aes-192": "AES-CBC [RFC3602]",
    "aes-256": "AES-CBC [RFC3602]",
    "null": "NULL",
    "gcm-128": "AES-GCM with 16 octet ICV [RFC4106]",
    "gcm-192": "AES-GCM with 16 octet ICV [RFC4106]",
    "gcm-256": "AES-GCM with 16 octet ICV [RFC4106]",
}
"""GMAC is missing: Wireshark does not know it, and would take its IV for a part of the packet."""
INTEGRITY = {
    None: "NULL",
    "md5": "HMAC-MD5-96 [RFC2403]",
    "sha": "HMAC-SHA-1-96 [RFC2404]",
    "sha256": "HMAC-SHA-256-128 [RFC4868]",
    "sha384": "HMAC-SHA-384-192 [RFC4868]",
    "sha512": "HMAC-SHA-512-256 [RFC4868]",
}
PREFERENCES = ("esp.enable_encryption_decode: TRUE", "esp.enable_authentication_check: TRUE")


class KeyLog:
    """Collects keys, in the order in which they were made."""

    def __init__(self) -> None:
        self._ikev1: dict[bytes, bytes] = {}
        self._esp: dict[str, None] = {}

    def ikev1(self, initiator_cookie: bytes, key: bytes) -> None:
        """The encryption key of an ISAKMP SA (Ka: SKEYID_e expanded or cut to the length of the cipher's key).

        The later key of an SA counts. Where the two ends have different pre-shared keys that is the initiator's, whose
        message is then the only encrypted one.
        """
        self._ikev1[initiator_cookie] = key

    def esp(
        self,
        source: int,
        destination: int,
        spi: int,
        cipher: str,
        cipher_key: bytes,
        integrity: str | None,
        integrity_key: bytes,
    ) -> None:
        """The keys of one direction of an ESP SA; the names are those of `iosim.ipsec.model.Transform`.

        A key with a salt ends with it, which is as Wireshark wants it. What Wireshark does not know is left out.
        """
        if cipher not in CIPHERS:
            return
        fields = (
            "IPv4",
            address_text(source),
            address_text(destination),
            f"0x{spi:08x}",
            CIPHERS[cipher],
            f"0x{cipher_key.hex()}",
            INTEGRITY[integrity],
            f"0x{integrity_key.hex()}" if integrity_key else "",
        )
        self._esp[",".join(f'"{field}"' for field in fields)] = None

    def write(self, directory: Path) -> None:
        """Write the three files into `directory`, which is made when missing; raises OSError."""
        directory.mkdir(parents=True, exist_ok=True)
        ikev1 = [f"{cookie.hex()},{key.hex()}" for cookie, key in self._ikev1.items()]
        files = {"ikev1_decryption_table": ikev1, "esp_sa": list(self._esp), "preferences": PREFERENCES}
        for name, lines in files.items():
            (directory / name).write_text("".join(f"{line}\n" for line in lines), encoding="ascii")
