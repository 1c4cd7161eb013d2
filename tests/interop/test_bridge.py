"""Node kind `bridge`: frames in and out, with the machine's own network stack as the neighbour."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from iosim.lab.build import Network
from iosim.lab.errors import LabError
from iosim.lab.load import load_lab
from tests.interop.neighbour import Namespace, bridged_lab

R1 = """\
hostname R1
interface GigabitEthernet0/0
 ip address 192.0.2.1 255.255.255.0
 no shutdown
"""
LINKS = ['"R1:Gi0/0", "WAN:outside"']


def test_a_router_pings_a_real_host(namespace: Namespace, tmp_path: Path) -> None:
    namespace.address("192.0.2.2/24")
    with bridged_lab(tmp_path, {}, LINKS, {"R1": R1}) as lab:
        assert "Success rate is 100 percent (5/5)" in lab.type("R1", "ping 192.0.2.2")
        assert "192.0.2.2               0 " in lab.type("R1", "show ip arp")


@pytest.mark.skipif(shutil.which("ping") is None, reason="needs the command ping")
def test_a_real_host_pings_a_router(namespace: Namespace, tmp_path: Path) -> None:
    namespace.address("192.0.2.2/24")
    with bridged_lab(tmp_path, {}, LINKS, {"R1": R1}) as lab:
        ping = namespace.start("ping", "-c", "5", "-i", "0.02", "192.0.2.1", stdout=subprocess.PIPE)
        assert "5 received, 0% packet loss" in lab.wait_for(ping)


def test_a_checksum_that_the_kernel_leaves_open_is_filled_in(namespace: Namespace, tmp_path: Path) -> None:
    """UDP of a local sender: on a veth the kernel computes no checksum, and a router drops what has a wrong one."""
    namespace.address("192.0.2.2/24")
    with bridged_lab(tmp_path, {}, LINKS, {"R1": R1}) as lab:
        sender = namespace.start(
            "python3", "-c",
            "import socket; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.settimeout(5);"
            "s.connect(('192.0.2.1', 9)); s.send(b'odd');\n"
            "try: s.recv(9)\n"
            "except ConnectionRefusedError: print('refused')",
            stdout=subprocess.PIPE,
        )  # fmt: skip
        assert lab.wait_for(sender) == "refused\n"  # ICMP port unreachable: the datagram was taken


def test_an_interface_that_is_not_there_is_named_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "lab.yaml").write_text(
        "name: x\ntopology:\n  nodes:\n    R1: {kind: ios}\n    WAN: {kind: bridge, interface: nowhere7}\n"
        '  links:\n    - endpoints: ["R1:Gi0/0", "WAN:nowhere7"]\n'
    )
    with pytest.raises(LabError, match=r"nowhere7 of this machine cannot be opened.*(ip link add|root)"):
        Network(load_lab(tmp_path / "lab.yaml"))
