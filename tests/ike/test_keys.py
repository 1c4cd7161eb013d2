"""Key derivation against published vectors, and against an exchange that was recorded with another implementation."""

import random

from iosim.crypto.ciphers import CIPHERS
from iosim.crypto.dh import GROUPS
from iosim.crypto.hashes import HASHES
from iosim.ike.v1 import IkeSa, QuickModeRequest, SaState, State, keys, main_mode, quick_mode
from iosim.ike.v1.context import Context
from iosim.ike.v1.events import QuickModeFinished
from iosim.ike.v1.exchanges import QuickMode
from iosim.ike.v1.trace import Trace
from iosim.ipsec.model import Proxy
from iosim.wire.ipv4 import ESP
from iosim.wire.isakmp import HEADER_LENGTH, Header, PayloadType, unpack_payloads

from .harness import AES_SHA, POLICY, Config

SHA, SHA256, SHA384 = HASHES["sha"], HASHES["sha256"], HASHES["sha384"]


def unhex(text: str) -> bytes:
    return bytes.fromhex("".join(text.split()))


# NIST CAVS "IKEv1 PSK" samples as kept in NSS, gtests/common/testvectors/ike-sha1-vectors.h, ike-sha256-vectors.h and
# ike-sha384-vectors.h:
# hash, g^xy, CKY-I, CKY-R, SKEYID, SKEYID_d, SKEYID_a, SKEYID_e (vectors 2 to 4)
DERIVATIONS = [
    (
        SHA,
        "8ba4cbc73c0187301dc19a975823854dbd641c597f637f8d053a83b9514673eb",
        "8c3bcd3a69831d7f",
        "d2d9a7ff4fbe95a7",
        "707197817fb2d90cf54d1842606bdea59b9f4823",
        "384be709a8a5e63c3ed160cfe3921c4b37d5b32d",
        "48b327575abe3adba0f279849e289022a13e2b47",
        "a4a415c8e0c38c0da847c356cc61c24df8025560",
    ),
    (
        SHA256,
        "a1ff3dc6cf9b4c04709943cb4ca1f1789bcf360b03f1d027de3ae8ee039e9155",
        "6c6beb72631ddc3d",
        "b84e24b22cffbd14",
        "750c5c94b9c2ec20b68033e024dadf0fa87e8b48c6561b21c72478451a06583d",
        "a4f7ca7de913814813e3312099e7c943bd293483f387532330237f1b20957310",
        "1d4b705746c43b0a6fcbb8db33983c0f24ff6f8b6543e3779fed227c6067f004",
        "03e6f16cd9ce9f64b5cdc5b34cca7163483ba5389a30afebef3d14640b0a815e",
    ),
    (
        SHA384,
        "1724dbd893523764bfef8c6fa927856fccfb77ae254358cce29c2769a32915c1",
        "1c8aba986a00af0f",
        "b049d9672f73c920",
        "6e4514610bf82d0ab7bf0260096f6146a153c712071abb633ced813c572156c783e36874a65a64690ca701d40d56ea18",
        "b083234e9ed7745911f93eb31faa66fcf88906266830eb17ef166d295cb1f86a3543b8b8efa5df918533df537e9c809c",
        "938295a374aceb4147a8024c9a007dd313403fd8fd7070dbd0cfbe1ccd308dbfbb7b9e9c64049e4df44ff551016cb7b5",
        "8595b249dc1fa8599729f87eb6b9dd13bfbfdfd4f9ebd78929bab6ecc402539ad32cb6e7ef4ba6a0f53da14e4df07ed4",
    ),
]
# The same files, vector 5: hash, pre-shared key, Ni, Nr, SKEYID
PRESHARED = [
    (SHA, "c0", "03a6f25a83c8c2a3", "9d958a6618f77e7f", "ab3be41bc62f2ef0c41a3076d58768be77fadd2e"),
    (
        SHA256,
        "a0",
        "ead9ced494868f41",
        "f1aff4f425a94f18",
        "558a99b299773d267cf7c8ef073bf3b7af362c206c75a538403c5ef884d4cace",
    ),
    (
        SHA384,
        "9e",
        "d6596b7e5b398534",
        "136fbdfa8d0ceb8e",
        "b54fa27cb4251051e44a659d73591845691d11f1874bf4e4088e5df6462d28e57a3a2af3ab4f9b746a8f5766f8785f2b",
    ),
]


# NIST CAVP, SP 800-135 component "IKEv1", signature mode (ikev1_dsa), SHA-1, nonces of 64 bits, g^xy of 1024 bits; as
# quoted with its intermediate values in a test of a Rust library of key derivations (`test_tpm_ike1`).
SIGNATURE = {
    "nonce_i": "ced5635da6796075",
    "nonce_r": "6244b427712fb776",
    "cky_i": "382e5c8b0a3fa307",
    "cky_r": "ba4b7616700a2413",
    "g_xy": """2a2e0bbe8da3657a83f3d35826e49e2d38e557e912a1b9e6c30c63577b3eab715466202862027f2c26f309074355557961177
        1db0b92bef93834432a3a7762fc8a0f4889fd281d6082770d10a40d7bad61e832f041e620d6787e7f62ab2861ddfbe272e0d9d3cdec5f1
        bbf750e24b8b32d6d714968ad69ce5086c32ad2742ebc""",
    "skeyid": "dc37ac99de6dcfbd1ee74af7fb36f9b4b0a7829d",
    "skeyid_d": "486293ed547adb562cefdaf43d3d8457b196f2b6",
    "skeyid_a": "f4053b5ca07e59bb41b8f401037ca90b72b3917e",
    "skeyid_e": "49a1d53a80fb77e663552964fbbcb45092021473",
}


def test_skeyid_of_signatures_follows_from_the_shared_secret() -> None:
    given = {name: unhex(value) for name, value in SIGNATURE.items()}
    skeyid = keys.signature_skeyid(SHA, given["nonce_i"], given["nonce_r"], given["g_xy"])
    assert skeyid == given["skeyid"]
    secrets = keys.derive(SHA, CIPHERS["aes-128"], skeyid, given["g_xy"], given["cky_i"], given["cky_r"])
    assert secrets.skeyid_d == given["skeyid_d"]
    assert secrets.skeyid_a == given["skeyid_a"]
    assert secrets.skeyid_e == given["skeyid_e"]


def test_skeyids_follow_from_the_shared_secret() -> None:
    for hash_, g_xy, cky_i, cky_r, skeyid, *expected in DERIVATIONS:
        inputs = map(bytes.fromhex, (skeyid, g_xy, cky_i, cky_r))
        secrets = keys.derive(hash_, CIPHERS["aes-128"], *inputs)
        assert [secrets.skeyid_d.hex(), secrets.skeyid_a.hex(), secrets.skeyid_e.hex()] == expected


def test_skeyid_follows_from_the_preshared_key() -> None:
    for hash_, key, nonce_i, nonce_r, skeyid in PRESHARED:
        inputs = map(bytes.fromhex, (key, nonce_i, nonce_r))
        assert keys.preshared_skeyid(hash_, *inputs).hex() == skeyid


def test_a_long_key_is_expanded() -> None:
    # NSS, ike-sha1-vectors.h, vectors 12 and 13 (self-generated there): RFC 2409 appendix B
    skeyid_e = bytes.fromhex("63e81194946ebd05df7df5ebf5d8750056bf1f1d")
    expanded = "933347a07de5782247dd36d1562ffe0eecade1eb4134165257e3af1000af8ae3f165063828cbb60d"
    assert keys.expand(SHA, skeyid_e, 40).hex() == expanded
    assert keys.expand(SHA, skeyid_e, 15).hex() == "63e81194946ebd05df7df5ebf5d875"


def test_keymat_is_as_long_as_it_must_be() -> None:
    short, long = (keys.keymat(SHA, b"d" * 20, b"seed", length) for length in (20, 52))
    assert long[:20] == short == SHA.hmac(b"d" * 20, b"seed")
    assert long[20:40] == SHA.hmac(b"d" * 20, short + b"seed")


# A main mode and a quick mode that were recorded with another implementation as the responder; the tests of
# RUB-NDS/IPsec-StateMachineExtractor (IKEv1HandshakeIT.java, "Main PSK") hold messages and the initiator's secrets.
# AES-128, SHA, group 2, pre-shared key "AAAA"; ESP with AES-128 and HMAC-SHA in tunnel mode.
SAI_B = unhex(
    "00000001000000010000002c00010001000000240001000080010007800e0080800200028004000280030001800b0001800c7080"
)
PRIVATE = unhex(
    """6f583ca64176389ae033076d036ea24bbe93f0d66a2c64a5eca5e8f38a521cc5f040cee069794c6dcb69165795060d4df4c6cc7a6c64806d
    e7fa9852151816151e6099533761316fc040476793cf4c2b3a3bb0a96b324549b8fb6519ce22e6f110fc32eb304a155f703effe2d9a7082e910a
    3f3167f26a5c4a166d1a133cb07f"""
)
M3 = unhex(
    """59cedc5dcea558fe9e169842364452570410020000000000000000ac0a000084b5fcea14e2593ee937054b98886ca43b00472167db154ff0
    74e158e8b7fcae77ac35cef073698bfe63c99c6dd64ae25a95d55800a845a5db0640d1c3ea5bb8596cb0ffa5d4db0fd01e1875941b14ad4ac492
    fb5f6381db934664ad8493fe95aab7f1ff8976f329b5ea0f9ede244e906fb419353e878f2fa92ccd533ba33d79ee0000000c32ae9db36e7418a7
    """
)
M4 = unhex(
    """59cedc5dcea558fe9e169842364452570410020000000000000000c40a00008424bb23e799283854458c53d6d735ee8c099008c743c89900
    b312264d3d372e4ff3986d5890d43e5aa7f2c6adb910b302cddcdf773b74921f8ce0376a338a28d7569fb8d4dab85a799cc753bd7d2fd9a65d4e
    4b016ea9742349c0d8cb6271061e21f5d6af924fddf05fa3a0c83ce7a22074e779c4fee154a728a4c0d6488adbb300000024ce2b9ff5f8519260
    b6c8f153529bc5a43121e3aa57a3de7d0d63baba86679e57"""
)
M5 = unhex(
    """59cedc5dcea558fe9e1698423644525705100201000000000000004cfabd2d66f56237c7810b25e185b0186559632459fde4ebb654970a62
    e83cdd47c9201aad89e40e9500d264aeaa968647"""
)
M6 = unhex(
    """59cedc5dcea558fe9e1698423644525705100201000000000000004c56e985c35cd53530527480fcf20a9faa5a3d45465a20f67d48d3e9c5
    5b09b72253d9030fe2f2cf3a3fa1eae37e3fccaa"""
)
QM1 = unhex(
    """59cedc5dcea558fe9e1698423644525708102001259cf1330000009ce47a7db59b674dbad6139dd85fa848ed708f401a6d3a5f51cb2c7a53
    6f5d66423c8f836ac940ae79ac8de022830196d280c0552a11d68afaceb75855fa45195c35332ffaef8e2bf2d43361b1d6e560927b67651ea2ca
    b184dc27cb20c138e76529b62655bc127f196969fe16cb3229f049b07af51d3bf0c000747cd944c32e12"""
)
QM2 = unhex(
    """59cedc5dcea558fe9e1698423644525708102001259cf133000000ac65d4e7d4b983b417b1e567e10fdec60810585f0954817b8192d95011
    41c458567ac84c42360176d59e7591ac45c4de7dad738657d49bbca9034247f7ab96dac4f43c3d6cccdeeeae62742cb5c79b5a4db4949504f21e
    96d38a0f75342b421688a1b62b7157ee7a154f2a0a7eef69138db52361827b50a3b62ce53347aee835bcea1a1ef0b1cc04ec7a167ccec3b4cd36
    """
)
QM3 = unhex(
    """59cedc5dcea558fe9e1698423644525708102001259cf1330000003cf0fa3ae90bfec0179ffa8592af60cf2febe9f682f629e83e497b8644
    ae726c1c"""
)
MESSAGE_ID = 0x259CF133


def bodies(message: bytes) -> list[bytes]:
    header = Header.unpack(message)
    return [payload.body for payload in unpack_payloads(header.next_payload, message[HEADER_LENGTH:])[0]]


def recorded_initiator(steps: list[Trace]) -> tuple[Context, IkeSa]:
    """The initiator of the recording, when it has sent message 5."""
    ctx = Context(Config(), random.Random(1).randbytes, steps.append)
    header = Header.unpack(M4)
    sa = IkeSa(0x0A000301, 0x0A000A03, 500, 500, True, header.initiator_cookie, header.responder_cookie, 0)
    ctx.add(sa)
    mode = sa.phase_1
    sa.policy, sa.lifetime, sa.conn_id, sa.shown = POLICY, 28800, 1001, SaState.MM_KEY_EXCH
    mode.sai_b = SAI_B
    (mode.g_xi, mode.nonce_i), (mode.g_xr, mode.nonce_r) = bodies(M3), bodies(M4)[:2]
    g_xy = GROUPS[2].shared(int.from_bytes(PRIVATE, "big"), mode.g_xr)
    skeyid = keys.preshared_skeyid(sa.hash, b"AAAA", mode.nonce_i, mode.nonce_r)
    sa.secrets = keys.derive(sa.hash, sa.cipher, skeyid, g_xy, sa.initiator_cookie, sa.responder_cookie)
    mode.iv = keys.phase1_iv(sa.hash, sa.cipher, mode.g_xi, mode.g_xr)
    mode.state = State.I_MM5
    return ctx, sa


def test_a_recorded_main_mode_authenticates() -> None:
    ctx, sa = recorded_initiator([])
    plain = sa.cipher.decrypt(sa.secrets.ka if sa.secrets else b"", sa.phase_1.iv, M5[HEADER_LENGTH:])
    identity, digest = unpack_payloads(PayloadType.ID, plain)[0]
    assert identity.body[4:] == bytes((10, 0, 3, 1))
    assert len(digest.body) == 20
    sa.phase_1.iv = M5[-16:]
    main_mode.receive(ctx, sa, Header.unpack(M6), M6)
    assert sa.shown is SaState.QM_IDLE
    assert sa.peer_id is not None and sa.peer_id.data == bytes((10, 0, 3, 10))


def test_a_recorded_quick_mode_is_answered_with_the_same_bytes() -> None:
    ctx, sa = recorded_initiator([])
    sa.phase_1.iv = M5[-16:]
    main_mode.receive(ctx, sa, Header.unpack(M6), M6)
    node = QuickMode(sa, True, State.QM_I_QM1, MESSAGE_ID)
    proxies = Proxy(0x0A000301), Proxy(0x0A010000, 0xFFFFFF00)  # what the responder had narrowed 0.0.0.0/0 to
    node.request = QuickModeRequest(sa.local, sa.remote, *proxies, (AES_SHA,), None, 3600, 0, None)
    node.local_proxy, node.remote_proxy = proxies
    node.nonce_i, node.local_spis = bytes.fromhex("695346ebcf35ab90"), {ESP: 0xB75AD16C}
    sa.nodes[MESSAGE_ID] = node
    node.iv = QM1[-16:]
    quick_mode.receive(ctx, sa, Header.unpack(QM2), QM2)
    assert [datagram.data for datagram in ctx.outbox] == [QM3]
    finished = ctx.events[-1]
    assert isinstance(finished, QuickModeFinished)
    assert finished.pair.outbound[0].spi == 0xC6BF8B4D
