"""The algorithms of phase 1 with strongSwan, the two taking turns in who begins."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.interop import strongswan
from tests.interop.neighbour import Namespace, bridged_lab
from tests.interop.strongswan import StrongSwan
from tests.interop.test_main_mode import LINKS, NODES, PEER, R1

pytestmark = strongswan.needed

# Cipher, hash and group as the router has them and as strongSwan has them.
POLICIES = [
    ("des", "md5", "1", "des-md5-modp768"),
    ("3des", "sha", "2", "3des-sha1-modp1024"),
    ("aes", "sha256", "5", "aes128-sha256-modp1536"),
    ("aes 192", "sha384", "14", "aes192-sha384-modp2048"),
    ("aes 256", "sha512", "15", "aes256-sha512-modp3072"),
    ("aes 256", "md5", "16", "aes256-md5-modp4096"),
    ("aes", "sha256", "19", "aes128-sha256-ecp256"),
    ("3des", "sha384", "20", "3des-sha384-ecp384"),
    ("aes 256", "sha512", "21", "aes256-sha512-ecp521"),
    ("aes 192", "sha", "24", "aes192-sha1-modp2048s256"),
]


@pytest.mark.parametrize("router_begins", [True, False], ids=["router", "strongswan"])
@pytest.mark.parametrize(("cipher", "hash_name", "group", "proposal"), POLICIES, ids=[each[3] for each in POLICIES])
def test_phase_1(
    cipher: str, hash_name: str, group: str, proposal: str, router_begins: bool, namespace: Namespace, tmp_path: Path
) -> None:
    namespace.address("192.0.2.2/24")
    ours = R1.replace("encr aes", f"encr {cipher}").replace("hash sha", f"hash {hash_name}")
    ours = ours.replace("group 14", f"group {group}")
    with bridged_lab(tmp_path, NODES, LINKS, {"R1": ours}) as lab:
        peer = StrongSwan(namespace, tmp_path, PEER.replace("aes128-sha1-modp2048", proposal))
        if router_begins:
            lab.type("PC1", "ping 10.2.0.1 repeat 1")
        else:
            peer.begin("--initiate", "--ike", "r1", "--timeout", "5")
        assert lab.wait(lambda: "ESTABLISHED, IKEv1" in peer.sas(), 6)
        assert "QM_IDLE" in lab.type("R1", "show crypto isakmp sa")
