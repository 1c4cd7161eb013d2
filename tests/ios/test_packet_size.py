"""Long packets and IPsec, typed: `crypto ipsec fragmentation` and `df-bit`, `ip mtu`, and what is known of the path."""

from __future__ import annotations

import pytest

from iosim.wire.icmp import Icmp
from iosim.wire.ipv4 import ESP, ICMP, Ipv4

from .crypto_pair import GIGABIT, Pair

AFTER, BEFORE = "crypto ipsec fragmentation after-encryption", "crypto ipsec fragmentation before-encryption"
GI = "\ninterface gi0/0\n"
LONG = "ping 192.168.2.1 source 192.168.1.1 size 1500 repeat 2"


def established(lines: str = "") -> Pair:
    pair = Pair({1: lines} if lines else None)
    assert "(4/5)" in pair.ping()
    pair.type(2, "clear crypto sa counters")
    return pair


def decapsulated(pair: Pair) -> int:
    shown = pair.type(2, "show crypto ipsec sa")
    return int(shown.split("#pkts decaps: ")[1].split(",")[0])


def frags(pair: Pair, number: int) -> str:
    return " ".join(pair.type(number, "show ip traffic | include Frags|fragmented").split("Frags: ")[1].split())


@pytest.mark.parametrize(("lines", "packets", "put_together"), [
    ("", 4, 0),
    (AFTER, 2, 2),
    (GI + AFTER, 2, 2),
    (AFTER + GI + BEFORE, 4, 0),
    (f"{AFTER}\nno {AFTER}", 4, 0),
    (f"{AFTER}\ndefault crypto ipsec fragmentation", 4, 0),
    (f"{AFTER}\ncrypto ipsec df-bit set{GI}crypto ipsec df-bit copy", 2, 2),
])  # fmt: skip
def test_where_long_packets_are_cut(lines: str, packets: int, put_together: int) -> None:
    pair = established(lines)
    assert "(2/2)" in pair.type(1, LONG)
    assert decapsulated(pair) == packets
    # R2 answers in two packets each: it has cut 2 into 4. What R1 puts together are the answers, not ESP.
    assert frags(pair, 1).startswith("2 reassembled, 0 timeouts, 0 couldn't reassemble 2 fragmented, 4 fragments, 0")
    assert frags(pair, 2).startswith(f"{put_together + (2 if packets == 4 else 0)} reassembled, 0 timeouts")


@pytest.mark.parametrize(("lines", "passes"), [
    ("", False),
    ("crypto ipsec df-bit clear", True),
    ("interface gi0/0\ncrypto ipsec df-bit clear", True),
    ("crypto ipsec df-bit clear\ninterface gi0/0\ncrypto ipsec df-bit set", False),
    ("crypto ipsec df-bit clear\nno crypto ipsec df-bit", False),
])  # fmt: skip
def test_df(lines: str, passes: bool) -> None:
    pair = established(lines)
    printed = pair.type(1, LONG + " df-bit")
    assert ("(2/2)" if passes else "(0/2)") in printed
    shown = pair.type(1, "show crypto ipsec sa")
    assert f"#send errors {1 if passes else 3}," in shown  # the first is that of the negotiation
    assert frags(pair, 1).endswith(f"{0 if passes else 2} couldn't fragment")


def test_the_configuration_is_written_as_it_was_typed() -> None:
    lines = "crypto ipsec df-bit clear\ncrypto ipsec fragmentation after-encryption"
    pair = Pair({1: f"{lines}\ninterface gi0/0\ncrypto ipsec df-bit copy\nip tcp adjust-mss 1360"})
    written = pair.type(1, "show running-config")
    assert f"{lines}\n".replace("\n", "") in written.replace("\n", "").replace("\r", "")
    interface = pair.type(1, "show running-config interface gi0/0")
    assert " crypto map VPN\n crypto ipsec df-bit copy\n" in interface and " ip tcp adjust-mss 1360\n" in interface
    pair.configure(1, f"no crypto ipsec df-bit\ndefault crypto ipsec fragmentation{GI}no ip tcp adjust-mss")
    written = pair.type(1, "show running-config")
    assert "df-bit clear" not in written and "fragmentation" not in written and "adjust-mss" not in written
    assert "crypto ipsec" not in pair.type(1, "show iosim unsupported")


@pytest.mark.parametrize("line", ["crypto ipsec df-bit", "crypto ipsec fragmentation", "ip tcp adjust-mss 499"])
def test_what_is_refused(line: str) -> None:
    pair = Pair()
    pair.type(1, "configure terminal")
    pair.type(1, "interface gi0/0")
    assert "% In" in pair.type(1, line)


def test_ip_mtu_of_the_interface_is_the_beginning_of_the_path() -> None:
    pair = established("interface gi0/0\nip mtu 1400")
    shown = pair.type(1, "show crypto ipsec sa")
    assert "plaintext mtu 1326, path mtu 1400, ip mtu 1400, ip mtu idb GigabitEthernet0/0" in shown
    assert "(2/2)" in pair.type(1, LONG)


def test_what_a_router_on_the_way_says_is_shown_and_ends() -> None:
    pair = established()
    sealed: list[bytes] = []
    pair.routers[1].ports[GIGABIT].taps.append(lambda outbound, frame: sealed.append(frame[14:]) if outbound else None)
    pair.type(1, "ping 192.168.2.1 source 192.168.1.1 size 1400 repeat 1 df-bit")
    (quote,) = [packet for packet in sealed if packet[9] == ESP]
    message = Ipv4(0xC6336401, 0xCB007101, ICMP, Icmp(3, 4, 1300, quote[:28]).pack()).pack()
    stack = pair.routers[1].stack
    stack.protocols[ICMP](message, stack.interfaces[GIGABIT])
    shown = pair.type(1, "show crypto ipsec sa")
    assert "plaintext mtu 1230, path mtu 1300, ip mtu 1500, ip mtu idb GigabitEthernet0/0" in shown
    assert "(2/2)" in pair.type(1, LONG)
    pair.pass_time(600)
    assert "plaintext mtu 1438, path mtu 1500, ip mtu 1500" in pair.type(1, "show crypto ipsec sa")


def test_virtual_reassembly_is_kept_shown_and_counts() -> None:
    pair = established()
    line = "ip virtual-reassembly in max-fragments 20 max-reassemblies 8 timeout 5"
    pair.configure(2, f"interface gi0/0\n{line}\ninterface loopback0\nip virtual-reassembly drop-fragments")
    assert f" {line}\n" in pair.type(2, "show running-config interface gi0/0")
    shown = pair.type(2, "show ip virtual-reassembly").replace("\r", "")
    assert shown == (
        "GigabitEthernet0/0:\n"
        "   Virtual Fragment Reassembly (VFR) is ENABLED [in]\n"
        "   Concurrent reassemblies (max-reassemblies): 8\n"
        "   Fragments per reassembly (max-fragments): 20\n"
        "   Reassembly timeout (timeout): 5 seconds\n"
        "   Drop fragments: OFF\n"
        "\n"
        "   Current reassembly count:0\n"
        "   Current fragment count:0\n"
        "   Total reassembly count:0\n"
        "   Total reassembly timeout count:0\n"
        "\n"
        "Loopback0:\n"
        "   Virtual Fragment Reassembly (VFR) is ENABLED [in]\n"
        "   Concurrent reassemblies (max-reassemblies): 16\n"
        "   Fragments per reassembly (max-fragments): 32\n"
        "   Reassembly timeout (timeout): 3 seconds\n"
        "   Drop fragments: ON\n"
        "\n"
        "   Current reassembly count:0\n"
        "   Current fragment count:0\n"
        "   Total reassembly count:0\n"
        "   Total reassembly timeout count:0\n"
    )
    assert "virtual" not in pair.type(2, "show iosim unsupported")
    pair.configure(2, "interface gi0/0\nip virtual-reassembly out timeout 7")
    assert " ip virtual-reassembly out timeout 7\n" in pair.type(2, "show running-config interface gi0/0")
    ways = pair.type(2, "show ip virtual-reassembly gi0/0").replace("\r", "")
    assert ways.count("GigabitEthernet0/0:\n") == 1
    assert "(timeout): 5" in ways.partition("[out]")[0] and "(timeout): 7" in ways.partition("[out]")[2]
    pair.configure(2, "interface gi0/0\nno ip virtual-reassembly out")
    pair.configure(2, "interface gi0/0\nno ip virtual-reassembly in")
    assert "Gigabit" not in pair.type(2, "show ip virtual-reassembly")


def test_a_flood_of_first_fragments_is_said_and_ends() -> None:
    pair = established("interface gi0/0\nip virtual-reassembly")
    stack = pair.routers[1].stack
    interface = stack.interfaces[GIGABIT]
    for number in range(20):
        first = Ipv4(0xC6336401, 0xC6336501, 17, bytes(64), identification=number, more_fragments=True).pack()
        stack.receive(interface, interface.mac + bytes(6) + b"\x08\0" + first)
    message = (
        "%IP_VFR-4-FRAG_TABLE_OVERFLOW: GigabitEthernet0/0: the fragment table has reached its maximum threshold 16"
    )
    assert pair.shown(1).count(message) == 4
    assert "Current reassembly count:16\n" in pair.type(1, "show ip virtual-reassembly").replace("\r", "")
    pair.pass_time(3)
    assert "Total reassembly timeout count:16\n" in pair.type(1, "show ip virtual-reassembly").replace("\r", "")
