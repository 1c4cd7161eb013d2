"""Phase 1 by RSA signatures: both modes, certificates that are missing or not good, signatures that are none."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from iosim.crypto import rsa
from iosim.crypto.rsa import RsaKey
from iosim.ike.v1 import Key, PeerKey, Policy
from iosim.ike.v1.events import BadMessage, NoKeyPair, Phase1Down, Phase1Up
from iosim.ike.v1.states import Reason
from iosim.ike.v1.trace.certificates import CertificateRequested
from iosim.wire.isakmp import Identification

from .harness import POLICY, Config, Lab, assert_same_sas

SIGNED = Policy(10, "aes-128", "sha", "rsa-sig", 2, 86400)
KEYS = {name: rsa.generate(1024, random.Random(name).randbytes) for name in ("A", "B", "stranger")}


@dataclass
class Theirs:
    """The key of a peer."""

    key: RsaKey

    def verify(self, digest: bytes, signature: bytes) -> bool:
        return rsa.verify(self.key.private.public_key(), digest, signature)


@dataclass
class Certificates:
    """A PKI whose certificates are names of keys; `signer` signs in our name."""

    name: str | None
    signer: str | None = None
    trusts: bool = True
    names_itself: Identification | None = None

    @property
    def trustpoint(self) -> str:
        return "TP"

    @property
    def certificates(self) -> tuple[bytes, ...]:
        return (str(self.name).encode(),)

    def sign(self, digest: bytes) -> bytes:
        return KEYS[self.signer or str(self.name)].sign(digest)

    def authorities(self) -> tuple[bytes, ...]:
        return (b"authority",)

    def credentials(self, profile: str | None, authorities: Sequence[bytes]) -> Certificates | None:
        return self if self.name is not None else None

    def identity(self, profile: str | None) -> Identification | None:
        return self.names_itself

    def peer_key(self, remote: int, certificates: Sequence[bytes], identity: Identification) -> PeerKey | None:
        return Theirs(KEYS[certificates[0].decode()]) if self.trusts and certificates else None


def lab(a: Certificates, b: Certificates, aggressive: bool = False, key: bytes | None = None) -> Lab:
    """Two engines without a pre-shared key, after A has asked for SAs."""
    lab = Lab(
        Config((SIGNED, POLICY) if key else (SIGNED,), key=key, aggressive=aggressive, pki=a),
        Config((SIGNED, POLICY) if key else (SIGNED,), key=key, pki=b),
    )
    lab.b.config.proxies = lab.a.config.proxies[::-1]
    lab.request()
    return lab.run(200)


@pytest.mark.parametrize("aggressive", [False, True])
def test_signatures_authenticate(aggressive: bool) -> None:
    done = lab(Certificates("A"), Certificates("B"), aggressive)
    assert_same_sas(done.a.pairs[0], done.b.pairs[0])
    assert done.a.seen(Phase1Up) and done.b.seen(Phase1Up)
    for node in (done.a, done.b):
        assert sorted(step.sent for step in node.seen(CertificateRequested)) == [False, True]
        assert {step.authority for step in node.seen(CertificateRequested)} == {b"authority"}


@pytest.mark.parametrize("aggressive", [False, True])
@pytest.mark.parametrize("liar", ["a", "b"])
def test_a_signature_by_another_key_is_none(aggressive: bool, liar: str) -> None:
    both = {"a": Certificates("A"), "b": Certificates("B")}
    both[liar].signer = "stranger"
    done = lab(both["a"], both["b"], aggressive)
    deceived = done.b if liar == "a" else done.a
    assert deceived.seen(BadMessage)
    assert not deceived.seen(Phase1Up)
    assert not done.a.pairs


@pytest.mark.parametrize("aggressive", [False, True])
def test_a_certificate_that_is_not_good_ends_it(aggressive: bool) -> None:
    done = lab(Certificates("A"), Certificates("B", trusts=False), aggressive)
    assert [event.reason for event in done.b.seen(Phase1Down)] == [Reason.BAD_CERTIFICATE]
    assert not done.a.pairs


def test_who_has_no_certificate_takes_the_policy_with_a_key() -> None:
    done = lab(Certificates("A"), Certificates(None), key=Key(b"cisco123"))
    assert done.a.sa.policy is not None
    assert done.a.sa.policy.authentication == "pre-share"
    assert done.a.pairs


def test_a_certificate_that_goes_missing_on_the_way_is_told_of() -> None:
    both = Certificates("A"), Certificates("B")
    lab = Lab(Config((SIGNED,), key=None, pki=both[0]), Config((SIGNED,), key=None, pki=both[1]))
    lab.b.config.proxies = lab.a.config.proxies[::-1]
    lab.request()
    lab.run(0.012)
    both[0].name = None
    lab.run(1)
    assert lab.a.seen(NoKeyPair)
    assert [event.reason for event in lab.a.seen(Phase1Down)] == [Reason.NO_CERTIFICATE]
