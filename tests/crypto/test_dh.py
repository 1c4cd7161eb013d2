"""The MODP groups: their primes by the published formula, agreement, and refusal of bad public values."""

import random

import gmpy2
import pytest

from iosim.crypto.dh import EXPONENT_LENGTH, GROUPS, Group
from iosim.crypto.errors import CryptoError

# RFC 2412 appendix E.1, E.2; RFC 3526 sections 2, 3: p = 2^n - 2^(n-64) - 1 + 2^64 * (floor(2^(n-130) pi) + k)
FORMULA = {1: (768, 149686), 2: (1024, 129093), 5: (1536, 741804), 14: (2048, 124476)}


def pi_times_power_of_two(exponent: int) -> int:
    """floor(2^exponent * pi) in integers, by Machin's formula with 64 guard bits."""
    one = 1 << (exponent + 64)

    def arctan_of_inverse(x: int) -> int:
        term = total = one // x
        for n in range(3, exponent + 64, 2):
            term = -term // (x * x)
            total += term // n
        return total

    return 4 * (4 * arctan_of_inverse(5) - arctan_of_inverse(239)) >> 64


@pytest.mark.parametrize("group", GROUPS.values(), ids=str)
def test_primes_follow_the_formula(group: Group) -> None:
    bits, k = FORMULA[group.number]
    formula = 2**bits - 2 ** (bits - 64) - 1 + 2**64 * (pi_times_power_of_two(bits - 130) + k)
    assert group.prime == formula
    assert (group.bits, group.public_length) == (bits, bits // 8)
    assert gmpy2.is_prime(group.prime)
    assert gmpy2.is_prime((group.prime - 1) // 2)


@pytest.mark.parametrize("group", GROUPS.values(), ids=str)
def test_two_sides_agree(group: Group) -> None:
    generator = random.Random(1)
    ours, theirs = group.generate(generator.randbytes), group.generate(generator.randbytes)
    secret = group.shared(ours.private, theirs.public)
    assert secret == group.shared(theirs.private, ours.public)
    assert len(secret) == len(ours.public) == group.public_length
    assert int.from_bytes(secret) == pow(2, ours.private * theirs.private, group.prime)


def test_the_secret_keeps_its_leading_zeros() -> None:
    group = GROUPS[2]
    assert group.shared(3, (2).to_bytes(128)) == (8).to_bytes(128)


def test_a_seeded_run_repeats() -> None:
    assert GROUPS[2].generate(random.Random(7).randbytes) == GROUPS[2].generate(random.Random(7).randbytes)


def test_even_silent_randomness_gives_a_usable_value() -> None:
    pair = GROUPS[1].generate(bytes)
    assert pair.private.bit_length() == EXPONENT_LENGTH * 8
    assert GROUPS[1].shared(5, pair.public)


@pytest.mark.parametrize("group", GROUPS.values(), ids=str)
def test_bad_public_values_are_refused(group: Group) -> None:
    length, prime = group.public_length, group.prime
    bad = [value.to_bytes(length) for value in (0, 1, prime - 1, prime, prime + 1, 2 ** (8 * length) - 1)]
    bad += [b"", b"\x02", bytes(length - 1) + b"\x02\x00", (2).to_bytes(length - 1)]
    for public in bad:
        with pytest.raises(CryptoError):
            group.shared(12345, public)
    assert group.shared(1, (2).to_bytes(length)) == (2).to_bytes(length)
    assert group.shared(1, (prime - 2).to_bytes(length)) == (prime - 2).to_bytes(length)
