"""The long-lived cipher contexts of phase 1 do what one-shot CBC does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iosim.crypto.ciphers import CIPHERS
from iosim.ike.v1.channel import Channel


@pytest.mark.parametrize("name", CIPHERS)
@given(messages=st.lists(st.tuples(st.binary(min_size=16, max_size=16), st.integers(1, 5)), min_size=1, max_size=5))
def test_each_message_is_plain_cbc_under_its_own_iv(name: str, messages: list[tuple[bytes, int]]) -> None:
    cipher = CIPHERS[name]
    key = bytes(range(cipher.key_length))
    channel = Channel(cipher, key)
    for seed, blocks in messages:
        iv, plaintext = seed[: cipher.block_size], seed * blocks
        ciphertext = channel.encrypt(iv, plaintext)
        assert ciphertext == cipher.encrypt(key, iv, plaintext)
        assert channel.decrypt(iv, ciphertext) == plaintext
