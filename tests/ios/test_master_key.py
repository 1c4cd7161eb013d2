"""Type 6: keys that are encrypted by a master key, which is in no configuration."""

from __future__ import annotations

from iosim.crypto.reversible import decrypt6

from .crypto_pair import Pair
from .network import Network, pair

ROUTERS_OWN = "fe_a`iJYE\\DZYJhDhTP[`MYaTgRH_MAAB"
"""The key Cisco123 under the master key Cisco123, as a router wrote it (CiscoDevNet/Type-6-Password-Encode)."""


def keys(network: Network) -> list[str]:
    return [line.strip() for line in network.running("R1") if line.startswith("crypto isakmp key")]


def key_text(network: Network) -> str:
    (line,) = keys(network)
    words = line.split()
    assert words[:4] == ["crypto", "isakmp", "key", "6"]
    return words[4]


def test_keys_are_encrypted_as_soon_as_they_can_be() -> None:
    network = pair("crypto isakmp key cisco address 10.0.0.2\n")
    network.configure("R1", "password encryption aes")
    assert keys(network) == ["crypto isakmp key cisco address 10.0.0.2"]
    network.configure("R1", "key config-key password-encrypt masterkey")
    assert decrypt6(key_text(network), "masterkey") == "cisco"
    assert not any("masterkey" in line for line in network.running("R1"))
    network.configure("R1", "key config-key password-encrypt another1")
    assert decrypt6(key_text(network), "another1") == "cisco"
    assert "password encryption aes" in network.running("R1")


def test_the_master_key_is_asked_for_and_not_shown() -> None:
    network = pair("crypto isakmp key cisco address 10.0.0.2\npassword encryption aes\n")
    console = network.console("R1")
    network.type("R1", "configure terminal", "key config-key password-encrypt")
    assert (console.prompt, console.secret) == ("New key: ", True)
    network.type("R1", "masterkey")
    assert (console.prompt, console.secret) == ("Confirm key: ", True)
    network.type("R1", "masterkey")
    assert console.prompt == "R1(config)#"
    assert decrypt6(key_text(network), "masterkey") == "cisco"
    network.type("R1", "key config-key password-encrypt", "wrong one")
    assert console.prompt == "R1(config)#"


def test_encrypted_keys_work_while_there_is_their_master_key() -> None:
    vpn = Pair()
    vpn.configure(1, "key config-key password-encrypt masterkey\npassword encryption aes")
    assert "crypto isakmp key 6 " in vpn.type(1, "show running-config | include isakmp key")
    assert "!!!!" in vpn.ping()
    vpn.type(1, "configure terminal")
    vpn.type(1, "no key config-key password-encrypt")
    vpn.type(1, "yes")
    vpn.type(1, "end")
    for number in (1, 2):
        vpn.type(number, "clear crypto sa")
        vpn.type(number, "clear crypto isakmp")
    assert "!" not in vpn.ping().split("seconds:")[1].split("\n")[1]


def test_keys_of_other_routers() -> None:
    network = pair(f"crypto isakmp key 6 {ROUTERS_OWN} address 10.0.0.2\n")
    assert key_text(network) == ROUTERS_OWN
    network.configure("R1", "key config-key password-encrypt Cisco123", "password encryption aes")
    assert key_text(network) == ROUTERS_OWN
    network.configure("R1", "key config-key password-encrypt another1")
    assert decrypt6(key_text(network), "another1") == "Cisco123"
    assert (
        network.configure("R1", "crypto isakmp key 6 cisco address 10.0.0.3") == "Invalid encrypted password: cisco\n"
    )
