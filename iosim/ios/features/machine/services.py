"""Services that a router would show, as they are here: off, or with nothing configured."""

from __future__ import annotations

from iosim.grammar import Statement
from iosim.ios.registry import handler
from iosim.ios.session import Session


@handler("show_snmp")
def show_snmp(session: Session, statement: Statement) -> str:
    """`show snmp`"""
    return "%SNMP agent not enabled\n"


@handler("show_spanning_tree")
def show_spanning_tree(session: Session, statement: Statement) -> str:
    """`show spanning-tree`: ports of a router do not switch."""
    return "\nNo spanning tree instances exist.\n\n"


@handler("show_ip_ssh")
def show_ip_ssh(session: Session, statement: Statement) -> str:
    """`show ip ssh`"""
    return (
        "SSH Disabled - version 1.99\n"
        "%Please create RSA keys to enable SSH (and of atleast 768 bits for SSH v2).\n"
        "Authentication methods:publickey,keyboard-interactive,password\n"
        "Authentication timeout: 120 secs; Authentication retries: 3\n"
        "Minimum expected Diffie Hellman key size : 1024 bits\n"
        "IOS Keys in SECSH format(ssh-rsa, base64 encoded): NONE\n"
    )


@handler("show_ip_protocols")
def show_ip_protocols(session: Session, statement: Statement) -> str:
    """`show ip protocols`: no routing protocol runs yet; the static one that applications use is always listed."""
    if "summary" in statement:
        return (
            "Index Process Name\n0     connected\n1     static\n2     application\n*** IP Routing is NSF aware ***\n\n"
        )
    return _APPLICATION


_APPLICATION = """\
*** IP Routing is NSF aware ***

Routing Protocol is "application"
  Sending updates every 0 seconds
  Invalid after 0 seconds, hold down 0, flushed after 0
  Outgoing update filter list for all interfaces is not set
  Incoming update filter list for all interfaces is not set
  Maximum path: 32
  Routing for Networks:
  Routing Information Sources:
    Gateway         Distance      Last Update
  Distance: (default is 4)

"""


@handler("show_sockets")
def show_sockets(session: Session, statement: Statement) -> str:
    """`show ip sockets`, `show udp`: who listens on UDP."""
    text = "Proto        Remote      Port      Local       Port  In Out  Stat TTY OutputIF\n"
    return text + "".join(
        f"17       --listen--          --any--        {port:>6}   0   0 1001011   0 \n"
        for port in session.stack.udp.ports
    )


@handler("show_open_ports")
def show_open_ports(session: Session, statement: Statement) -> str:
    """`show control-plane host open-ports`"""
    ports = [("tcp", port) for port in sorted(session.stack.tcp.listeners)]
    ports += [("udp", port) for port in session.stack.udp.ports]
    rows = "".join(
        f"{protocol:>4}{f'*:{port}':>27}{'*:0':>28}{_SERVICES.get(port, 'Unknown'):>25} {'LISTEN':>8}\n"
        for protocol, port in ports
    )
    return f"Active internet connections (servers and established)\n{_OPEN_PORTS}{rows}\n"


_OPEN_PORTS = f"Prot{'Local Address':>27}{'Foreign Address':>28}{'Service':>25} {'State':>8}\n"
_SERVICES = {23: "Telnet", 80: "HTTP CORE", 500: "ISAKMP", 4500: "ISAKMP", 123: "NTP"}
