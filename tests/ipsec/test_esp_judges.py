"""Second opinions on ESP: scapy and tshark open what we seal, and we open what scapy seals."""

import shutil
import subprocess
from importlib import import_module
from pathlib import Path
from struct import pack
from typing import Any

import pytest

from iosim.ipsec.esp import InboundSa, OutboundSa
from iosim.ipsec.model import Transform

from .helpers import PC1, PC2, R1, R2, TRANSFORMS, keys, packet

SPI = 0x0BADCAFE
SCAPY_CIPHERS = {"des": "DES", "3des": "3DES", "aes-128": "AES-CBC", "aes-192": "AES-CBC", "aes-256": "AES-CBC"}
SCAPY_INTEGRITY = {"md5": "HMAC-MD5-96", "sha": "HMAC-SHA1-96", "sha256": "SHA2-256-128"}
TSHARK_CIPHERS = {name: "AES-CBC [RFC3602]" for name in SCAPY_CIPHERS if name.startswith("aes")}
TSHARK_CIPHERS |= {"des": "DES-CBC [RFC2405]", "3des": "TripleDES-CBC [RFC2451]"}
TSHARK_INTEGRITY = {
    "md5": "HMAC-MD5-96 [RFC2403]",
    "sha": "HMAC-SHA-1-96 [RFC2404]",
    "sha256": "HMAC-SHA-256-128 [RFC4868]",
}
SIZES = (0, 1, 13, 14, 15, 64, 1400)


def scapy_sa(transform: Transform) -> tuple[Any, Any]:
    layers = import_module("scapy.layers.ipsec")
    secret = keys(transform, SPI)
    assert transform.integrity
    tunnel = layers.IP(src="10.0.0.1", dst="10.0.0.2") if transform.mode == "tunnel" else None
    sa = layers.SecurityAssociation(
        layers.ESP, spi=SPI, crypt_algo=SCAPY_CIPHERS[transform.cipher], crypt_key=secret.cipher_key,
        auth_algo=SCAPY_INTEGRITY[transform.integrity], auth_key=secret.integrity_key, tunnel_header=tunnel,
    )  # fmt: skip
    return layers.IP, sa


@pytest.mark.parametrize("mode", ["tunnel", "transport"])
@pytest.mark.parametrize("transform", TRANSFORMS, ids=str)
def test_scapy_opens_ours_and_we_open_scapys(transform: Transform, mode: str) -> None:
    transform = Transform(transform.cipher, transform.integrity, mode)
    secret = keys(transform, SPI)
    ip, sa = scapy_sa(transform)
    outbound, inbound = OutboundSa(transform, secret, R1, R2, bytes), InboundSa(transform, secret)
    for size in SIZES:
        data = packet(PC1, PC2, bytes(size))
        ours = outbound.seal(data)
        assert bytes(sa.decrypt(ip(ours))) == data
        assert inbound.open(bytes(sa.encrypt(ip(data)))) == data


@pytest.mark.skipif(shutil.which("tshark") is None, reason="tshark is not installed")
def test_tshark_finds_every_icv_good_and_decrypts(tmp_path: Path) -> None:
    """All transforms in one capture, an SA each."""
    capture = pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 101)  # raw IP
    options = ["-o", "esp.enable_encryption_decode:TRUE", "-o", "esp.enable_authentication_check:TRUE"]
    for spi, transform in enumerate(TRANSFORMS, 0x1000):
        secret = keys(transform, spi)
        outbound = OutboundSa(transform, secret, R1, R2, bytes)
        for size in SIZES:
            sealed = outbound.seal(packet(PC1, PC2, bytes(size)))
            assert isinstance(sealed, bytes)
            capture += pack("<IIII", 0, 0, len(sealed), len(sealed)) + sealed
        assert transform.integrity
        algorithms = (
            f'"{TSHARK_CIPHERS[transform.cipher]}","0x{secret.cipher_key.hex()}"',
            f'"{TSHARK_INTEGRITY[transform.integrity]}","0x{secret.integrity_key.hex()}"',
        )
        options += ["-o", f'uat:esp_sa:"IPv4","10.0.0.1","10.0.0.2","{spi:#x}",' + ",".join(algorithms)]
    (tmp_path / "esp.pcap").write_bytes(capture)
    fields = ["esp.icv_good", "ip.checksum.status", "udp.dstport", "_ws.malformed", "esp.spi"]
    arguments = [argument for field in fields for argument in ("-e", field)]
    output = subprocess.run(
        ["tshark", "-r", tmp_path / "esp.pcap", "-o", "ip.check_checksum:TRUE", *options, "-T", "fields", *arguments],
        check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    rows = [row.split("\t") for row in output.splitlines()]
    assert len(rows) == len(TRANSFORMS) * len(SIZES)
    assert {tuple(row[:4]) for row in rows} == {("1", "1,1", "2000", "")}
