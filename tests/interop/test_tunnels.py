"""Linux as the other end of a tunnel, where the kernel has tunnels (modules ip_gre, ipip)."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.interop.neighbour import Namespace, bridged_lab

R1 = """\
hostname R1
interface Tunnel0
 ip address 10.0.0.1 255.255.255.252
 tunnel source GigabitEthernet0/0
 tunnel destination 192.0.2.2
{lines}
interface GigabitEthernet0/0
 ip address 192.0.2.1 255.255.255.0
 no shutdown
"""
R1_LINK = '"R1:Gi0/0", "WAN:outside"'
ENDS = [
    ("gre", (), ""),
    ("gre", ("key", "42"), " tunnel key 42"),
    ("gre", ("csum", "seq"), " tunnel checksum\n tunnel sequence-datagrams"),
    ("gre", (), " keepalive 1 3"),
    ("ipip", (), " tunnel mode ipip"),
]


@pytest.mark.parametrize(("kind", "options", "lines"), ENDS)
def test_linux_answers_through_a_tunnel(
    namespace: Namespace, tmp_path: Path, kind: str, options: tuple[str, ...], lines: str
) -> None:
    namespace.address("192.0.2.2/24")
    ends = "local", "192.0.2.2", "remote", "192.0.2.1"
    add = ["ip", "-n", namespace.name, "link", "add", "tun7", "type", kind, *ends, *options]
    made = subprocess.run(add, capture_output=True, text=True, check=False)
    if made.returncode:
        pytest.skip(f"this kernel has no {kind}: {made.stderr.strip()}")
    try:
        subprocess.run(["ip", "-n", namespace.name, "link", "set", "tun7", "up"], check=True)
        namespace.address("10.0.0.2/30", "tun7")
        with bridged_lab(tmp_path, {}, [R1_LINK], {"R1": R1.format(lines=lines)}) as lab:
            assert "(5/5)" in lab.type("R1", "ping 10.0.0.2")
    finally:
        subprocess.run(["ip", "-n", namespace.name, "link", "del", "tun7"], check=False)
