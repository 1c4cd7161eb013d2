"""`debug crypto isakmp` and `debug crypto ipsec`: the words of a good exchange, and of each mistake on its side.

The words are those of ../shared/reference/failures.md, in the form of IOS 15 (`ISAKMP:(0):…`).
"""

from __future__ import annotations

from typing import get_args

import pytest

from ios.crypto_pair import Pair, in_order
from iosim.ike.v1.trace import Trace
from iosim.ike.v1.trace.packets import Duplicate, MessageRejected
from iosim.ike.v1.trace.payloads import PayloadIgnored, VendorId
from iosim.ios.features.isakmp.engine import IsakmpFeature
from iosim.ios.features.isakmp.words import WORDS, words


def debugged(change: dict[int, str] | None = None, then: int = 5) -> Pair:
    """A pair with debugging on at both ends, after R1 has tried to ping through the tunnel."""
    pair = Pair(change)
    for number in (1, 2):
        pair.debug(number)
    pair.ping()
    pair.pass_time(then)
    return pair


def test_every_step_has_words() -> None:
    steps = get_args(Trace)
    assert len(steps) > 30
    assert set(WORDS) == set(steps)


def test_nothing_is_traced_while_debugging_is_off() -> None:
    pair = Pair()
    engine = pair.routers[1][IsakmpFeature].engine
    assert engine.trace is None
    pair.debug(1)
    assert engine.trace is not None
    pair.type(1, "no debug crypto ipsec")
    assert engine.trace is not None
    pair.type(1, "undebug all")
    assert engine.trace is None
    pair.ping()
    assert "ISAKMP:" not in pair.shown(1)
    assert "IPSEC(" not in pair.shown(1)


def test_each_switch_prints_its_own_lines_only() -> None:
    pair = Pair()
    pair.type(1, "debug crypto isakmp")
    pair.type(2, "debug crypto ipsec")
    pair.ping()
    assert "ISAKMP:" in pair.shown(1)
    assert "IPSEC(" not in pair.shown(1)
    assert "IPSEC(validate_proposal_request)" in pair.shown(2)
    assert "IPSEC(create_sa)" in pair.shown(2)
    assert "ISAKMP:" not in pair.shown(2)


def test_debugging_goes_to_the_log_with_a_time_stamp() -> None:
    pair = debugged()
    line = "*Mar  1 00:00:30.005: IPSEC(key_engine): got a queue event with 1 KMI message(s)\n"
    assert line in pair.shown(1)
    assert line in pair.type(1, "show logging")


def test_a_good_exchange_at_the_initiator() -> None:
    # failures.md section 0; NAT-T vendor IDs are not sent and so not constructed.
    in_order(
        debugged().shown(1),
        "ISAKMP:(0): SA request profile is (NULL)\n",
        "ISAKMP: Created a peer struct for 203.0.113.2, peer port 500\n",
        "ISAKMP: New peer created peer = 0x4A3F1134 peer_handle = 0x80000002\n",
        "ISAKMP: Locking peer struct 0x4A3F1134, refcount 1 for isakmp_initiator\n",
        "ISAKMP: local port 500, remote port 500\n",
        "ISAKMP: set new node 0 to QM_IDLE      \n",
        "ISAKMP:(0):insert sa successfully sa = 4A6D3768\n",
        "ISAKMP:(0):Can not start Aggressive mode, trying Main mode.\n",
        "ISAKMP:(0):found peer pre-shared key matching 203.0.113.2\n",
        "ISAKMP:(0):Input = IKE_MESG_FROM_IPSEC, IKE_SA_REQ_MM\n",
        "ISAKMP:(0):Old State = IKE_READY  New State = IKE_I_MM1 \n",
        "ISAKMP:(0): beginning Main Mode exchange\n",
        "ISAKMP:(0): sending packet to 203.0.113.2 my_port 500 peer_port 500 (I) MM_NO_STATE\n",
        "ISAKMP (0): received packet from 203.0.113.2 dport 500 sport 500 Global (I) MM_NO_STATE\n",
        "ISAKMP:(0): processing SA payload. message ID = 0\n",
        "ISAKMP:(0): local preshared key found\n",
        "ISAKMP:(0):Checking ISAKMP transform 1 against priority 10 policy\n",
        "ISAKMP:      encryption AES-CBC\n",
        "ISAKMP:      keylength of 256\n",
        "ISAKMP:      hash SHA256\n",
        "ISAKMP:      default group 14\n",
        "ISAKMP:      auth pre-share\n",
        "ISAKMP:      life type in seconds\n",
        "ISAKMP:      life duration (VPI) of  0x0 0x1 0x51 0x80 \n",
        "ISAKMP:(0):atts are acceptable. Next payload is 0\n",
        "ISAKMP:(0):Old State = IKE_I_MM2  New State = IKE_I_MM3 \n",
        "(I) MM_SA_SETUP\n",
        "ISAKMP:(0): processing KE payload. message ID = 0\n",
        "ISAKMP:(1001):Old State = IKE_I_MM4  New State = IKE_I_MM4 \n",
        "ISAKMP:(1001):Send initial contact\n",
        "ISAKMP:(1001):SA is doing pre-shared key authentication using id type ID_IPV4_ADDR\n",
        "ISAKMP (1001): ID payload \n\tnext-payload : 8\n\ttype         : 1 \n\taddress      : 203.0.113.1 \n"
        "\tprotocol     : 17 \n\tport         : 500 \n\tlength       : 12\n",
        "(I) MM_KEY_EXCH\n",
        "ISAKMP:(1001): processing HASH payload. message ID = 0\n",
        "ISAKMP:(1001):SA has been authenticated with 203.0.113.2\n",
        "ISAKMP: Trying to insert a peer 203.0.113.1/203.0.113.2/500/,  and inserted successfully 4A3F1134.\n",
        "ISAKMP:(1001):Old State = IKE_I_MM6  New State = IKE_P1_COMPLETE \n",
        "ISAKMP:(1001):beginning Quick Mode exchange, M-ID of ",
        "ISAKMP:(1001):QM Initiator gets spi\n",
        "(I) QM_IDLE      \n",
        "ISAKMP:(1001):Node ",
        ", Input = IKE_MESG_INTERNAL, IKE_INIT_QM\n",
        "ISAKMP:(1001):Old State = IKE_QM_READY  New State = IKE_QM_I_QM1\n",
        "ISAKMP:(1001):Checking IPSec proposal 1\n",
        "ISAKMP: transform 1, ESP_AES \n",
        "ISAKMP:      encaps is 1 (Tunnel)\n",
        "ISAKMP:      SA life duration (basic) of 3600\n",
        "ISAKMP:      SA life duration (VPI) of  0x0 0x46 0x50 0x0 \n",
        "ISAKMP:      authenticator is HMAC-SHA256\n",
        "ISAKMP:      key length is 256\n",
        "ISAKMP:(1001):atts are acceptable.\n",
        "ISAKMP:(1001):Old State = IKE_QM_I_QM1  New State = IKE_QM_IPSEC_INSTALL_AWAIT\n",
        "ISAKMP: Failed to find peer index node to update peer_info_list\n",
        "ISAKMP:(1001):Received IPSec Install callback... proceeding with the negotiation\n",
        "ISAKMP:(1001):Successfully installed IPSEC SA (SPI:0x",
        ") on GigabitEthernet0/0\n",
        'error FALSE reason "No Error"\n',
        "ISAKMP:(1001):Old State = IKE_QM_IPSEC_INSTALL_AWAIT  New State = IKE_QM_PHASE2_COMPLETE\n",
    )


def test_a_good_exchange_at_the_responder() -> None:
    in_order(
        debugged().shown(2),
        "ISAKMP (0): received packet from 203.0.113.1 dport 500 sport 500 Global (N) NEW SA\n",
        "ISAKMP: Locking peer struct 0x4A3F1134, refcount 1 for crypto_isakmp_process_block\n",
        "ISAKMP:(0):insert sa successfully sa = 4A6D3768\n",
        "ISAKMP:(0):Old State = IKE_READY  New State = IKE_R_MM1 \n",
        "(R) MM_SA_SETUP\n",
        "ISAKMP:(1001): vendor ID seems Unity/DPD but major ",
        "ISAKMP:(1001): vendor ID is XAUTH\n",
        "ISAKMP:(1001): processing NOTIFY INITIAL_CONTACT protocol 1\n\tspi 0, message ID = 0, sa = 0x4A6D3768\n",
        "ISAKMP:(1001):SA has been authenticated with 203.0.113.1\n",
        "ISAKMP:(1001):SA authentication status:\n\tauthenticated\n",
        "ISAKMP:(1001):Process initial contact,\nbring down existing phase 1 and 2 SA's with local 203.0.113.2 remote "
        "203.0.113.1 remote port 500\n",
        "ISAKMP:(1001):Old State = IKE_R_MM5  New State = IKE_P1_COMPLETE \n",
        "ISAKMP: set new node ",
        "ISAKMP:(1001):Checking IPSec proposal 1\n",
        "ISAKMP:(1001):QM Responder gets spi\n",
        "ISAKMP:(1001):Old State = IKE_QM_IPSEC_INSTALL_AWAIT  New State = IKE_QM_R_QM2\n",
        'error FALSE reason "QM done (await)"\n',
        "ISAKMP:(1001):Old State = IKE_QM_R_QM2  New State = IKE_QM_PHASE2_COMPLETE\n",
    )


def test_ipsec_asks_for_sas_and_creates_them() -> None:
    in_order(
        debugged().shown(1),
        "IPSEC(sa_request): ,\n"
        "  (key eng. msg.) OUTBOUND local= 203.0.113.1:500, remote= 203.0.113.2:500,\n"
        "    local_proxy= 192.168.1.0/255.255.255.0/256/0,\n"
        "    remote_proxy= 192.168.2.0/255.255.255.0/256/0,\n"
        "    protocol= ESP, transform= esp-aes 256 esp-sha256-hmac  (Tunnel), \n"
        "    lifedur= 3600s and 4608000kb, \n"
        "    spi= 0x0(0), conn_id= 0, keysize= 256, flags= 0x0\n",
        "ISAKMP:(0): beginning Main Mode exchange\n",
        "IPSEC(validate_proposal_request): proposal part #1,\n"
        "  (key eng. msg.) INBOUND local= 203.0.113.1:0, remote= 203.0.113.2:0,\n",
        "Crypto mapdb : proxy_match\n\tsrc addr     : 192.168.1.0\n\tdst addr     : 192.168.2.0\n",
        "IPSEC(key_engine): got a queue event with 1 KMI message(s)\n",
        "IPSEC(crypto_ipsec_create_ipsec_sas): Map found VPN, 10\n",
        "IPSEC(create_sa): sa created,\n  (sa) sa_dest= 203.0.113.1, sa_proto= 50, \n    sa_spi= 0x",
        "    sa_trans= esp-aes 256 esp-sha256-hmac , sa_conn_id= 1\n    sa_lifetime(k/sec)= (4608000/3600),\n",
        "IPSEC(create_sa): sa created,\n  (sa) sa_dest= 203.0.113.2, sa_proto= 50, \n    sa_spi= 0x",
        "    sa_trans= esp-aes 256 esp-sha256-hmac , sa_conn_id= 2\n",
        "current outbound sa to SPI ",
    )


def test_ipsec_validates_the_proposal_of_a_peer() -> None:
    in_order(
        debugged().shown(2),
        "ISAKMP:(1001):atts are acceptable.\n",
        "IPSEC(validate_proposal_request): proposal part #1,\n"
        "  (key eng. msg.) INBOUND local= 203.0.113.2:0, remote= 203.0.113.1:0,\n",
        "Crypto mapdb : proxy_match\n\tsrc addr     : 192.168.2.0\n\tdst addr     : 192.168.1.0\n\tprotocol     : 0\n",
        "(ipsec_process_proposal)Map Accepted: VPN, 10\n",
        "ISAKMP:(1001): processing NONCE payload.",
        "IPSEC(create_sa): sa created,\n  (sa) sa_dest= 203.0.113.2, sa_proto= 50, \n",
        "ISAKMP:(1001):Old State = IKE_QM_R_QM2  New State = IKE_QM_PHASE2_COMPLETE\n",
        "IPSEC(key_engine): got a queue event with 1 KMI message(s)\n",
        "IPSEC(key_engine_enable_outbound): rec'd enable notify from ISAKMP\n",
    )


def test_clearing_deletes_at_both_ends() -> None:
    pair = debugged()
    pair.type(1, "clear crypto sa")
    pair.pass_time(1)
    in_order(pair.shown(1), "IPSEC(delete_sa): deleting SA,\n  (sa) sa_dest= 203.0.113.1, sa_proto= 50, \n")
    in_order(
        pair.shown(2),
        "ISAKMP:(1001): processing DELETE payload. message ID = ",
        "ISAKMP:(1001):Enqueued KEY_MGR_DELETE_SAS for IPSEC SA (SPI:0x",
        "IPSEC(key_engine_delete_sas): rec'd delete notify from ISAKMP\n",
        "IPSEC(delete_sa): deleting SA,\n",
    )
    pair.type(1, "clear crypto isakmp")
    pair.pass_time(1)
    reason = "state (I) QM_IDLE       (peer 203.0.113.2)"
    in_order(
        pair.shown(1),
        f'ISAKMP:(1001):deleting SA reason "BY user command" {reason}\n',
        "ISAKMP: set new node ",
        "ISAKMP:(1001):purging node ",
        "ISAKMP:(1001):Old State = IKE_P1_COMPLETE  New State = IKE_DEST_SA \n",
        f'ISAKMP:(1001):deleting SA reason "BY user command" {reason} \n',
        "ISAKMP: Unlocking peer struct 0x4A3F1134 for isadb_mark_sa_deleted(), count 0\n",
        "ISAKMP: Deleting peer node by peer_reap for 203.0.113.2: 4A3F1134\n",
    )
    in_order(
        pair.shown(2),
        'ISAKMP:(1001):deleting SA reason "No reason" state (R) QM_IDLE       (peer 203.0.113.1)\n',
        "ISAKMP:(1001):Input = IKE_MESG_FROM_PEER, IKE_MM_EXCH\n",
        "ISAKMP:(1001):Old State = IKE_DEST_SA  New State = IKE_DEST_SA \n",
        'error FALSE reason "Informational (in) state 1"\n',
    )
    pair.pass_time(60)
    in_order(pair.shown(1), "ISAKMP:(1001):purging SA., sa=4A6D3768, delme=4A6D3768\n")
    pair.ping()
    assert "New peer created peer = 0x4A3F1408 peer_handle = 0x80000003\n" in pair.shown(1)


def test_rekeying_is_announced() -> None:
    short = "crypto ipsec security-association lifetime seconds 120"
    pair = debugged({1: short, 2: short}, then=0)
    pair.pass_time(95)
    in_order(
        pair.shown(1),
        "IPSEC(create_sa)",
        "IPSEC(lifetime_expiry): SA lifetime threshold reached, expiring in 30 seconds\n",
        "IPSEC(sa_request): ,\n",
        "IPSEC(create_sa)",
    )


# The mistakes of failures.md, by section


def test_1_no_key_for_the_peer() -> None:
    pair = debugged({1: "no crypto isakmp key Kopernikus1543 address 203.0.113.2"})
    in_order(
        pair.shown(1),
        "ISAKMP:(0):No pre-shared key with 203.0.113.2!\n",
        "ISAKMP:(0): No Cert or pre-shared address key.\n",
        "ISAKMP:(0): construct_initial_message: Can not start Main mode\n",
        "for isadb_unlock_peer_delete_sa(), count 0\n",
        "ISAKMP: Deleting peer node by peer_reap for 203.0.113.2: ",
        "ISAKMP:(0):purging SA., sa=",
        "ISAKMP:(0): Error while processing SA request: Failed to initialize SA\n",
        "ISAKMP:(0): Error while processing KMI message 0, error 2.\n",
    )
    assert "ISAKMP" not in pair.shown(2).replace("Crypto ISAKMP debugging", "").replace("ISAKMP is ON", "")


@pytest.mark.parametrize(
    ("change", "words_"),
    [
        ("encr 3des", "Encryption algorithm offered does not match policy!"),
        ("encr aes 128", "Proposed key length does not match policy"),
        ("hash sha", "Hash algorithm offered does not match policy!"),
        ("group 5", "Diffie-Hellman group offered does not match policy!"),
        ("authentication rsa-sig", "Authentication method offered does not match policy!"),
    ],
)
def test_2_no_common_policy(change: str, words_: str) -> None:
    pair = debugged({2: f"crypto isakmp policy 10\n {change}"}, then=60)
    in_order(
        pair.shown(2),
        "ISAKMP:(0):Checking ISAKMP transform 1 against priority 10 policy\n",
        f"ISAKMP:(0):{words_}\n",
        "ISAKMP:(0):atts are not acceptable. Next payload is 0\n",
        "ISAKMP:(0):no offers accepted!\n",
        "ISAKMP:(0): phase 1 SA policy not acceptable! (local 203.0.113.2 remote 203.0.113.1)\n",
        'ISAKMP:(0):deleting SA reason "Phase1 SA policy proposal not accepted" state (R) MM_NO_STATE',
    )
    in_order(
        pair.shown(1),
        "ISAKMP:(0):Notify has no hash. Rejected.\n",
        "ISAKMP (0): Unknown Input IKE_MESG_FROM_PEER, IKE_INFO_NOTIFY:  state = IKE_I_MM1\n",
        "ISAKMP:(0):Old State = IKE_I_MM1  New State = IKE_I_MM1 \n",
        "ISAKMP:(0): retransmitting phase 1 MM_NO_STATE...\n",
        "ISAKMP (0): incrementing error counter on sa, attempt 1 of 5: retransmit phase 1\n",
        "ISAKMP (0): incrementing error counter on sa, attempt 5 of 5: retransmit phase 1\n",
        'ISAKMP:(0):deleting SA reason "Death by retransmission P1" state (I) MM_NO_STATE (peer 203.0.113.2)\n',
        "ISAKMP:(0):Old State = IKE_I_MM1  New State = IKE_DEST_SA \n",
    )
    assert words_ not in pair.shown(1)


def test_2_each_policy_is_compared() -> None:
    pair = debugged({1: "crypto isakmp policy 20\n encr 3des", 2: "crypto isakmp policy 5\n encr 3des"})
    in_order(
        pair.shown(2),
        "ISAKMP:(0):Checking ISAKMP transform 1 against priority 5 policy\n",
        "ISAKMP:(0):atts are not acceptable. Next payload is 3\n",
        "ISAKMP:(0):Checking ISAKMP transform 1 against priority 10 policy\n",
        "ISAKMP:(0):atts are acceptable. Next payload is 3\n",
    )


def test_ipsec_asks_twice_again_while_phase_1_gets_nowhere() -> None:
    pair = debugged({2: "interface GigabitEthernet0/0\n no crypto map VPN"}, then=60)
    in_order(
        pair.shown(1),
        "IPSEC(sa_request): ,\n",
        "IPSEC(key_engine): request timer fired: count = 1,\n"
        "  (identity) local= 203.0.113.1:0, remote= 203.0.113.2:0,\n"
        "    local_proxy= 192.168.1.0/255.255.255.0/256/0,\n    remote_proxy= 192.168.2.0/255.255.255.0/256/0\n",
        "IPSEC(sa_request): ,\n",
        "ISAKMP: set new node 0 to QM_IDLE      \n",
        "ISAKMP:(0):SA is still budding. Attached new ipsec request to it. (local 203.0.113.1, remote 203.0.113.2)\n",
        "ISAKMP: Error while processing KMI message 0, error 2.\n",
        'deleting SA reason "Death by retransmission P1"',
    )


def test_errors_alone() -> None:
    pair = Pair({2: "crypto isakmp policy 10\n hash sha"})
    for number in (1, 2):
        assert "Crypto ISAKMP Error debugging is on" in pair.type(number, "debug crypto isakmp error")
    pair.ping()
    in_order(
        pair.shown(2),
        "ISAKMP:(0):Hash algorithm offered does not match policy!\n",
        "ISAKMP:(0): phase 1 SA policy not acceptable! (local 203.0.113.2 remote 203.0.113.1)\n",
    )
    in_order(pair.shown(1), "ISAKMP:(0):Notify has no hash. Rejected.\n")
    for number in (1, 2):
        assert "Old State" not in pair.shown(number) and "processing" not in pair.shown(number)


def test_3_keys_differ() -> None:
    keys = "no crypto isakmp key Kopernikus1543 address 203.0.113.1\ncrypto isakmp key Copernicus address 203.0.113.1"
    pair = debugged({2: keys}, then=20)
    in_order(
        pair.shown(2),
        "Global (R) MM_KEY_EXCH\n",
        "ISAKMP: reserved not zero on ID payload!\n",
        "ISAKMP (1001): incrementing error counter on sa, attempt 1 of 5: PAYLOAD_MALFORMED\n",
        "%CRYPTO-4-IKMP_BAD_MESSAGE: IKE message from 203.0.113.1 failed its sanity check or is malformed\n",
    )
    in_order(pair.shown(1), "ISAKMP:(1001): retransmitting phase 1 MM_KEY_EXCH...\n")
    assert "MM_KEY_EXCH       1001 ACTIVE\n" in pair.type(1, "show crypto isakmp sa")


def refused_in_phase_2(pair: Pair, error: int) -> None:
    """What both ends say to a refusal in quick mode."""
    in_order(
        pair.shown(2),
        f"ISAKMP:(1001): IPSec policy invalidated proposal with error {error}\n",
        "ISAKMP:(1001): phase 2 SA policy not acceptable! (local 203.0.113.2 remote 203.0.113.1)\n",
        "ISAKMP:(1001):Sending NOTIFY PROPOSAL_NOT_CHOSEN protocol 3\n",
        'error TRUE reason "QM rejected"\n',
        "ISAKMP:(1001):Old State = IKE_QM_READY  New State = IKE_QM_READY\n",
    )
    in_order(
        pair.shown(1),
        "ISAKMP:(1001): processing NOTIFY PROPOSAL_NOT_CHOSEN protocol 3\n",
        'error TRUE reason "Delete Larval"\n',
        'error FALSE reason "Informational (in) state 1"\n',
        "ISAKMP:(1001):Input = IKE_MESG_FROM_PEER, IKE_INFO_NOTIFY\n",
        "ISAKMP:(1001):Old State = IKE_P1_COMPLETE  New State = IKE_P1_COMPLETE \n",
    )
    assert "phase 2 SA policy" not in pair.shown(1)


def test_4_transform_sets_differ() -> None:
    pair = debugged({2: "crypto ipsec transform-set STRONG esp-aes esp-sha-hmac"})
    refused = "IPSEC(ipsec_process_proposal): transform proposal not supported for identity: {"
    in_order(pair.shown(2), f"{refused}esp-aes 256 esp-sha256-hmac }}\n", "invalidated proposal with error 256")
    refused_in_phase_2(pair, 256)


def test_4_modes_differ() -> None:
    """Transport mode is asked for what goes from peer to peer, and only then refused."""
    between = "ip access-list extended TUNNEL\n no 10\n permit ip host 203.0.113.{} host 203.0.113.{}\n"
    transport = "crypto ipsec transform-set STRONG esp-aes 256 esp-sha256-hmac\n mode transport"
    pair = debugged({1: between.format(1, 2) + transport, 2: between.format(2, 1)})
    pair.type(1, "ping 203.0.113.2")
    refused_in_phase_2(pair, 256)


def test_5_access_lists_are_no_mirrors() -> None:
    pair = debugged(
        {2: "ip access-list extended TUNNEL\n no 10\n permit ip 192.168.2.0 0.0.0.255 192.168.1.0 0.0.0.127"}
    )
    in_order(
        pair.shown(2),
        "map_db_find_best did not find matching map\n",
        "IPSEC(ipsec_process_proposal): proxy identities not supported\n",
        "invalidated proposal with error 32",
    )
    refused_in_phase_2(pair, 32)


def test_6_pfs_is_missing() -> None:
    refused_in_phase_2(debugged({2: "crypto map VPN 10 ipsec-isakmp\n set pfs group14"}), 1024)


def test_8_the_lower_lifetime_wins() -> None:
    lifetimes = {
        1: "crypto isakmp policy 10\n lifetime 1200",
        2: "crypto isakmp policy 10\n lifetime 600",
    }
    pair = debugged(lifetimes)
    in_order(
        pair.shown(2),
        "ISAKMP:      life duration (basic) of 1200\n",
        "ISAKMP:(0):Acceptable atts:actual life: 600\n",
        "ISAKMP:(0):Acceptable atts:life: 0\n",
        "ISAKMP:(0):Basic life_in_seconds:1200\n",
        "ISAKMP:(0):Returning Actual lifetime: 600\n",
        "ISAKMP:(0)::Started lifetime timer: 600.\n",
    )
    assert "processing NOTIFY RESPONDER_LIFETIME protocol 1\n" in pair.shown(1)
    for number in (1, 2):
        assert " 00:09:" in pair.type(number, "show crypto isakmp sa detail")


def test_9_a_delete_without_phase_1_is_not_sent() -> None:
    pair = debugged()
    pair.type(1, "clear crypto isakmp")
    pair.pass_time(120)
    pair.type(1, "clear crypto sa")
    text = "ISAKMP:(0):ignoring request to send delete notify (no ISAKMP sa) src 203.0.113.1 dst 203.0.113.2 for SPI 0x"
    in_order(pair.shown(1), "IPSEC(delete_sa): deleting SA,\n", text)


@pytest.mark.parametrize(
    ("step", "line"),
    [
        (Duplicate(1001, 0, True, 1_500_000), "ISAKMP:(1001): retransmitting due to retransmit phase 1"),
        (
            Duplicate(1001, 7, False, 1500),
            "ISAKMP:(1001): retransmission skipped for phase 2 (time since last transmission 1)",
        ),
        (PayloadIgnored(1001, 20), "ISAKMP:received payload type 20"),
        (VendorId(0, bytes.fromhex("afcad71368a1f1c96b8696fc77570100")), "ISAKMP:(0): vendor ID is DPD"),
        (
            MessageRejected(1001, 1, 5, "quick mode HASH does not match"),
            "ISAKMP:(1001): quick mode HASH does not match. message ID = 5",
        ),
    ],
)
def test_rarer_steps(step: Trace, line: str) -> None:
    assert words(step)[-1] == line
