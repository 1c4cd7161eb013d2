"""Datagrams as a capture file for tshark: raw IPv4 packets with UDP, in the classic pcap format."""

from __future__ import annotations

import json
import shutil
import struct
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest

from iosim.ike.v1 import Datagram
from iosim.ike.v1.events import Phase1Keys

LINKTYPE_RAW = 101


def ip_packet(datagram: Datagram, ttl: int = 255, ident: int = 0) -> bytes:
    """The datagram in IPv4 and UDP, with a header checksum and without a UDP checksum."""
    udp = struct.pack("!4H", datagram.local_port, datagram.remote_port, 8 + len(datagram.data), 0) + datagram.data
    addresses = struct.pack("!II", datagram.local, datagram.remote)
    words = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(udp), ident, 0, ttl, 17, 0) + addresses
    total = sum(struct.unpack("!10H", words))
    checksum = 0xFFFF - (total % 0xFFFF or 0xFFFF)
    return words[:10] + struct.pack("!H", checksum) + addresses + udp


def write_pcap(path: Path, packets: Iterable[bytes]) -> Path:
    """A capture with a packet a millisecond."""
    with path.open("wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, LINKTYPE_RAW))
        for index, packet in enumerate(packets):
            file.write(struct.pack("<IIII", 0, index * 1000, len(packet), len(packet)) + packet)
    return path


def dissect(path: Path, keys: Sequence[Phase1Keys], *fields: str) -> list[dict[str, list[str]]]:
    """What tshark reads of each ISAKMP packet: the values of each field."""
    tshark = shutil.which("tshark")
    if tshark is None:
        pytest.skip("tshark is not installed")
    options = [
        part
        for key in keys
        for part in ("-o", f"uat:ikev1_decryption_table:{key.initiator_cookie.hex()},{key.key.hex()}")
    ]
    wanted = [part for field in fields for part in ("-e", field)]
    command = [tshark, "-r", str(path), *options, "-Y", "isakmp", "-T", "json", *wanted]
    output = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    return [{field: packet["_source"]["layers"].get(field, []) for field in fields} for packet in json.loads(output)]
