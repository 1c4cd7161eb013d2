"""What a VPN's configuration commands print, and how their lines are written."""

from __future__ import annotations

from ios.crypto_pair import Pair

NOTE = (
    "% NOTE: This new crypto map will remain disabled until a peer\n"
    "        and a valid access list have been configured.\n"
)


def written(pair: Pair, words: str) -> list[str]:
    return pair.type(1, f"show running-config | include {words}").splitlines()


def test_a_key_does_not_replace_another_one() -> None:
    pair = Pair()
    pair.type(1, "configure terminal")
    refusal = "A pre-shared key for address mask 203.0.113.2 255.255.255.255 already exists!\n"
    assert pair.type(1, "crypto isakmp key other address 203.0.113.2") == refusal
    assert pair.type(1, "crypto isakmp key other address 203.0.113.2 255.255.255.255") == refusal
    assert pair.type(1, "crypto isakmp key wide address 203.0.113.0 255.255.255.0") == ""
    assert "Kopernikus1543" in pair.type(1, "do show crypto isakmp key")
    pair.type(1, "no crypto isakmp key Kopernikus1543 address 203.0.113.2 255.255.255.255")
    assert pair.type(1, "crypto isakmp key other address 203.0.113.2") == ""


def test_a_key_is_written_without_what_goes_without_saying() -> None:
    """The address is 15 columns wide, as running configurations of real routers have it."""
    keys = ("0 all address 0.0.0.0 0.0.0.0", "net address 10.0.0.0 255.0.0.0")
    pair = Pair({1: "\n".join(f"crypto isakmp key {key}" for key in keys)})
    assert written(pair, "isakmp key") == [
        "crypto isakmp key Kopernikus1543 address 203.0.113.2    ",
        "crypto isakmp key all address 0.0.0.0        ",
        "crypto isakmp key net address 10.0.0.0        255.0.0.0",
    ]


def test_aes_of_128_bits_is_written_as_aes() -> None:
    lines = ("crypto isakmp policy 10", "encr aes 128", "crypto ipsec transform-set SMALL esp-aes 128 esp-sha-hmac")
    pair = Pair({1: "\n".join(lines)})
    assert written(pair, "encr |SMALL") == [" encr aes", "crypto ipsec transform-set SMALL esp-aes esp-sha-hmac "]


def test_only_a_new_crypto_map_says_that_it_is_disabled() -> None:
    pair = Pair()
    pair.type(1, "configure terminal")
    assert pair.type(1, "crypto map OTHER 10 ipsec-isakmp") == NOTE
    pair.type(1, "set peer 203.0.113.2")
    assert pair.type(1, "crypto map OTHER 10 ipsec-isakmp") == ""
    assert pair.type(1, "crypto map OTHER 20 ipsec-isakmp") == NOTE


def test_no_xauth_is_kept_with_its_key() -> None:
    pair = Pair({1: "crypto isakmp key net address 10.0.0.0 255.0.0.0 no-xauth"})
    assert written(pair, "isakmp key net") == ["crypto isakmp key net address 10.0.0.0        255.0.0.0 no-xauth"]


def test_what_is_no_encrypted_key_is_refused() -> None:
    pair = Pair()
    pair.type(1, "configure terminal")
    assert pair.type(1, "crypto isakmp key 6 aBcD address 10.0.0.1") == "Invalid encrypted password: aBcD\n"
    pair.type(1, "end")
    assert written(pair, "aBcD") == []


def test_a_crypto_map_that_is_not_there_goes_on_no_interface() -> None:
    pair = Pair()
    for line in ("configure terminal", "interface Loopback9"):
        pair.type(1, line)
    assert pair.type(1, "crypto map NOPE") == 'ERROR: Crypto Map with tag "NOPE" does not exist.\n'


def test_the_key_exchange_passes_by_an_access_list_that_covers_it() -> None:
    """`permit ip` between the tunnel's own ends: what they send to each other is protected, ISAKMP is not."""
    pair = Pair(
        {
            number: f"ip access-list extended ENDS\npermit ip host 203.0.113.{number} host 203.0.113.{3 - number}\n"
            "crypto map VPN 10 ipsec-isakmp\nmatch address ENDS"
            for number in (1, 2)
        }
    )
    assert ".!!!!" in pair.type(1, "ping 203.0.113.2")
    assert "#pkts encaps: 4" in pair.type(1, "show crypto ipsec sa")


def test_what_a_crypto_map_lacks_is_remarked_until_it_is_there() -> None:
    pair = Pair()
    for line in ("configure terminal", "crypto map NEW 5 ipsec-isakmp", "set peer 203.0.113.2", "match address LATER"):
        pair.type(1, line)
    entry = pair.type(1, "do show running-config | section crypto map NEW").splitlines()
    assert entry == [
        "crypto map NEW 5 ipsec-isakmp ",
        " ! Incomplete",
        " set peer 203.0.113.2",
        " ! access-list has not been configured yet",
        " match address LATER",
    ]
    pair.type(1, "ip access-list extended LATER")
    pair.type(1, "permit ip any any")
    entry = pair.type(1, "do show running-config | section crypto map NEW").splitlines()
    assert entry == ["crypto map NEW 5 ipsec-isakmp ", " set peer 203.0.113.2", " match address LATER"]
    pair.type(1, "crypto map NEW 5 ipsec-isakmp")
    pair.type(1, "no set peer 203.0.113.2")
    assert " ! Incomplete" in pair.type(1, "do show running-config | section crypto map NEW").splitlines()
