"""Captures and key files, read back by tshark."""

from __future__ import annotations

import os
import shutil
import subprocess
from functools import partial
from pathlib import Path

import pytest
from scapy.layers.inet import ICMP, IP
from scapy.layers.ipsec import ESP, SecurityAssociation
from scapy.layers.l2 import Ether

from iosim.sim.capture import BOTH, OUTBOUND, Capture
from iosim.sim.clock import SECOND, Simulator
from iosim.sim.keylog import KeyLog
from iosim.sim.link import Link, Port

needs_tshark = pytest.mark.skipif(shutil.which("tshark") is None, reason="tshark is not installed")
EPOCH = 1_700_000_000 * SECOND


def tshark(file: Path, *arguments: str, configuration: Path) -> list[str]:
    environment = {**os.environ, "WIRESHARK_CONFIG_DIR": str(configuration)}
    command = ["tshark", "-r", str(file), *arguments]
    result = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=60)
    return result.stdout.splitlines()


def captured(directions: tuple[bool, ...], frames: list[bytes]) -> Capture:
    """Send the frames over a link, a second apart, and capture both ends."""
    sim = Simulator()
    link = Link(sim, Port("R1 GigabitEthernet0/0"), Port("R2 GigabitEthernet0/1"))
    capture = Capture(sim, EPOCH, directions)
    capture.attach(link.a)
    capture.attach(link.b)
    for number, frame in enumerate(frames):
        sim.call_at(number * SECOND, partial(link.a.transmit, frame))
    sim.run()
    return capture


@needs_tshark
def test_tshark_reads_interfaces_times_and_directions(tmp_path: Path) -> None:
    ping = bytes(Ether(src="aa:bb:cc:00:01:00", dst="aa:bb:cc:00:02:00") / IP(dst="10.0.0.2", src="10.0.0.1") / ICMP())
    capture = captured(BOTH, [ping, ping + b"odd"])
    capture.write(tmp_path / "file.pcapng")
    fields = ("frame.interface_name", "frame.time_epoch", "frame.packet_flags_direction", "frame.len")
    options = [option for field in fields for option in ("-e", field)]
    assert tshark(tmp_path / "file.pcapng", "-T", "fields", *options, configuration=tmp_path) == [
        "R1 GigabitEthernet0/0\t1700000000.000000000\t0x00000002\t42",
        "R2 GigabitEthernet0/1\t1700000000.000500000\t0x00000001\t42",
        "R1 GigabitEthernet0/0\t1700000001.000000000\t0x00000002\t45",
        "R2 GigabitEthernet0/1\t1700000001.000500000\t0x00000001\t45",
    ]


def test_a_capture_of_senders_alone_holds_each_frame_once() -> None:
    frame = bytes(range(60))
    assert captured(OUTBOUND, [frame]).pack().count(frame) == 1
    assert captured(BOTH, [frame]).pack().count(frame) == 2


def test_equal_runs_give_equal_bytes() -> None:
    assert captured(BOTH, [bytes(60)]).pack() == captured(BOTH, [bytes(60)]).pack()


ALGORITHMS = [
    ("des", "DES", 8, "md5", "HMAC-MD5-96", 16),
    ("3des", "3DES", 24, "sha", "HMAC-SHA1-96", 20),
    ("aes-128", "AES-CBC", 16, "sha", "HMAC-SHA1-96", 20),
    ("aes-192", "AES-CBC", 24, "md5", "HMAC-MD5-96", 16),
    ("aes-256", "AES-CBC", 32, "sha256", "SHA2-256-128", 32),
    ("aes-128", "AES-CBC", 16, None, "NULL", 0),
]


@needs_tshark
def test_tshark_decrypts_esp_with_the_written_keys(tmp_path: Path) -> None:
    keylog, frames = KeyLog(), []
    for number, (cipher, scapy_cipher, size, integrity, scapy_integrity, integrity_size) in enumerate(ALGORITHMS):
        key, integrity_key = bytes(range(size)), bytes(range(100, 100 + integrity_size))
        association = SecurityAssociation(
            ESP,
            spi=0x1000 + number,
            crypt_algo=scapy_cipher,
            crypt_key=key,
            auth_algo=scapy_integrity,
            auth_key=integrity_key or None,
            tunnel_header=IP(src="203.0.113.1", dst="203.0.113.2"),
        )
        packet = association.encrypt(IP(src="192.168.1.10", dst="192.168.2.10") / ICMP(seq=number))
        frames.append(bytes(Ether(src="aa:bb:cc:00:01:00", dst="aa:bb:cc:00:02:00") / packet))
        keylog.esp(0xCB007101, 0xCB007102, 0x1000 + number, cipher, key, integrity, integrity_key)
    keylog.write(tmp_path / "keys")
    captured(OUTBOUND, frames).write(tmp_path / "file.pcapng")
    fields = ("-T", "fields", "-e", "icmp.seq", "-e", "esp.icv_good")
    lines = tshark(tmp_path / "file.pcapng", *fields, configuration=tmp_path / "keys")
    assert [line.split("\t")[0] for line in lines] == [str(number) for number in range(len(ALGORITHMS))]
    assert [line.split("\t")[1] for line in lines][:5] == ["1"] * 5


def test_each_key_is_written_once_in_order(tmp_path: Path) -> None:
    keylog = KeyLog()
    for cookie in (2, 1, 2):
        keylog.ikev1(bytes([cookie] * 8), b"\xab" * 16)
    keylog.write(tmp_path / "keys")
    lines = (tmp_path / "keys" / "ikev1_decryption_table").read_text().splitlines()
    assert lines == ["0202020202020202," + "ab" * 16, "0101010101010101," + "ab" * 16]
    assert (tmp_path / "keys" / "esp_sa").read_text() == ""
