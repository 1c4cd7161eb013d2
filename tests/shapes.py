"""Which shapes of configuration lines are refused: `python tests/shapes.py FILE [FEWEST]`.

FILE is a table with tabs: a kind of mode, a shape (a line with `<int>`, `<ip>`, `<word>` and the like where its values
were) and in how many files it was seen. A shape is accepted when some plausible line of that shape is: a line is tried
for each choice of values, in the modes that the kind stands for. It prints the shapes of at least FEWEST files (3)
that are refused, and for each number of files how many there are.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from iosim.grammar import CliError
from iosim.grammar.grammar import ios_grammar
from iosim.grammar.node import Node
from iosim.grammar.parse import parse, split_words, walk
from iosim.ios.config import Config
from iosim.ios.configure import Configurator
from iosim.ios.registry import load_features
from iosim.ios.router import Router
from iosim.sim.clock import Simulator

FEWEST = 3
OTHER_SYSTEM = "asa-"
VALUES = {
    "<int>": ["1", "5", "20", "128", "256", "1000", "9000", "65000"],
    "<n>": ["1", "0/0", "0/0/0", "1.10"],
    "<ip>": ["10.0.0.1", "255.255.255.0", "10.0.0.2", "10.0.0.0/24", "0.0.0.255"],
    "<ipv6>": ["2001:db8::1/64", "2001:db8::1", "2001:db8::/48", "::/0", "fe80::1", "65000:1", "00:05:00"],
    "<intf>": ["GigabitEthernet0/0", "Loopback0", "Tunnel1", "Virtual-Template1", "Dialer1"],
    "<word>": [
        "NAME", "10.0.0.0/24", "65000:1", "name@example.net", "http://www.example.net/x", "flash:x", "1-5", "0x2102",
        "0011.2233.4455", "jan", "1", "01AB02CD", "49.0001.0000.0000.0001.00", "15.2", "c", "12:00",
        "ascending", "any", "1,3", "eigrp",
    ],
    "<key>": ["SECRET", "7 0822455D0A16", "6 ABCDEFG", "0 SECRET", "1"],
    "<secret>": ["$1$mERr$hx5rVt7rPNoS4wqbXKX7m0", "SECRET", "7 0822455D0A16", "0 SECRET"],
    "<text>": ["some words", "#some words#"],
    "<dn>": ["cn=r1,o=example", "cn=r1"],
    "<url>": ["http://10.0.0.1:80", "flash:x"],
    "<hex>": ["30820122", "ABCD"],
    "<word|ip>": ["NAME", "10.0.0.1"],
    "<ip|word>": ["10.0.0.1", "NAME"],
    "<0|6>": ["0", "6"],
}  # fmt: skip
MODES = {
    "interface": ("config_if",), "line": ("config_line",), "isakmp-policy": ("config_isakmp",),
    "isakmp-profile": ("conf_isa_prof",), "isakmp-group(ezvpn)": ("config_isakmp_group",),
    "keyring": ("conf_keyring",), "transform-set": ("cfg_crypto_trans",), "ipsec-profile": ("ipsec_profile",),
    "crypto-map": ("config_crypto_map",), "dynamic-map": ("config_crypto_map",),
    "ikev2-keyring": ("config_ikev2_keyring", "config_ikev2_keyring_peer"),
    "gdoi-group": ("config_gdoi_group", "gdoi_local_server", "gdoi_sa_ipsec", "gdoi_coop_ks_config"),
    "acl-extended": ("config_ext_nacl",), "acl-standard": ("config_std_nacl",), "acl-ipv6": ("config_ipv6_acl",),
    "class-map": ("config_cmap",), "dhcp-pool": ("dhcp_config",), "pki-trustpoint": ("ca_trustpoint",),
    "pki-server": ("cs_server",), "pki-chain": ("config_cert_chain", "config_pubkey"), "vlan": ("config_vlan",),
    "router bgp": ("config_bgp", "config_bgp_af", "config_bgp_af6", "config_bgp_af_vpn"),
    "router eigrp": (
        "config_eigrp", "config_eigrp_named", "config_eigrp_af", "config_eigrp_af_if", "config_eigrp_topology",
        "config_rtr_eigrp",
    ),
    "router ospf": ("config_ospf", "config_rtr_ospf", "config_ospfv3", "config_ospfv3_af"),
    "router ospfv3": ("config_ospfv3", "config_ospfv3_af"),
    "router rip": ("config_rip", "config_rtr_rip"), "router isis": ("config_isis",),
    "route-map": ("config_route_map",), "track": ("config_track",),
    "vrf": ("config_vrf", "config_vrf_af", "config_ip_vrf"),
}  # fmt: skip
"""The modes that a kind of mode stands for; any other kind stands for all."""


OPENERS = {
    "config_if": "interface GigabitEthernet0/0", "config_line": "line vty 0 4",
    "config_isakmp": "crypto isakmp policy 1",
    "cfg_crypto_trans": "crypto ipsec transform-set T esp-aes", "config_crypto_map": "crypto map M 1 ipsec-isakmp",
    "config_ext_nacl": "ip access-list extended E", "config_std_nacl": "ip access-list standard S",
}  # fmt: skip
"""How modes are entered that look at what they stand in."""


def main(file: Path, fewest: int) -> int:
    """Read the table, print the report."""
    load_features()
    seen: dict[int, int] = {}
    refused: dict[int, int] = {}
    for line in file.read_text().splitlines()[1:]:
        kind, text, files = line.split("\t")
        count = int(files)
        if kind.startswith(OTHER_SYSTEM):
            continue
        seen[count] = seen.get(count, 0) + 1
        if not is_accepted(kind, text):
            refused[count] = refused.get(count, 0) + 1
            if count >= fewest:
                print(f"{count:5}  {kind}: {text}")
    print(f"\n{'files':>7}{'shapes':>8}{'refused':>9}")
    for low, high in ((1, 1), (2, 2), (3, 9), (10, 99), (100, 10**9)):
        row = [sum(number for count, number in table.items() if low <= count <= high) for table in (seen, refused)]
        print(f"{low:6}{'+' if high > low else ' '}{row[0]:8}{row[1]:9}")
    return 0


def is_accepted(kind: str, text: str) -> bool:
    """Whether a router takes some line of this shape in some mode of this kind, or globally, or runs it."""
    modes = MODES.get(kind.split()[0]) or MODES.get(kind) or ("config", *ios_grammar().prompts)
    words = re.sub(r"<(word|ip|int)>(?=[,:])", "1", text.removesuffix("...")).split()
    beginning = text.endswith("...")
    for mode in dict.fromkeys((*modes, "config")):
        for address in ("10.0.0.1", "10.0.0.0"):
            lines = _concrete(mode, words, address)
            if any(beginning or _applies(kind, mode, line) for line in lines):
                return True
    return any(_parses(line) for line in _concrete("privileged", words))


def _applies(kind: str, mode: str, line: str) -> bool:
    configurator = Configurator(Router(Simulator(), "Router"))
    try:
        if mode in OPENERS:
            where = re.match(r"interface (Loopback|Tunnel|Virtual-Template|Vlan)", kind)
            opener = configurator.parse(f"{where.group()}1" if where else OPENERS[mode])
            assert opener is not None
            configurator.apply(opener)
        elif mode != "config":
            configurator.stack.append(Config(mode))
        statement = configurator.parse(line)
        if statement is not None and not statement.do:
            configurator.apply(statement)
    except CliError:
        return False
    return True


def _concrete(mode: str, words: list[str], first_address: str = "10.0.0.1") -> list[str]:
    """One line for each way through the grammar; all ways go forward together, a word at a time."""
    ways = [""]
    for index, word in enumerate(words):
        reached: dict[Node, str] = {}
        choices = _choices(word, words[:index].count(word), first_address)
        for line in (f"{before} {choice}" for before in ways for choice in choices):
            node = _position(mode, line, last=index == len(words) - 1)
            if node is not None:
                reached.setdefault(node, line)
        ways = list(reached.values())
    return ways


def _choices(word: str, turn: int, first_address: str) -> list[str]:
    """The values of a word of a shape; of addresses, another one comes first each time."""
    placeholder = re.search(r"<[^<>]*>", word)
    if placeholder is None or placeholder.group() not in VALUES:
        return [word]
    values = VALUES[placeholder.group()]
    if placeholder.group() == "<ip>":
        values = [first_address if turn == 0 else "", *values[turn:], *values[:turn]]
    return [word.replace(placeholder.group(), value) for value in values if value]


def _position(mode: str, line: str, last: bool) -> Node | None:
    """Where a line leads that may begin so; the type of an interface may stand in a word of its own."""
    words = split_words(line)
    for count in (len(words), len(words) - 1):
        try:
            return walk(ios_grammar().start(mode), line, words[:count])[0]
        except CliError:
            if last or not words[-1].text.isalpha():
                return None
    return None


def _parses(line: str) -> bool:
    try:
        parse(ios_grammar(), "privileged", line)
    except CliError:
        return False
    return True


if __name__ == "__main__":
    if not 2 <= len(sys.argv) <= 3 or not Path(sys.argv[1]).is_file():
        sys.exit(__doc__)
    sys.exit(main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) == 3 else FEWEST))
