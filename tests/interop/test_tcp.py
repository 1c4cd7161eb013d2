"""The TCP of the Linux kernel as the other end: streams each way over a link with losses, either side beginning."""

from __future__ import annotations

import hashlib
import random
import subprocess
from pathlib import Path

import pytest

from iosim.ios.host import Host
from iosim.lab.topology import Endpoint
from iosim.sim.task import Task
from iosim.stack.tcp.connection import Connection
from iosim.stack.tcp.states import CLOSED, TIMEWAIT
from iosim.stack.tcp.stream import Stream
from iosim.wire.address import parse_address
from tests.interop.neighbour import BridgedLab, Namespace, bridged_lab

MEGABYTE = 1_000_000
CONTENT = random.Random(5).randbytes(MEGABYTE)
BACK = CONTENT[::-1]
PC1 = {"PC1": "kind: host, address: 192.0.2.1/24"}
LINKS = ['"PC1:eth0", "WAN:outside"']
PORT = 5001

_TAKE = """
import hashlib, random, socket, sys
content = random.Random(5).randbytes(1_000_000)
def exchange(s, first):
    s.settimeout(60)
    if first: s.sendall(content); s.shutdown(socket.SHUT_WR)
    got = bytearray()
    while data := s.recv(65536): got += data
    if not first: s.sendall(content[::-1]); s.shutdown(socket.SHUT_WR)
    print(len(got), hashlib.sha256(got).hexdigest())
    s.close()
"""
_SERVER = (
    _TAKE
    + """
server = socket.create_server(("192.0.2.2", 5001)); print("ready", flush=True)
exchange(server.accept()[0], False)
"""
)
_CLIENT = (
    _TAKE
    + """
exchange(socket.create_connection(("192.0.2.1", 5001), 30), True)
"""
)


class End:
    """The lab's end of a connection: it sends, reads until the end, and closes."""

    def __init__(self, lab: BridgedLab) -> None:
        host = lab.network.nodes["PC1"]
        assert isinstance(host, Host)
        self.host, self.got = host, bytearray()
        self.connection: Connection | None = None
        self.task: Task | None = None

    def take(self, connection: Connection, first: bytes, last: bytes = b"") -> None:
        self.connection = connection
        self.task = Task(self.host.sim, self._exchange(Stream(connection), first, last))

    async def _exchange(self, stream: Stream, first: bytes, last: bytes) -> None:
        if await stream.opened():
            if first:
                await stream.write(first)
                stream.close()
            while data := await stream.read():
                self.got += data
            if last:
                await stream.write(last)
            stream.close()

    @property
    def done(self) -> bool:
        return self.task is not None and self.task.done and self.connection is not None and (
            self.connection.state in (CLOSED, TIMEWAIT)
        )  # fmt: skip


def _lossy(lab: BridgedLab, loss: float) -> None:
    link = next(port.link for endpoint, port in lab.network.ports.items() if endpoint == Endpoint("PC1", "eth0"))
    assert link is not None
    link.loss = loss


def _said(data: bytes) -> str:
    return f"{len(data)} {hashlib.sha256(data).hexdigest()}\n"


@pytest.mark.parametrize("loss", [0.0, 0.01])
def test_the_lab_opens_and_a_megabyte_goes_each_way(namespace: Namespace, tmp_path: Path, loss: float) -> None:
    namespace.address("192.0.2.2/24")
    with bridged_lab(tmp_path, PC1, LINKS, {}) as lab:
        server = namespace.start("python3", "-c", _SERVER, stdout=subprocess.PIPE)
        assert server.stdout is not None
        assert server.stdout.readline() == b"ready\n"
        _lossy(lab, loss)
        end = End(lab)
        end.take(end.host.stack.tcp.connect(parse_address("192.0.2.2"), PORT), CONTENT)
        assert lab.wait(lambda: end.done, 60)
        assert lab.wait_for(server) == _said(CONTENT)
        assert bytes(end.got) == BACK
        assert end.connection is not None
        assert end.connection.ending in (None, "closed")
        assert end.connection.peer_mss == 1460
        assert loss or not end.connection.resent


@pytest.mark.parametrize("loss", [0.0, 0.01])
def test_the_kernel_opens_and_a_megabyte_goes_each_way(namespace: Namespace, tmp_path: Path, loss: float) -> None:
    namespace.address("192.0.2.2/24")
    with bridged_lab(tmp_path, PC1, LINKS, {}) as lab:
        end = End(lab)
        end.host.stack.tcp.listen(PORT, lambda connection: end.take(connection, b"", BACK))
        _lossy(lab, loss)
        client = namespace.start("python3", "-c", _CLIENT, stdout=subprocess.PIPE)
        assert lab.wait_for(client, 60) == _said(BACK)
        assert bytes(end.got) == CONTENT
        assert lab.wait(lambda: end.done, 20)
        assert end.connection is not None
        assert end.connection.ending in (None, "closed")


def test_the_kernel_refuses_and_is_refused(namespace: Namespace, tmp_path: Path) -> None:
    namespace.address("192.0.2.2/24")
    with bridged_lab(tmp_path, PC1, LINKS, {}) as lab:
        assert lab.type("PC1", "tcp connect 192.0.2.2 9") == "192.0.2.2:9: connection refused\n"
        client = namespace.start(
            "python3", "-c",
            "import socket\ntry: socket.create_connection(('192.0.2.1', 9), 10)\n"
            "except ConnectionRefusedError: print('refused')",
            stdout=subprocess.PIPE,
        )  # fmt: skip
        assert lab.wait_for(client) == "refused\n"


R1 = """\
hostname R1
interface GigabitEthernet0/0
 ip address 192.0.2.1 255.255.255.0
 no shutdown
line vty 0 4
 password knock
 login
"""
_TELNET = """
import socket
s = socket.create_connection(("192.0.2.1", 23), 10)
def until(what):
    got = b""
    while what not in got: got += s.recv(1000)
    return got
first = until(b"Password: "); s.sendall(b"knock\\r\\n")
until(b"R1>"); s.sendall(b"show users\\r\\n"); users = until(b"R1>"); s.sendall(b"exit\\r\\n")
while s.recv(1000): pass
print(b"\\xff\\xfb\\x01" in first, b"192.0.2.2" in users)
"""


def test_a_real_client_comes_in_at_a_vty(namespace: Namespace, tmp_path: Path) -> None:
    namespace.address("192.0.2.2/24")
    with bridged_lab(tmp_path, {}, ['"R1:Gi0/0", "WAN:outside"'], {"R1": R1}) as lab:
        client = namespace.start("python3", "-c", _TELNET, stdout=subprocess.PIPE)
        assert lab.wait_for(client) == "True True\n"


def test_a_router_telnets_to_a_real_server(namespace: Namespace, tmp_path: Path) -> None:
    namespace.address("192.0.2.2/24")
    code = (
        "import socket; server = socket.create_server(('192.0.2.2', 5001)); print('ready', flush=True);"
        "s, _ = server.accept(); s.sendall(b'who?\\r\\n'); print(s.recv(100)); s.close()"
    )
    with bridged_lab(tmp_path, {}, ['"R1:Gi0/0", "WAN:outside"'], {"R1": R1}) as lab:
        server = namespace.start("python3", "-c", code, stdout=subprocess.PIPE)
        assert server.stdout is not None
        assert server.stdout.readline() == b"ready\n"
        assert "Trying 192.0.2.2, 5001 ... Open\nwho?\n" in lab.type("R1", "telnet 192.0.2.2 5001")
        text = lab.type("R1", "me")
        assert "[Connection to 192.0.2.2 closed by foreign host]" in text
        assert lab.wait_for(server).startswith("b'm")
