"""Many tunnels between one router and one strongSwan: what each of the two has to be told.

The router is 192.0.2.1, and PC1 behind it 10.1.0.10. For the tunnel with number n strongSwan has an address of its own,
192.0.2.(100 + n), and behind it the host 10.2.n.1; so every tunnel has its own SAs in both phases.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterable
from dataclasses import dataclass

from tests.interop.neighbour import Namespace

ROUTER, PC = "192.0.2.1", "10.1.0.10"
LINKS = ['"R1:Gi0/0", "WAN:outside"', '"R1:Gi0/1", "PC1:eth0"']
NODES = {"PC1": f"kind: host, address: {PC}/16, gateway: 10.1.0.1"}

# Words of IOS as strongSwan has them.
CIPHERS = {"des": "des", "3des": "3des", "aes": "aes128", "aes 192": "aes192", "aes 256": "aes256"}
HASHES = {"md5": "md5", "sha": "sha1", "sha256": "sha256", "sha384": "sha384", "sha512": "sha512"}
GROUPS = {
    "1": "modp768", "2": "modp1024", "5": "modp1536", "14": "modp2048", "15": "modp3072", "16": "modp4096",
    "19": "ecp256", "20": "ecp384", "21": "ecp521", "24": "modp2048s256",
}  # fmt: skip
ESP = {
    "gcm": "aes128gcm16", "gcm 192": "aes192gcm16", "gcm 256": "aes256gcm16", "null": "null", **CIPHERS,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Tunnel:
    """Its algorithms, in the words of IOS, and settings for the connection, its ends and its child in strongSwan's.

    `router` and `peer` are the addresses that the other side sees, where a translator is between them. `line` is that
    of the router's access list and `entry` a line more of its crypto map; `local_ts` and `remote_ts` are strongSwan's
    selectors.
    """

    number: int = 1
    cipher: str = "aes"
    hash: str = "sha"
    group: str = "14"
    esp_cipher: str = "aes"
    esp_hash: str | None = "sha"
    pfs: str | None = None
    lifetime: int = 86400
    connection: str = ""
    child: str = ""
    local_id: str = ""
    remote_id: str = ROUTER
    router: str = ROUTER
    peer: str = ""
    line: str = "permit ip 10.1.0.0 0.0.255.255 10.2.{n}.0 0.0.0.255"
    local_ts: str = "10.2.{n}.0/24"
    remote_ts: str = "10.1.0.0/16"
    entry: str = ""

    def __str__(self) -> str:
        return f"{self.proposal} {self.esp_proposal}"

    @property
    def address(self) -> str:
        """Of strongSwan."""
        return f"192.0.2.{100 + self.number}"

    @property
    def host(self) -> str:
        """Behind strongSwan."""
        return f"10.2.{self.number}.1"

    @property
    def child_name(self) -> str:
        """As `swanctl` has it."""
        return f"net{self.number}"

    @property
    def proposal(self) -> str:
        """Of phase 1, for strongSwan."""
        return f"{CIPHERS[self.cipher]}-{HASHES[self.hash]}-{GROUPS[self.group]}"

    @property
    def esp_proposal(self) -> str:
        """Of phase 2, for strongSwan."""
        names = [ESP[self.esp_cipher], HASHES.get(self.esp_hash or ""), GROUPS.get(self.pfs or "")]
        return "-".join(filter(None, names))

    @property
    def transform(self) -> str:
        """The transform of phase 2, for the router."""
        return f"esp-{self.esp_cipher}" + (f" esp-{self.esp_hash}-hmac" if self.esp_hash else "")

    @property
    def shown_transform(self) -> str:
        """The same as `show crypto ipsec sa` has it: `esp-192-aes`."""
        cipher, _, bits = self.esp_cipher.partition(" ")
        return (
            self.transform.replace(f"esp-aes {bits}", f"esp-{bits}-aes") if cipher == "aes" and bits else self.transform
        )


def configurations(tunnels: Iterable[Tunnel], extra: str = "", outside: str = ROUTER) -> tuple[str, str]:
    """Of the router and of strongSwan; `extra` are more lines for the router, whose address is `outside`."""
    each = tuple(tunnels)
    router = ROUTER_FRAME.format(tunnels="".join(map(_router, each)), extra=extra, outside=outside)
    return router, f"connections {{\n{''.join(map(_strongswan, each))}}}\nsecrets {{ ike-r1 {{ secret = cisco }} }}\n"


def furnish(namespace: Namespace, tunnels: Iterable[Tunnel]) -> None:
    """Give a namespace the addresses of the tunnels."""
    for tunnel in tunnels:
        namespace.address(f"{tunnel.address}/24")
        namespace.address(f"{tunnel.host}/24", "lo")


def ping_from(namespace: Namespace, tunnel: Tunnel, count: int = 5) -> subprocess.Popen[bytes]:
    """Start pings of PC1 by the host behind strongSwan."""
    words = ["ping", "-q", "-c", str(count), "-i", "0.02", "-W", "3", "-I", tunnel.host, PC]
    return namespace.start(*words, stdout=subprocess.PIPE)


def _router(tunnel: Tunnel) -> str:
    pfs = f" set pfs group{tunnel.pfs}\n" if tunnel.pfs else ""
    more = f" {tunnel.entry}\n" if tunnel.entry else ""
    line = tunnel.line.format(n=tunnel.number)
    return ROUTER_PART.format(t=tunnel, more=pfs + more, peer=tunnel.peer or tunnel.address, line=line)


def _strongswan(tunnel: Tunnel) -> str:
    local_ts = tunnel.local_ts.format(n=tunnel.number)
    return STRONGSWAN_PART.format(t=tunnel, local=tunnel.local_id or tunnel.address, local_ts=local_ts)


ROUTER_FRAME = """\
hostname R1
crypto isakmp key cisco address 0.0.0.0
{extra}{tunnels}interface GigabitEthernet0/0
 ip address {outside} 255.255.255.0
 crypto map VPN
 no shutdown
interface GigabitEthernet0/1
 ip address 10.1.0.1 255.255.0.0
 no shutdown
"""
ROUTER_PART = """\
crypto isakmp policy {t.number}
 encr {t.cipher}
 hash {t.hash}
 authentication pre-share
 group {t.group}
 lifetime {t.lifetime}
crypto ipsec transform-set TS{t.number} {t.transform}
crypto map VPN {t.number} ipsec-isakmp
 set peer {peer}
 set transform-set TS{t.number}
{more} match address NET{t.number}
ip access-list extended NET{t.number}
 {line}
ip route 10.2.{t.number}.0 255.255.255.0 {peer}
"""
STRONGSWAN_PART = """\
  r{t.number} {{
    version = 1
    local_addrs = {t.address}
    remote_addrs = {t.router}
    proposals = {t.proposal}
    encap = yes
    {t.connection}
    local {{ auth = psk
      id = {local} }}
    remote {{ auth = psk
      id = {t.remote_id} }}
    children {{ {t.child_name} {{
      local_ts = {local_ts}
      remote_ts = {t.remote_ts}
      esp_proposals = {t.esp_proposal}
      {t.child}
    }} }}
  }}
"""
