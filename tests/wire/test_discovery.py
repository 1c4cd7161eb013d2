"""The codecs of CDP and LLDP against tshark, scapy, themselves and garbage."""

from __future__ import annotations

import json
import shutil
import struct
import subprocess
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iosim.wire import WireError
from iosim.wire.cdp import GROUP, PROTOCOL, ROUTER, SWITCH, Cdp, cdp_checksum
from iosim.wire.llc import CISCO, snap_frame
from iosim.wire.lldp import Lldp

MAC = bytes.fromhex("aabbcc000100")
R1 = Cdp(
    180,
    "R1.lab.example",
    (0x0A000001, 0xC0A80101),
    "GigabitEthernet0/0",
    ROUTER | SWITCH,
    "Some software",
    "Cisco iosim",
    "LAB",
    42,
    True,
    (0x0A000001,),
)
R2 = Lldp(120, MAC, "Gi0/0", "GigabitEthernet0/0", "R2", "Some software", (0x14, 0x10), 0x0A000002)

TEXTS = st.text(max_size=30)
ADDRESSES = st.lists(st.integers(0, 0xFFFFFFFF), max_size=4).map(tuple)
CDPS = st.builds(
    Cdp,
    st.integers(0, 255),
    st.text(min_size=1, max_size=30),
    ADDRESSES,
    TEXTS,
    st.integers(0, 0xFFFFFFFF),
    TEXTS,
    TEXTS,
    st.none() | TEXTS,
    st.none() | st.integers(0, 0xFFFF),
    st.none() | st.booleans(),
    st.none() | ADDRESSES,
)
WORDS = st.integers(0, 0xFFFF)
LLDPS = st.builds(
    Lldp,
    WORDS,
    st.binary(min_size=6, max_size=6),
    st.text(min_size=1, max_size=30),
    st.none() | TEXTS,
    st.none() | TEXTS,
    st.none() | TEXTS,
    st.none() | st.tuples(WORDS, WORDS),
    st.none() | st.integers(0, 0xFFFFFFFF),
)


def dissected(tmp_path: Path, frames: list[bytes], *fields: str, linktype: int = 1) -> list[dict[str, list[str]]]:
    """What tshark reads in frames, of Ethernet or (104) of Cisco HDLC: the values of each field."""
    if shutil.which("tshark") is None:
        pytest.skip("tshark is not installed")
    data = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, linktype)
    data += b"".join(struct.pack("<IIII", 0, 0, len(frame), len(frame)) + frame for frame in frames)
    (tmp_path / "frames.pcap").write_bytes(data)
    wanted = [part for field in (*fields, "_ws.malformed", "_ws.expert") for part in ("-e", field)]
    command = ["tshark", "-r", str(tmp_path / "frames.pcap"), "-T", "json", *wanted]
    output = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    return [packet["_source"]["layers"] for packet in json.loads(output)]


def test_tshark_reads_cdp(tmp_path: Path) -> None:
    fields = {
        "cdp.deviceid": ["R1.lab.example"],
        "cdp.nrgyz.ip_address": ["10.0.0.1", "192.168.1.1", "10.0.0.1"],
        "cdp.portid": ["GigabitEthernet0/0"],
        "cdp.capabilities": ["0x00000009"],
        "cdp.software_version": ["Some software"],
        "cdp.platform": ["Cisco iosim"],
        "cdp.vtp_management_domain": ["LAB"],
        "cdp.native_vlan": ["42"],
        "cdp.duplex": ["True"],
        "cdp.ttl": ["180"],
        "cdp.checksum.status": ["1"],
    }
    (read,) = dissected(tmp_path, [R1.frame(MAC)], *fields)
    read["cdp.duplex"] = [value.replace("1", "True") for value in read["cdp.duplex"]]
    assert read == fields


@pytest.mark.parametrize("name", ["R", "Ro", "R" + "\x7f" * 3, "\u00ff", "\u00ff\u00ff x"])
def test_tshark_agrees_on_the_checksum_of_any_length(tmp_path: Path, name: str) -> None:
    """Cisco's checksum has its own way with a last odd byte, and with one whose highest bit is set."""
    frames = [Cdp(holdtime, name, management=(0x0A0000FF,)).frame(MAC) for holdtime in range(1, 20)]
    frames += [Cdp(9, "R1", platform=name[:1], management=None, full_duplex=True).frame(MAC)]
    ends = [_ended(byte) for byte in (0x00, 0x7F, 0x80, 0x81, 0xFF)]
    for read in dissected(tmp_path, frames + ends, "cdp.checksum.status"):
        assert read["cdp.checksum.status"] == ["1"]


def _ended(byte: int) -> bytes:
    """A message of an odd number of bytes whose last byte is this one."""
    message = Cdp(100, "R1", full_duplex=True).pack()[:-1] + bytes([byte])
    total = cdp_checksum(message[:2] + bytes(2) + message[4:])
    assert len(message) % 2
    return snap_frame(GROUP, MAC, CISCO, PROTOCOL, message[:2] + struct.pack("!H", total) + message[4:])


def test_scapy_reads_cdp() -> None:
    from scapy.contrib import cdp
    from scapy.layers.l2 import SNAP, Dot3

    frame = Dot3(R1.frame(MAC))
    assert (frame.dst, frame[SNAP].OUI, frame[SNAP].code) == ("01:00:0c:cc:cc:cc", 0x0C, 0x2000)
    messages = {type(part).__name__: part for part in frame[cdp.CDPv2_HDR].msg}
    assert messages["CDPMsgDeviceID"].val == b"R1.lab.example"
    assert messages["CDPMsgPortID"].iface == b"GigabitEthernet0/0"
    assert [record.addr for record in messages["CDPMsgAddr"].addr] == ["10.0.0.1", "192.168.1.1"]
    assert messages["CDPMsgNativeVLAN"].vlan == 42


def test_what_scapy_says_is_understood() -> None:
    from scapy.contrib.cdp import CDPAddrRecordIPv4, CDPMsgAddr, CDPMsgDeviceID, CDPMsgPortID, CDPv2_HDR
    from scapy.layers.l2 import LLC, SNAP, Dot3

    address = CDPMsgAddr(naddr=1, addr=[CDPAddrRecordIPv4(addr="10.0.0.9")])
    message = CDPv2_HDR(ttl=90, msg=[CDPMsgDeviceID(val="SW9"), address, CDPMsgPortID(iface="Fa0/1")])
    frame = Dot3(dst="01:00:0c:cc:cc:cc") / LLC(dsap=0xAA, ssap=0xAA, ctrl=3) / SNAP(OUI=0xC, code=0x2000) / message
    read = Cdp.from_frame(bytes(frame))
    assert (read.device, read.port, read.holdtime, read.addresses) == ("SW9", "Fa0/1", 90, (0x0A000009,))


def test_tshark_reads_lldp(tmp_path: Path) -> None:
    fields = {
        "lldp.chassis.id.mac": ["aa:bb:cc:00:01:00"],
        "lldp.port.id": ["Gi0/0"],
        "lldp.time_to_live": ["120"],
        "lldp.port.desc": ["GigabitEthernet0/0"],
        "lldp.tlv.system.name": ["R2"],
        "lldp.tlv.system.desc": ["Some software"],
        "lldp.tlv.system_cap": ["0x0014"],
        "lldp.tlv.enable_system_cap": ["0x0010"],
        "lldp.mgn.addr.ip4": ["10.0.0.2"],
    }
    assert dissected(tmp_path, [R2.frame(MAC)], *fields) == [fields]


@given(CDPS)
def test_cdp_is_read_back(message: Cdp) -> None:
    assert Cdp.from_frame(message.frame(MAC)) == Cdp.from_frame(message.hdlc_frame()) == message


def test_tshark_reads_cdp_in_hdlc(tmp_path: Path) -> None:
    (read,) = dissected(tmp_path, [R1.hdlc_frame()], "cdp.deviceid", "cdp.checksum.status", linktype=104)
    assert read == {"cdp.deviceid": ["R1.lab.example"], "cdp.checksum.status": ["1"]}


@given(LLDPS)
def test_lldp_is_read_back(message: Lldp) -> None:
    assert Lldp.from_frame(message.frame(MAC)) == message


@given(st.binary(max_size=120), st.integers(0, 90))
def test_garbage_is_a_message_or_a_wire_error(garbage: bytes, place: int) -> None:
    for frame, read in ((R1.frame(MAC), Cdp.from_frame), (R2.frame(MAC), Lldp.from_frame)):
        damaged = frame[:place] + garbage + frame[place + len(garbage) :]
        for data in (garbage, frame[:place], damaged):
            with suppress(WireError):
                read(data)


@pytest.mark.parametrize("position", range(4, 60))
def test_a_wrong_bit_is_noticed(position: int) -> None:
    data = bytearray(R1.pack())
    data[position] ^= 4
    with pytest.raises(WireError):
        Cdp.unpack(bytes(data))
