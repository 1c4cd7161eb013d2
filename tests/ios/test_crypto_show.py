"""The shows of a VPN, line by line, for one scenario: a tunnel after a first ping (4 of 5) from R1."""

from __future__ import annotations

import re

import pytest

from ios.crypto_pair import Pair


@pytest.fixture(scope="module")
def up() -> Pair:
    pair = Pair()
    assert "Success rate is 80 percent (4/5)" in pair.ping()
    return pair


def outbound_spi(pair: Pair, number: int) -> str:
    found = re.search(r"current outbound spi: (\S+)", pair.type(number, "show crypto ipsec sa"))
    assert found is not None
    return found[1]


def test_isakmp_policy(up: Pair) -> None:
    assert up.type(1, "show crypto isakmp policy") == (
        "\n"
        "Global IKE policy\n"
        "Protection suite of priority 10\n"
        "\tencryption algorithm:\tAES - Advanced Encryption Standard (256 bit keys).\n"
        "\thash algorithm:\t\tSecure Hash Standard 2 (256 bit)\n"
        "\tauthentication method:\tPre-Shared Key\n"
        "\tDiffie-Hellman group:\t#14 (2048 bit)\n"
        "\tlifetime:\t\t86400 seconds, no volume limit\n"
    )


def test_isakmp_policy_without_any_shows_the_defaults() -> None:
    text = Pair({1: "no crypto isakmp policy 10"}).type(1, "show crypto isakmp policy")
    assert text.startswith(
        "\n"
        "Default IKE policy\n"
        "Protection suite of priority 65507\n"
        "\tencryption algorithm:\tAES - Advanced Encryption Standard (128 bit keys).\n"
    )
    assert text.count("Protection suite of priority") == 8


def test_isakmp_policies_are_sorted_by_priority() -> None:
    text = Pair({1: "crypto isakmp policy 5\n hash md5\n lifetime 600"}).type(1, "show crypto isakmp policy")
    assert text.index("priority 5\n") < text.index("priority 10\n")
    assert "\tencryption algorithm:\tDES - Data Encryption Standard (56 bit keys).\n" in text
    assert "\thash algorithm:\t\tMessage Digest 5\n" in text
    assert "\tauthentication method:\tRivest-Shamir-Adleman Signature\n" in text
    assert "\tDiffie-Hellman group:\t#1 (768 bit)\n" in text
    assert "\tlifetime:\t\t600 seconds, no volume limit\n" in text


def test_isakmp_policies_name_the_longer_hashes_and_the_other_groups() -> None:
    lines = "".join(
        f"crypto isakmp policy {20 + group}\n hash {'sha384' if group % 2 else 'sha512'}\n group {group}\n"
        for group in (15, 16, 19, 20, 21, 24)
    )
    pair = Pair({1: lines})
    text = pair.type(1, "show crypto isakmp policy")
    for shown in ("15 (3072 bit)", "16 (4096 bit)", "19 (256 bit)", "20 (384 bit)", "21 (521 bit)"):
        assert f"\tDiffie-Hellman group:\t#{shown}\n" in text
    assert "\tDiffie-Hellman group:\t#24 (2048 bit, 256 bit subgroup)\n" in text
    assert text.count("\thash algorithm:\t\tSecure Hash Standard 2 (384 bit)\n") == 3
    assert text.count("\thash algorithm:\t\tSecure Hash Standard 2 (512 bit)\n") == 3
    assert " hash sha384\n group 21\n" in pair.type(1, "show running-config")


def test_engine_connections(up: Pair) -> None:
    """Columns as in a capture of IOS; R1 has sent 4 packets that got an answer each."""
    assert up.type(1, "show crypto engine connections active") == (
        "Crypto Engine Connections\n"
        "\n"
        "   ID  Type    Algorithm      Encrypt  Decrypt LastSeqN IP-Address\n"
        "    1  IPsec   AES256+SHA256        0        4        4 203.0.113.1\n"
        "    2  IPsec   AES256+SHA256        4        0        0 203.0.113.1\n"
        " 1001  IKE     SHA256+AES256        0        0        0 203.0.113.1\n"
        "\n"
    )


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("esp-des esp-md5-hmac", ["DES+MD5"]),
        ("esp-aes esp-sha-hmac", ["AES+SHA"]),
        ("esp-gcm 256", ["AES256-GCM"]),
        ("ah-sha384-hmac esp-3des", ["3DES", "AHSHA384"]),
    ],
)
def test_engine_connections_name_the_algorithms(words: str, names: list[str]) -> None:
    pair = Pair(dict.fromkeys((1, 2), f"crypto ipsec transform-set STRONG {words}"))
    pair.ping()
    rows = [line.split() for line in pair.type(1, "show crypto engine connections active").splitlines()]
    assert [row[2] for row in rows if row[1:2] == ["IPsec"]] == names * 2


def test_isakmp_key() -> None:
    pair = Pair({1: "crypto isakmp key Cisco!23 address 10.1.0.0 255.255.0.0"})
    assert pair.type(1, "show crypto isakmp key") == (
        "Keyring      Hostname/Address                            Preshared Key\n"
        "\n"
        "default      203.0.113.2                                 Kopernikus1543\n"
        "default      10.1.0.0       [255.255.0.0    ]            Cisco!23\n"
    )


@pytest.mark.parametrize("number", [1, 2])
def test_isakmp_sa_names_the_responder_as_destination(up: Pair, number: int) -> None:
    assert up.type(number, "show crypto isakmp sa") == (
        "IPv4 Crypto ISAKMP SA\n"
        "dst             src             state          conn-id status\n"
        "203.0.113.2     203.0.113.1     QM_IDLE           1001 ACTIVE\n"
        "\n"
        "IPv6 Crypto ISAKMP SA\n"
        "\n"
    )


def test_isakmp_sa_detail(up: Pair) -> None:
    text = up.type(2, "show crypto isakmp sa detail")
    assert re.sub(r"23:59:\d\d", "23:59:5x", text) == (
        "Codes: C - IKE configuration mode, D - Dead Peer Detection\n"
        "       K - Keepalives, N - NAT-traversal\n"
        "       T - cTCP encapsulation, X - IKE Extended Authentication\n"
        "       psk - Preshared key, rsig - RSA signature\n"
        "       renc - RSA encryption\n"
        "IPv4 Crypto ISAKMP SA\n"
        "\n"
        "C-id  Local           Remote          I-VRF  Status Encr Hash   Auth DH Lifetime Cap.\n"
        "\n"
        "1001  203.0.113.2     203.0.113.1            ACTIVE aes  sha256 psk  14 23:59:5x     \n"
        "       Engine-id:Conn-id =  SW:1\n"
        "\n"
        "IPv6 Crypto ISAKMP SA\n"
        "\n"
    )


def test_transform_sets(up: Pair) -> None:
    assert up.type(1, "show crypto ipsec transform-set") == (
        "Transform set default: { esp-aes esp-sha-hmac  } \n"
        "   will negotiate = { Transport,  }, \n"
        "   \n"
        "Transform set STRONG: { esp-256-aes esp-sha256-hmac  } \n"
        "   will negotiate = { Tunnel,  }, \n"
        "   \n"
    )


def test_ipsec_sa(up: Pair) -> None:
    text = up.type(1, "show crypto ipsec sa")
    outbound, inbound = outbound_spi(up, 1), outbound_spi(up, 2)
    assert outbound != inbound
    assert re.sub(r"/35\d\d\)", "/35xx)", text) == (
        "\n"
        "interface: GigabitEthernet0/0\n"
        "    Crypto map tag: VPN, local addr 203.0.113.1\n"
        "\n"
        "   protected vrf: (none)\n"
        "   local  ident (addr/mask/prot/port): (192.168.1.0/255.255.255.0/0/0)\n"
        "   remote ident (addr/mask/prot/port): (192.168.2.0/255.255.255.0/0/0)\n"
        "   current_peer 203.0.113.2 port 500\n"
        "     PERMIT, flags={origin_is_acl,}\n"
        "    #pkts encaps: 4, #pkts encrypt: 4, #pkts digest: 4\n"
        "    #pkts decaps: 4, #pkts decrypt: 4, #pkts verify: 4\n"
        "    #pkts compressed: 0, #pkts decompressed: 0\n"
        "    #pkts not compressed: 0, #pkts compr. failed: 0\n"
        "    #pkts not decompressed: 0, #pkts decompress failed: 0\n"
        "    #send errors 1, #recv errors 0\n"
        "\n"
        "     local crypto endpt.: 203.0.113.1, remote crypto endpt.: 203.0.113.2\n"
        "     plaintext mtu 1438, path mtu 1500, ip mtu 1500, ip mtu idb GigabitEthernet0/0\n"
        f"     current outbound spi: {outbound}\n"
        "     PFS (Y/N): N, DH group: none\n"
        "\n"
        "     inbound esp sas:\n"
        f"      spi: {inbound}\n"
        "        transform: esp-256-aes esp-sha256-hmac ,\n"
        "        in use settings ={Tunnel, }\n"
        "        conn id: 1, flow_id: SW:1, sibling_flags 80000040, crypto map: VPN\n"
        "        sa timing: remaining key lifetime (k/sec): (4607999/35xx)\n"
        "        IV size: 16 bytes\n"
        "        replay detection support: Y\n"
        "        Status: ACTIVE(ACTIVE)\n"
        "\n"
        "     inbound ah sas:\n"
        "\n"
        "     inbound pcp sas:\n"
        "\n"
        "     outbound esp sas:\n"
        f"      spi: {outbound}\n"
        "        transform: esp-256-aes esp-sha256-hmac ,\n"
        "        in use settings ={Tunnel, }\n"
        "        conn id: 2, flow_id: SW:2, sibling_flags 80000040, crypto map: VPN\n"
        "        sa timing: remaining key lifetime (k/sec): (4607999/35xx)\n"
        "        IV size: 16 bytes\n"
        "        replay detection support: Y\n"
        "        Status: ACTIVE(ACTIVE)\n"
        "\n"
        "     outbound ah sas:\n"
        "\n"
        "     outbound pcp sas:\n"
    )


def test_ipsec_sa_of_a_peer(up: Pair) -> None:
    assert up.type(1, "show crypto ipsec sa peer 203.0.113.2") == up.type(1, "show crypto ipsec sa")
    assert up.type(1, "show crypto ipsec sa peer 203.0.113.9") == "\nNo SAs found\n"


def test_ipsec_sa_before_any_traffic() -> None:
    text = Pair().type(1, "show crypto ipsec sa")
    assert "#pkts encaps: 0, #pkts encrypt: 0, #pkts digest: 0" in text
    assert "     plaintext mtu 1500, path mtu 1500," in text
    assert "     current outbound spi: 0x0(0)\n" in text
    assert "     inbound esp sas:\n\n     inbound ah sas:\n" in text


def test_ipsec_sa_without_a_crypto_map() -> None:
    pair = Pair({1: "interface GigabitEthernet0/0\n no crypto map"})
    assert pair.type(1, "show crypto ipsec sa") == "\nNo SAs found\n"


def test_ipsec_sa_shows_pfs_and_its_group() -> None:
    pfs = "crypto map VPN 10 ipsec-isakmp\n set pfs group5"
    pair = Pair({1: pfs, 2: pfs})
    pair.ping()
    assert "     PFS (Y/N): Y, DH group: group5\n" in pair.type(1, "show crypto ipsec sa")


def test_crypto_map() -> None:
    lines = (
        "crypto map VPN 10 ipsec-isakmp\n description To site 2\n set pfs group14\n"
        " set security-association lifetime seconds 1200\n"
        "crypto map VPN 20 ipsec-isakmp\n set transform-set STRONG"
    )
    pair = Pair()
    pair.type(1, "configure terminal")
    for line in lines.splitlines():
        pair.type(1, line)
    pair.type(1, "end")
    assert pair.type(1, "show crypto map") == (
        'Crypto Map IPv4 "VPN" 10 ipsec-isakmp\n'
        "\tDescription: To site 2\n"
        "\tPeer = 203.0.113.2\n"
        "\tExtended IP access list TUNNEL\n"
        "\t    access-list TUNNEL permit ip 192.168.1.0 0.0.0.255 192.168.2.0 0.0.0.255\n"
        "\tCurrent peer: 203.0.113.2\n"
        "\tSecurity association lifetime: 4608000 kilobytes/1200 seconds\n"
        "\tResponder-Only (Y/N): N\n"
        "\tPFS (Y/N): Y\n"
        "\tDH group:  group14\n"
        "\tMixed-mode : Disabled\n"
        "\tTransform sets={ \n"
        "\t\tSTRONG:  { esp-256-aes esp-sha256-hmac  } , \n"
        "\t}\n"
        "\n"
        'Crypto Map IPv4 "VPN" 20 ipsec-isakmp\n'
        "\tWARNING: This crypto map is in an incomplete state!\n"
        "\t\t(missing peer or access-list definitions)\n"
        "\tNo matching address list set.\n"
        "\tSecurity association lifetime: 4608000 kilobytes/3600 seconds\n"
        "\tResponder-Only (Y/N): N\n"
        "\tPFS (Y/N): N\n"
        "\tMixed-mode : Disabled\n"
        "\tTransform sets={ \n"
        "\t\tSTRONG:  { esp-256-aes esp-sha256-hmac  } , \n"
        "\t}\n"
        "\tInterfaces using crypto map VPN:\n"
        "\t\tGigabitEthernet0/0\n"
        "\n"
    )


def test_session(up: Pair) -> None:
    assert up.type(1, "show crypto session") == (
        "Crypto session current status\n"
        "\n"
        "Interface: GigabitEthernet0/0\n"
        "Session status: UP-ACTIVE     \n"
        "Peer: 203.0.113.2 port 500 \n"
        "  Session ID: 0  \n"
        "  IKEv1 SA: local 203.0.113.1/500 remote 203.0.113.2/500 Active \n"
        "  IPSEC FLOW: permit ip 192.168.1.0/255.255.255.0 192.168.2.0/255.255.255.0 \n"
        "        Active SAs: 2, origin: crypto map\n"
        "\n"
    )


def test_session_detail(up: Pair) -> None:
    text = up.type(1, "show crypto session detail")
    text = re.sub(r"(Uptime: |lifetime:|/)(00:00:|23:59:|35)\d\d", r"\1\2xx", text)
    assert text == (
        "Crypto session current status\n"
        "\n"
        "Code: C - IKE Configuration mode, D - Dead Peer Detection     \n"
        "K - Keepalives, N - NAT-traversal, T - cTCP encapsulation     \n"
        "X - IKE Extended Authentication, F - IKE Fragmentation\n"
        "R - IKE Auto Reconnect, U - IKE Dynamic Route Update\n"
        "S - SIP VPN\n"
        "\n"
        "Interface: GigabitEthernet0/0\n"
        "Uptime: 00:00:xx\n"
        "Session status: UP-ACTIVE     \n"
        "Peer: 203.0.113.2 port 500 fvrf: (none) ivrf: (none)\n"
        "      Phase1_id: 203.0.113.2\n"
        "      Desc: (none)\n"
        "  Session ID: 0  \n"
        "  IKEv1 SA: local 203.0.113.1/500 remote 203.0.113.2/500 Active \n"
        "          Capabilities:(none) connid:1001 lifetime:23:59:xx\n"
        "  IPSEC FLOW: permit ip 192.168.1.0/255.255.255.0 192.168.2.0/255.255.255.0 \n"
        "        Active SAs: 2, origin: crypto map\n"
        "        Inbound:  #pkts dec'ed 4 drop 0 life (KB/Sec) 4607999/35xx\n"
        "        Outbound: #pkts enc'ed 4 drop 1 life (KB/Sec) 4607999/35xx\n"
        "\n"
    )


def status(pair: Pair) -> str:
    found = re.search(r"Session status: (\S+)", pair.type(1, "show crypto session"))
    assert found is not None
    return found[1]


def test_session_status_follows_the_sas() -> None:
    pair = Pair()
    assert status(pair) == "DOWN"
    pair.ping()
    assert status(pair) == "UP-ACTIVE"
    pair.type(1, "clear crypto sa")
    assert status(pair) == "UP-IDLE"
    pair.ping()
    pair.type(1, "clear crypto isakmp")
    pair.pass_time(120)
    assert status(pair) == "UP-NO-IKE"
    pair.type(1, "clear crypto sa")
    assert status(pair) == "DOWN"
    pair.configure(2, "no crypto isakmp enable")
    pair.ping()
    assert status(pair) == "DOWN-NEGOTIATING"


def test_clear_isakmp_by_connection_leaves_a_deleted_entry() -> None:
    pair = Pair()
    pair.ping()
    pair.type(1, "clear crypto isakmp 1002")
    assert "QM_IDLE           1001 ACTIVE\n" in pair.type(1, "show crypto isakmp sa")
    pair.type(1, "clear crypto isakmp 1001")
    pair.pass_time(1)
    gone = "203.0.113.2     203.0.113.1     MM_NO_STATE       1001 ACTIVE (deleted)\n"
    for number in (1, 2):
        assert gone in pair.type(number, "show crypto isakmp sa")
    pair.type(1, "clear crypto sa")
    pair.ping()
    text = pair.type(1, "show crypto isakmp sa")
    assert text.index("QM_IDLE           1002 ACTIVE\n") < text.index(gone)


def test_clear_sa_of_a_peer() -> None:
    pair = Pair()
    pair.ping()
    pair.type(1, "clear crypto sa peer 203.0.113.9")
    assert "Active SAs: 2" in pair.type(1, "show crypto session")
    pair.type(1, "clear crypto sa peer 203.0.113.2")
    pair.pass_time(1)
    for number in (1, 2):
        assert "Active SAs: 0" in pair.type(number, "show crypto session")
