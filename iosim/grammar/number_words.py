"""What `?` says of names that stand for numbers; `{}` is where the number stands, behind the text if nowhere else."""

from __future__ import annotations

from iosim.grammar.numbers import DSCP, NAMED

_TCP = {
    "bgp": "Border Gateway Protocol",
    "chargen": "Character generator",
    "cmd": "Remote commands (rcmd, {})",
    "daytime": "Daytime",
    "discard": "Discard",
    "domain": "Domain Name Service",
    "drip": "Dynamic Routing Information Protocol",
    "echo": "Echo",
    "exec": "Exec (rsh, {})",
    "finger": "Finger",
    "ftp": "File Transfer Protocol",
    "ftp-data": "FTP data connections",
    "gopher": "Gopher",
    "hostname": "NIC hostname server",
    "ident": "Ident Protocol",
    "irc": "Internet Relay Chat",
    "klogin": "Kerberos login",
    "kshell": "Kerberos shell",
    "login": "Login (rlogin, {})",
    "lpd": "Printer service",
    "msrpc": "MS Remote Procedure Call",
    "nntp": "Network News Transport Protocol",
    "pim-auto-rp": "PIM Auto-RP",
    "pop2": "Post Office Protocol v2",
    "pop3": "Post Office Protocol v3",
    "smtp": "Simple Mail Transport Protocol",
    "sunrpc": "Sun Remote Procedure Call",
    "syslog": "Syslog",
    "tacacs": "TAC Access Control System",
    "talk": "Talk",
    "telnet": "Telnet",
    "time": "Time",
    "uucp": "Unix-to-Unix Copy Program",
    "whois": "Nicname",
    "www": "World Wide Web (HTTP, {})",
}
_UDP = {
    "biff": "Biff (mail notification, comsat, {})",
    "bootpc": "Bootstrap Protocol (BOOTP) client",
    "bootps": "Bootstrap Protocol (BOOTP) server",
    "discard": "Discard",
    "dnsix": "DNSIX security protocol auditing",
    "domain": "Domain Name Service (DNS, {})",
    "echo": "Echo",
    "isakmp": "Internet Security Association and Key Management Protocol",
    "mobile-ip": "Mobile IP registration",
    "nameserver": "IEN116 name service (obsolete, {})",
    "netbios-dgm": "NetBios datagram service",
    "netbios-ns": "NetBios name service",
    "netbios-ss": "NetBios session service",
    "non500-isakmp": "Internet Security Association and Key Management Protocol",
    "ntp": "Network Time Protocol",
    "pim-auto-rp": "PIM Auto-RP",
    "rip": "Routing Information Protocol (router, in.routed, {})",
    "snmp": "Simple Network Management Protocol",
    "snmptrap": "SNMP Traps",
    "sunrpc": "Sun Remote Procedure Call",
    "syslog": "System Logger",
    "tacacs": "TAC Access Control System",
    "talk": "Talk",
    "tftp": "Trivial File Transfer Protocol",
    "time": "Time",
    "who": "Who service (rwho, {})",
    "xdmcp": "X Display Manager Control Protocol",
}
_PRECEDENCE = {name: f"Match packets with {name.replace('-', ' ')} precedence" for name in NAMED["Precedence"][0]}
_PRECEDENCE |= {
    "internet": "Match packets with internetwork control precedence",
    "network": "Match packets with network control precedence",
}
_TOS = {name: f"Match packets with {name.replace('-', ' ')} TOS" for name in NAMED["Type of service"][0]}
_TOS["max-reliability"] = "Match packets with max reliable TOS"


def _dscp(name: str, number: int) -> str:
    """`Match packets with CS1(precedence 1) dscp (001000)`"""
    called = name if name == "default" else name.upper()
    precedence = f"(precedence {number >> 3})" if name.startswith("cs") else ""
    return f"Match packets with {called}{precedence} dscp ({number:06b})"


_WORDS = {"TCP port": _TCP, "UDP port": _UDP, "Precedence": _PRECEDENCE, "Type of service": _TOS}


def words(display: str, name: str, number: int) -> str:
    """The help text of a name of a type."""
    if NAMED[display][0] is DSCP:
        return _dscp(name, number)
    text = _WORDS.get(display, {}).get(name, "")
    if number < 0:
        return text
    return text.format(number) if "{}" in text else f"{text} ({number})".strip()
