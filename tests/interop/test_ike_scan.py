"""ike-scan at the door: what a router answers to offers, and what its aggressive mode gives away."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.interop.neighbour import Namespace, bridged_lab
from tests.interop.tunnels import LINKS, NODES, ROUTER, Tunnel, configurations

pytestmark = pytest.mark.skipif(shutil.which("ike-scan") is None, reason="needs ike-scan")

Scan = Callable[..., str]
POLICIES = [
    Tunnel(1, "aes", "sha", "14"),
    Tunnel(2, "3des", "md5", "2"),
    Tunnel(3, "3des", "sha", "2"),
    Tunnel(4, "aes 256", "sha256", "19"),
    Tunnel(5, "des", "md5", "1"),
    Tunnel(6, "aes 192", "sha512", "5"),
]
# Transforms as ike-scan takes them (1 cipher, 14 its key length, 2 hash, 3 authentication, 4 group, 11 and 12 lifetime)
# and as it reads the router's answer.
ACCEPTED = {
    "(1=7,14=128,2=2,3=1,4=14)": "Enc=AES KeyLength=128 Hash=SHA1 Auth=PSK Group=14:modp2048",
    "(1=5,2=1,3=1,4=2)": "Enc=3DES Hash=MD5 Auth=PSK Group=2:modp1024",
    "(1=5,2=2,3=1,4=2)": "Enc=3DES Hash=SHA1 Auth=PSK Group=2:modp1024",
    "(1=7,14=256,2=4,3=1,4=19)": "Enc=AES KeyLength=256 Hash=SHA2-256 Auth=PSK Group=19:ecp256",
    "(1=1,2=1,3=1,4=1)": "Enc=DES Hash=MD5 Auth=PSK Group=1:modp768",
    "(1=7,14=192,2=6,3=1,4=5)": "Enc=AES KeyLength=192 Hash=SHA2-512 Auth=PSK Group=5:modp1536",
    "(1=5,2=1,3=1,4=2,11=1,12=0x00000e10)": (
        "Enc=3DES Hash=MD5 Auth=PSK Group=2:modp1024 LifeType=Seconds LifeDuration(4)=0x00000e10"
    ),
}
REFUSED = {
    "another cipher": "(1=6,2=2,3=1,4=2)",
    "another key length": "(1=7,14=256,2=2,3=1,4=14)",
    "no key length": "(1=7,2=2,3=1,4=14)",
    "another hash": "(1=1,2=2,3=1,4=1)",
    "another group": "(1=5,2=1,3=1,4=5)",
    "signatures": "(1=5,2=1,3=3,4=2)",
    "XAUTH": "(1=5,2=1,3=65001,4=2)",
}
DPD, NAT_T, CISCO_UNITY = (
    "afcad71368a1f1c96b8696fc77570100", "4a131c81070358455c5728f20e95452f", "12f5f28c457168a9702d9fe274cc0100",
)  # fmt: skip
OUR_ADDRESS = "0xc0000202"


@pytest.fixture(scope="module")
def scan(shared_namespace: Namespace, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scan]:
    """ike-scan of the router from 192.0.2.2: what it prints."""
    shared_namespace.address("192.0.2.2/24")
    router, _ = configurations(POLICIES)
    with bridged_lab(tmp_path_factory.mktemp("scan"), NODES, LINKS, {"R1": router}) as lab:

        def run(*arguments: str) -> str:
            command = ("ike-scan", "--retry=2", "-M", *arguments, ROUTER)
            return lab.wait_for(shared_namespace.start(*command, stdout=subprocess.PIPE))

        yield run


@pytest.mark.parametrize("transform", ACCEPTED)
def test_what_is_offered_comes_back(transform: str, scan: Scan) -> None:
    answer = scan(f"--trans={transform}")
    assert "Main Mode Handshake returned" in answer
    assert f"SA=({ACCEPTED[transform]})" in answer
    assert "VID=" not in answer  # nothing was said, so nothing is answered


@pytest.mark.parametrize("transform", REFUSED.values(), ids=list(REFUSED))
@pytest.mark.parametrize("mode", [[], ["-A", f"--id={OUR_ADDRESS}", "--idtype=1"]], ids=["main", "aggressive"])
def test_a_wrong_offer_is_refused_with_a_word(mode: list[str], transform: str, scan: Scan) -> None:
    answer = scan(*mode, f"--trans={transform}")
    assert "Notify message 14 (NO-PROPOSAL-CHOSEN)" in answer
    assert "0 returned handshake; 1 returned notify" in answer


def test_of_many_the_one_that_the_highest_policy_accepts_comes_back(scan: Scan) -> None:
    wrong = [f"--trans={transform}" for transform in REFUSED.values()]
    right = [f"--trans={transform}" for transform in reversed(ACCEPTED)]
    assert f"SA=({next(iter(ACCEPTED.values()))})" in scan(*wrong, *right)
    assert "Enc=3DES Hash=MD5 Auth=PSK Group=2:modp1024 LifeType=Seconds" in scan()  # eight of ike-scan's own choice


def test_vendor_ids(scan: Scan) -> None:
    nat_draft_2 = "90cb80913ebb696e086381b5ec427b1f"
    main = scan("--trans=5,1,1,2", f"--vendor={DPD}", f"--vendor={nat_draft_2}", f"--vendor={NAT_T}")
    assert [line.strip() for line in main.splitlines() if "VID=" in line] == [f"VID={NAT_T} (RFC 3947 NAT-T)"]
    assert f"VID={nat_draft_2} (draft-ietf-ipsec-nat-t-ike-02\\n)" in scan("--trans=5,1,1,2", f"--vendor={nat_draft_2}")
    aggressive = scan("-A", f"--id={OUR_ADDRESS}", "--idtype=1", "--trans=5,1,1,2", f"--vendor={NAT_T}")
    for vendor in (f"{NAT_T} (RFC 3947 NAT-T)", f"{CISCO_UNITY} (Cisco Unity)", f"{DPD} (Dead Peer Detection v1.0)"):
        assert f"VID={vendor}" in aggressive
    assert aggressive.count("NAT-D(16 bytes)") == 2


@pytest.mark.skipif(shutil.which("psk-crack") is None, reason="needs psk-crack (ike-scan)")
@pytest.mark.parametrize(("number", "name", "length"), [(1, "MD5", 16), (2, "SHA1", 20)], ids=["MD5", "SHA1"])
def test_aggressive_mode_gives_the_key_away(number: int, name: str, length: int, scan: Scan, tmp_path: Path) -> None:
    """HASH_R comes before the peer has proven anything: whoever asks can try keys at home."""
    heard, words = tmp_path / "heard", tmp_path / "words"
    identity = ("-A", f"--id={OUR_ADDRESS}", "--idtype=1", "--dhgroup=2")
    answer = scan(*identity, f"--trans=5,{number},1,2", f"--pskcrack={heard}")
    assert "Aggressive Mode Handshake returned" in answer
    assert "ID(Type=ID_IPV4_ADDR, Value=192.0.2.1)" in answer
    assert f"Hash({length} bytes)" in answer
    words.write_text("secret\nciscO\ncisco1\n")
    crack = ["psk-crack", "-d", str(words), str(heard)]
    assert "no match found" in subprocess.run(crack, capture_output=True, text=True).stdout
    words.write_text("secret\nciscO\ncisco\n")
    assert f'key "cisco" matches {name} hash' in subprocess.run(crack, capture_output=True, text=True).stdout
