"""Second opinions on ESP and AH: scapy and tshark open what we seal, and we open what scapy seals."""

import shutil
import subprocess
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from struct import pack
from typing import Any

import pytest

from iosim.crypto.ciphers import CIPHERS
from iosim.ipsec import udp
from iosim.ipsec.bundle import inbound_sas, outbound_sas, sealing
from iosim.ipsec.flow import Flow, InstalledPair
from iosim.ipsec.model import SaPair, Transform
from iosim.ipsec.udp import PORT
from iosim.sim.keylog import KeyLog
from iosim.wire.ipv4 import AH, ESP

from .helpers import PC1, PC2, R1, R2, TRANSFORMS, bundle_keys, packet, subnet

SPI = 0x0BADCAFE
SCAPY_CIPHERS = {
    "des": "DES",
    "3des": "3DES",
    "aes": "AES-CBC",
    "null": "NULL",
    "gcm": "AES-GCM",
    "gmac": "AES-NULL-GMAC",
}
SCAPY_INTEGRITY = {
    "md5": "HMAC-MD5-96",
    "sha": "HMAC-SHA1-96",
    "sha256": "SHA2-256-128",
    "sha384": "SHA2-384-192",
    "sha512": "SHA2-512-256",
}
SIZES = (0, 1, 13, 14, 15, 64, 1400)
AH_TRANSFORMS = [Transform(None, None, "tunnel", ah) for ah in SCAPY_INTEGRITY]
BUNDLES = [
    Transform("aes-128", "sha", "tunnel", "sha"),
    Transform("aes-256", None, "tunnel", "sha512"),
    Transform("null", "md5", "tunnel", "sha384"),
    Transform("gcm-192", None, "tunnel", "md5"),
]
UNPROVEN = [Transform(cipher, None) for cipher in CIPHERS]
EVERYTHING = [*TRANSFORMS, *UNPROVEN, *AH_TRANSFORMS, *BUNDLES]
MATRIX = [
    (transform, mode, in_udp)
    for transform in EVERYTHING
    for mode in ("tunnel", "transport")
    for in_udp in (False, True)
    if not (in_udp and transform.ah)  # RFC 3948 is for ESP
]
"""There is nothing of this that scapy cannot do. What Wireshark cannot is GMAC, see `iosim.sim.keylog`."""


def name_of(value: object) -> str:
    if isinstance(value, Transform):
        return " ".join(filter(None, (value.ah and f"ah-{value.ah}", value.cipher, value.integrity)))
    return "udp" if value is True else "bare" if value is False else str(value)


def pair_of(transform: Transform, spi: int = SPI) -> SaPair:
    """Both directions have the same keys: what goes out may come in."""
    sas = bundle_keys(transform, spi)
    return SaPair(R1, R2, subnet(PC1), subnet(PC2), transform, sas, sas, 3600, 0, None, True)


def at_work(pair: SaPair) -> InstalledPair:
    """The pair as it is installed, for no flow in particular."""
    flow = Flow("VPN", 10, R1, pair.local_proxy, pair.remote_proxy, (R2,), "policy")
    return InstalledPair(pair, flow, inbound_sas(pair), outbound_sas(pair, bytes), 1, 2, 0)


def scapy_sas(pair: SaPair) -> list[Any]:
    """The SAs of a pair in scapy, in the order of their application; UDP is around the last one."""
    layers = import_module("scapy.layers.ipsec")
    sas = []
    for at, keys in enumerate(pair.outbound):
        part = pair.transform.part(keys.protocol)
        tunnel = layers.IP(src="10.0.0.1", dst="10.0.0.2") if part.mode == "tunnel" and at == 0 else None
        cipher = SCAPY_CIPHERS[part.cipher.partition("-")[0]] if part.cipher else None
        sas.append(
            layers.SecurityAssociation(
                layers.ESP if keys.protocol == ESP else layers.AH,
                spi=keys.spi,
                crypt_algo=cipher,
                crypt_key=keys.cipher_key if part.cipher else None,
                auth_algo=SCAPY_INTEGRITY[part.integrity or part.ah or ""] if part.integrity or part.ah else None,
                auth_key=keys.integrity_key or None,
                tunnel_header=tunnel,
                nat_t_header=layers.UDP(sport=PORT, dport=PORT) if pair.udp_ports else None,
            )
        )
    return sas


def scapy_seals(sas: list[Any], data: bytes) -> bytes:
    """A packet through scapy's SAs. What is within AH must not look like ESP to scapy, or that is signed again."""
    layers, packets = import_module("scapy.layers.ipsec"), import_module("scapy.packet")
    sealed = bytes(sas[0].encrypt(layers.IP(data)))
    for sa in sas[1:]:
        packets.split_layers(layers.IP, layers.ESP, proto=ESP)
        try:
            sealed = bytes(sa.encrypt(layers.IP(sealed)))
        finally:
            packets.bind_layers(layers.IP, layers.ESP, proto=ESP)
    return sealed


def scapy_opens(sas: list[Any], data: bytes) -> bytes:
    """A packet through scapy's SAs from the outermost one inwards; it raises for a wrong ICV."""
    ip = import_module("scapy.layers.inet").IP
    for sa in reversed(sas):
        data = bytes(sa.decrypt(ip(data)))
    return data


@pytest.mark.parametrize(("transform", "mode", "in_udp"), MATRIX, ids=name_of)
def test_scapy_opens_ours_and_we_open_scapys(transform: Transform, mode: str, in_udp: bool) -> None:
    pair = replace(pair_of(replace(transform, mode=mode)), udp_ports=(PORT, PORT) if in_udp else None)
    installed, sas = at_work(pair), scapy_sas(pair)
    for size in SIZES:
        data = packet(PC1, PC2, bytes(size), tos=0xB8, ttl=17)
        ours, theirs = installed.seal(data), scapy_seals(sas, data)
        assert isinstance(ours, bytes)
        assert scapy_opens(sas, ours) == data
        assert installed.open(udp.decapsulate(theirs)[0] if in_udp else theirs) == data


@pytest.mark.skipif(shutil.which("tshark") is None, reason="tshark is not installed")
def test_tshark_finds_every_icv_good_and_decrypts(tmp_path: Path) -> None:
    """All transforms in one capture, SAs of their own each, with the key files that a run writes."""
    keylog, expected = KeyLog(), []
    capture = pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 101)  # raw IP
    for index, transform in enumerate(known_to_wireshark()):
        for mode in ("tunnel", "transport"):
            pair = pair_of(replace(transform, mode=mode), 0x1000 + 0x1000 * index + (mode == "tunnel"))
            seal, ends = sealing(outbound_sas(pair, bytes)), (R1, R2) if mode == "tunnel" else (PC1, PC2)
            for keys in pair.outbound:
                if keys.protocol == ESP and transform.cipher:
                    algorithms = transform.cipher, keys.cipher_key, transform.integrity, keys.integrity_key
                    keylog.esp(*ends, keys.spi, *algorithms)
            for size in SIZES:
                sealed = seal(packet(PC1, PC2, bytes(size)))
                assert isinstance(sealed, bytes)
                capture += pack("<IIII", 0, 0, len(sealed), len(sealed)) + sealed
                expected.append(row_of(pair))
    (tmp_path / "ipsec.pcap").write_bytes(capture)
    keylog.write(tmp_path / "keys")
    fields = ["esp.icv_good", "ah.spi", "ip.checksum.status", "udp.dstport", "_ws.malformed", "_ws.expert"]
    arguments = [argument for field in fields for argument in ("-e", field)]
    output = subprocess.run(
        ["tshark", "-r", tmp_path / "ipsec.pcap", "-o", "ip.check_checksum:TRUE", "-T", "fields", *arguments],
        check=True, capture_output=True, text=True, env={"WIRESHARK_CONFIG_DIR": str(tmp_path / "keys")},
    ).stdout  # fmt: skip
    assert [tuple(row.split("\t")) for row in output.splitlines()] == expected


def known_to_wireshark() -> list[Transform]:
    return [each for each in EVERYTHING if not (each.cipher or "").startswith("gmac")]


def row_of(pair: SaPair) -> tuple[str, ...]:
    """Every ICV of ESP good, AH with its SPI, good header checksums, and the packet within."""
    spis = {keys.protocol: keys.spi for keys in pair.outbound}
    sums = "1,1" if pair.transform.mode == "tunnel" else "1"
    transform = pair.transform
    checked = transform.integrity is not None or (transform.cipher or "").startswith("gcm")
    return "1" if checked else "", f"0x{spis[AH]:08x}" if AH in spis else "", sums, "2000", "", ""
