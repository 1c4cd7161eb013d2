"""Numbers in a range, and those that have names in IOS: ports, DSCP values and their like."""

from __future__ import annotations

from typing import Any

from iosim.grammar.value import ValueType


class Number(ValueType):
    """`<low-high>`, or `<-low - high>` where numbers may be negative."""

    def __init__(self, display: str) -> None:
        super().__init__(display)
        low, _, high = display.strip("<>").partition(" - " if " - " in display else "-")
        self.low, self.high = int(low), int(high)

    def convert(self, text: str) -> int | None:
        digits = text.removeprefix("-") if self.low < 0 else text
        if not digits.isdecimal() or not digits.isascii() or len(digits) > 20:
            return None
        value = int(text)
        return value if self.low <= value <= self.high else None

    def begins(self, text: str) -> bool:
        return text.isdecimal() and text.isascii() and len(text) < 20 and int(text) <= self.high


TCP_PORTS = {
    "bgp": 179, "chargen": 19, "cmd": 514, "daytime": 13, "discard": 9, "domain": 53, "drip": 3949, "echo": 7,
    "exec": 512, "finger": 79, "ftp": 21, "ftp-data": 20, "gopher": 70, "hostname": 101, "ident": 113, "irc": 194,
    "klogin": 543, "kshell": 544, "login": 513, "lpd": 515, "msrpc": 135, "nntp": 119, "pim-auto-rp": 496,
    "pop2": 109, "pop3": 110, "smtp": 25, "sunrpc": 111, "syslog": 514, "tacacs": 49, "talk": 517, "telnet": 23,
    "time": 37, "uucp": 540, "whois": 43, "www": 80,
}  # fmt: skip
UDP_PORTS = {
    "biff": 512, "bootpc": 68, "bootps": 67, "discard": 9, "dnsix": 195, "domain": 53, "echo": 7, "isakmp": 500,
    "mobile-ip": 434, "nameserver": 42, "netbios-dgm": 138, "netbios-ns": 137, "netbios-ss": 139,
    "non500-isakmp": 4500, "ntp": 123, "pim-auto-rp": 496, "rip": 520, "snmp": 161, "snmptrap": 162, "sunrpc": 111,
    "syslog": 514, "tacacs": 49, "talk": 517, "tftp": 69, "time": 37, "who": 513, "xdmcp": 177,
}  # fmt: skip
DSCP = {f"af{group}{drop}": group << 3 | drop << 1 for group in range(1, 5) for drop in range(1, 4)}
DSCP |= {f"cs{group}": group << 3 for group in range(1, 8)} | {"default": 0, "ef": 46}
PRECEDENCE = {
    "critical": 5, "flash": 3, "flash-override": 4, "immediate": 2, "internet": 6, "network": 7, "priority": 1,
    "routine": 0,
}  # fmt: skip
TOS = {"max-reliability": 2, "max-throughput": 4, "min-delay": 8, "min-monetary-cost": 1, "normal": 0}
IP_OPTIONS = {
    "add-ext": 147, "any-options": -1, "com-security": 134, "dps": 151, "encode": 15, "eool": 0, "ext-ip": 145,
    "ext-security": 133, "finn": 205, "imitd": 144, "lsr": 131, "mtup": 11, "mtur": 12, "no-op": 1, "nsapa": 150,
    "record-route": 7, "router-alert": 148, "sdb": 149, "security": 130, "ssr": 137, "stream-id": 136,
    "timestamp": 68, "traceroute": 82, "ump": 152, "visa": 142, "zsu": 10,
}  # fmt: skip
IGMP_TYPES = {
    "dvmrp": 3, "host-query": 1, "host-report": 2, "mtrace-resp": 14, "mtrace-route": 15, "pim": 4, "trace": 5,
    "v2-leave": 7, "v2-report": 6, "v3-report": 16,
}  # fmt: skip
NAMED = {
    "TCP port": (TCP_PORTS, 65535), "UDP port": (UDP_PORTS, 65535), "DSCP": (DSCP, 63), "Precedence": (PRECEDENCE, 7),
    "Type of service": (TOS, 15), "IP option": (IP_OPTIONS, 255), "IGMP type": (IGMP_TYPES, 15),
}  # fmt: skip


class NamedNumber(ValueType):
    """A number such as a `TCP port`, or one of the names that IOS has for it, possibly abbreviated."""

    is_list = True

    def __init__(self, display: str) -> None:
        super().__init__(display)
        self.numbers, self.high = NAMED[display]
        self._names = {number: name for name, number in reversed(self.numbers.items())}

    def convert(self, text: str) -> int | None:
        if text.isdecimal() and text.isascii() and len(text) < 6:
            return int(text) if int(text) <= self.high else None
        word = text.lower()
        found = [word] if word in self.numbers else [name for name in self.numbers if name.startswith(word)]
        return self.numbers[found[0]] if len(found) == 1 else None

    def text(self, value: Any) -> str:
        return self._names.get(value, str(value))

    def listing(self, help_text: str) -> list[tuple[str, str]]:
        from iosim.grammar.number_words import words  # for `?` only

        rows = [(name, words(self.display, name, number)) for name, number in self.numbers.items()]
        return [(f"<0-{self.high}>", help_text.partition(" or ")[0]), *rows]
