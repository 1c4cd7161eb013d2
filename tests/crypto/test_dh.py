"""The groups: primes by the published formula, published exchanges, agreement, and refusal of bad public values."""

import random

import gmpy2
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from iosim.crypto.dh import EXPONENT_LENGTH, GROUPS, MODP_GROUPS, Group, ModpGroup
from iosim.crypto.ecp import CURVES
from iosim.crypto.errors import CryptoError

# RFC 2412 appendix E.1, E.2; RFC 3526 sections 2 to 5: p = 2^n - 2^(n-64) - 1 + 2^64 * (floor(2^(n-130) pi) + k)
FORMULA = {
    1: (768, 149686),
    2: (1024, 129093),
    5: (1536, 741804),
    14: (2048, 124476),
    15: (3072, 1690314),
    16: (4096, 240904),
}

# Group, private values of both sides, public value of the first (for ECP its x), shared secret
EXCHANGES = [
    # RFC 5903 section 8.1
    (
        19,
        "c88f01f510d9ac3f70a292daa2316de544e9aab8afe84049c62a9c57862d1433",
        "c6ef9c5d78ae012a011164acb397ce2088685d8f06bf9be0b283ab46476bee53",
        "dad0b65394221cf9b051e1feca5787d098dfe637fc90b9ef945d0c3772581180",
        "d6840f6b42f6edafd13116e0e12565202fef8e9ece7dce03812464d04b9442de",
    ),
    # RFC 5903 section 8.2
    (
        20,
        "099f3c7034d4a2c699884d73a375a67f7624ef7c6b3c0f160647b67414dce655e35b538041e649ee3faef896783ab194",
        "41cb0779b4bdb85d47846725fbec3c9430fab46cc8dc5060855cc9bda0aa2942e0308312916b8ed2960e4bd55a7448fc",
        "667842d7d180ac2cde6f74f37551f55755c7645c20ef73e31634fe72b4c55ee6de3ac808acb4bdb4c88732aee95f41aa",
        "11187331c279962d93d604243fd592cb9d0a926f422e47187521287e7156c5c4d603135569b9e9d09cf5d4a270f59746",
    ),
    # RFC 5903 section 8.3
    (
        21,
        "0037ade9319a89f4dabdb3ef411aaccca5123c61acab57b5393dce47608172a095aa85a30fe1c2952c6771d937ba9777f5957b2639bab0"
        "72462f68c27a57382d4a52",
        "0145ba99a847af43793fdd0e872e7cdfa16be30fdc780f97bccc3f078380201e9c677d600b343757a3bdbf2a3163e4c2f869cca7458aa4"
        "a4effc311f5cb151685eb9",
        "0015417e84dbf28c0ad3c278713349dc7df153c897a1891bd98bab4357c9ecbee1e3bf42e00b8e380aeae57c2d107564941885942af5a7"
        "f4601723c4195d176ced3e",
        "01144c7d79ae6956bc8edb8e7c787c4521cb086fa64407f97894e5e6b2d79b04d1427e73ca4baa240a34786859810c06b3c715a3a8cc31"
        "51f2bee417996d19f3ddea",
    ),
    # RFC 5114 appendix A.3
    (
        24,
        "0881382cdb87660c6dc13e614938d5b9c8b2f248581cc5e31b35454397fce50e",
        "7d62a7e3ef36de617b13d1afb82c780d83a23bd4ee6705645121f371f546a53d",
        "2e9380c8323af97545bc4941deb0ec3742c62fe0ece824a6abdbe66c59bee0242911bfb967235ceba35ae13e4ec752be630b92dc4bde28"
        "47a9c62cb8152745421fb7eb60a63c0fe9159fcce726ce7cd8523d7450667ef840e4919121eb5f01c8c9b0d3d648a93bfb75689e8244ac"
        "134af544711ce79a02dcc34226684780dddcb498594106c37f5bc79856487af5ab022a2e5e42f09897c1a85a11ea0212af04d9b4cebc93"
        "7c3c1a3e15a8a0342e337615c84e7fe3b8b9b87fb1e73a15af12a30d746e06dfc34f290d797ce51aa13aa785bf6658aff5e4b093003cbe"
        "af665b3c2e113a3a4e905269341dc0711426685f4ef37e868a8126ff3f2279b57ca67e29",
        "86c70bf8d0bb81bb01078a17219cb7d27203db2a19c877f1d1f19fd7d77ef22546a68f005ad52dc84553b78fc60330be51ea7c0672cac1"
        "515e4b35c047b9a551b88f39dc26da14a09ef74774d47c762dd177f9ed5bc2f11e52c879bd95098504cd9eecd8a8f9b3efbd1f008ac585"
        "3097d9d1837f2b18f77cd7be01af80a7c7b5ea3ca54cc02d0c116fee3f95bb87399385875d7e86747e676e728938acbff7098e05be4dcf"
        "b24052b83aeffb14783f029adbde7f53fae92084224090e007cee94d4bf2bace9ffd4b57d2af7c724d0caa19bf0501f6f17b4aa10f425e"
        "3ea76080b4b9d6b3cefea115b2ceb8789bb8a3b0ea87febe63b6c8f846ec6db0c26c5d7c",
    ),
]


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


@pytest.mark.parametrize("number", FORMULA)
def test_primes_follow_the_formula(number: int) -> None:
    group = MODP_GROUPS[number]
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
    assert len(ours.public) == group.public_length
    if isinstance(group, ModpGroup):
        assert len(secret) == group.public_length
        assert int.from_bytes(secret) == pow(group.generator, ours.private * theirs.private, group.prime)
    else:
        assert len(secret) == group.public_length // 2


def test_the_secret_keeps_its_leading_zeros() -> None:
    group = GROUPS[2]
    assert group.shared(3, (2).to_bytes(128)) == (8).to_bytes(128)


@pytest.mark.parametrize("group", GROUPS.values(), ids=str)
def test_a_seeded_run_repeats(group: Group) -> None:
    assert group.generate(random.Random(7).randbytes) == group.generate(random.Random(7).randbytes)
    assert group.generate(random.Random(7).randbytes) != group.generate(random.Random(8).randbytes)


@pytest.mark.parametrize(("number", "ours", "theirs", "public", "secret"), EXCHANGES, ids=lambda value: str(value)[:2])
def test_published_exchanges(number: int, ours: str, theirs: str, public: str, secret: str) -> None:
    group, one, other = GROUPS[number], int(ours, 16), int(theirs, 16)
    assert public_value(group, one).hex().startswith(public)
    assert group.shared(one, public_value(group, other)).hex() == secret
    assert group.shared(other, public_value(group, one)).hex() == secret


def public_value(group: Group, private: int) -> bytes:
    """The public value of a private one, as the library makes it; `generate` would choose another private value."""
    if isinstance(group, ModpGroup):
        return pow(group.generator, private, group.prime).to_bytes(group.public_length)
    key = ec.derive_private_key(private, {19: ec.SECP256R1, 20: ec.SECP384R1, 21: ec.SECP521R1}[group.number]())
    point, length = key.public_key().public_numbers(), group.public_length // 2
    return point.x.to_bytes(length) + point.y.to_bytes(length)


def test_what_ecp_generates_is_the_point_of_its_private_value() -> None:
    for number in CURVES:
        pair = GROUPS[number].generate(random.Random(3).randbytes)
        assert pair.public == public_value(GROUPS[number], pair.private)


@pytest.mark.parametrize("number", CURVES)
def test_a_point_off_the_curve_is_refused(number: int) -> None:
    group = GROUPS[number]
    pair, length = group.generate(random.Random(5).randbytes), group.public_length
    bad = [bytes(length), b"\xff" * length, b"", pair.public[:-1], pair.public + b"\0", b"\x04" + pair.public]
    bad += [pair.public[: length // 2] + bytes(length // 2), bytes(length // 2) + pair.public[length // 2 :]]
    bad += [bytes((*pair.public[:at], pair.public[at] ^ 1, *pair.public[at + 1 :])) for at in (1, length - 1)]
    for public in bad:
        with pytest.raises(CryptoError):
            group.shared(pair.private, public)


def test_a_value_outside_the_subgroup_is_refused() -> None:
    """2 generates far more than the subgroup of group 24; its power of the cofactor is in it."""
    group = MODP_GROUPS[24]
    assert group.order is not None
    with pytest.raises(CryptoError):
        group.shared(7, (2).to_bytes(group.public_length))
    inside = pow(2, (group.prime - 1) // group.order, group.prime)
    assert group.shared(1, inside.to_bytes(group.public_length)) == inside.to_bytes(group.public_length)


def test_the_numbers_of_group_24_are_what_they_claim() -> None:
    group = MODP_GROUPS[24]
    assert group.order is not None
    assert gmpy2.is_prime(group.prime)
    assert gmpy2.is_prime(group.order)
    assert pow(group.generator, group.order, group.prime) == 1
    assert (group.bits, group.order.bit_length()) == (2048, 256)


def test_even_silent_randomness_gives_a_usable_value() -> None:
    pair = GROUPS[1].generate(bytes)
    assert pair.private.bit_length() == EXPONENT_LENGTH * 8
    assert GROUPS[1].shared(5, pair.public)


@pytest.mark.parametrize("group", MODP_GROUPS.values(), ids=str)
def test_bad_public_values_are_refused(group: ModpGroup) -> None:
    length, prime = group.public_length, group.prime
    bad = [value.to_bytes(length) for value in (0, 1, prime - 1, prime, prime + 1, 2 ** (8 * length) - 1)]
    bad += [b"", b"\x02", bytes(length - 1) + b"\x02\x00", (2).to_bytes(length - 1)]
    for public in bad:
        with pytest.raises(CryptoError):
            group.shared(12345, public)
    if group.order is not None:
        return
    assert group.shared(1, (2).to_bytes(length)) == (2).to_bytes(length)
    assert group.shared(1, (prime - 2).to_bytes(length)) == (prime - 2).to_bytes(length)
