"""The plaintext MTU of `show crypto ipsec sa` as real routers show it, and as it follows from the formats."""

import pytest

from iosim.ipsec.flow import InstalledPair
from iosim.ipsec.model import SaPair, Transform

from .helpers import LAN1, LAN2, PC1, PC2, R1, R2, Router, configure, line, pair_for, subnet

IOL = "an IOS 15 router of a lab, on Ethernet0/2"
CAPTURED = [
    # Transform, through UDP, path MTU, plaintext MTU, and where it was seen.
    (Transform("aes-128", "md5", "tunnel"), False, 1500, 1438, IOL),
    (Transform("aes-128", "md5", "transport"), False, 1500, 1458, IOL),
    (Transform("3des", "sha256", "tunnel"), False, 1500, 1446, IOL),
    (Transform("3des", "sha256", "transport"), False, 1500, 1466, IOL),
    (Transform("gcm-256", None, "transport"), False, 1500, 1466, IOL),
    (Transform("des", None, "transport"), False, 1500, 1482, "IOS 15, DMVPN without authentication"),
    (Transform("null", "sha", "tunnel"), False, 1400, 1358, "IOS 15, a crypto map on Tunnel0"),
    (Transform("null", "sha", "tunnel"), False, 1500, 1454, "IOS 15, tunnel protection"),
    (Transform("aes-128", "sha", "tunnel"), False, 1500, 1438, "IOS XE on a CSR 1000V, Virtual-Access1"),
    (Transform("aes-256", "sha256", "tunnel"), False, 1500, 1438, "IOS XE, GigabitEthernet3"),
    (Transform("aes-256", "sha256", "transport"), False, 1500, 1458, "IOS XE, TenGigabitEthernet0/0/1"),
    (Transform("aes-256", "sha512", "tunnel"), False, 1500, 1422, "IOS 15, a Flex VPN"),
    (Transform("aes-256", "sha", "transport"), False, 1400, 1362, "IOS XE on a CSR 1000V, Tunnel0"),
    (Transform("aes-256", "sha", "tunnel"), True, 1500, 1422, "IOS XE on a CSR 1000V, Tunnel UDP-Encaps"),
    (Transform("aes-256", "sha", "transport"), True, 1500, 1442, "IOS XE, GigabitEthernet8, Transport UDP-Encaps"),
    (Transform("gcm-256", None, "tunnel"), False, 1500, 1446, "IOS XE, FiveGigabitEthernet3/0/15"),
    (Transform("gcm-256", None, "tunnel"), False, 9184, 9130, "IOS XE, TenGigabitEthernet0/0/9.11"),
]
FROM_THE_FORMATS = [
    # RFC 4302 section 2: 12 bytes and the ICV, padded to 32 bits; ESP inside, where there is any
    (Transform(None, None, "tunnel", "sha"), 1456),
    (Transform(None, None, "transport", "sha"), 1476),  # as IOS XE shows for ah-md5-hmac in transport mode, IPv6
    (Transform(None, None, "tunnel", "sha256"), 1452),
    (Transform("aes-128", "sha", "tunnel", "sha"), 1406),  # 1500 - 24 = 1476; 1476 - 56 = 1420, in blocks 1408, less 2
    (Transform("aes-128", "sha", "transport", "sha"), 1426),
    (Transform("gmac-128", None, "tunnel"), 1446),  # RFC 4543: as AES-GCM
    (Transform("gmac-128", None, "transport"), 1466),
    (Transform("aes-192", "sha384", "tunnel"), 1422),  # an ICV of 24 bytes: 1500 - 68 = 1432, in blocks 1424, less 2
    (Transform("3des", "md5", "tunnel"), 1446),
    (Transform("des", "sha", "transport"), 1466),
]


def installed(transform: Transform, through_udp: bool = False) -> InstalledPair:
    router = Router(R1)
    configure(router, line(True, LAN1, LAN2))
    flow = next(iter(router.ipsec.flows.values()))
    pair = pair_for(flow, transform=transform)
    if through_udp:
        pair = SaPair(
            R1, R2, subnet(PC1), subnet(PC2), transform, pair.inbound, pair.outbound, 3600, 0, None, True, (4500, 4500)
        )
    found = router.ipsec.install(pair, flow)
    assert found is not None
    return found


@pytest.mark.parametrize(("transform", "through_udp", "path", "expected", "source"), CAPTURED)
def test_as_routers_show_it(transform: Transform, through_udp: bool, path: int, expected: int, source: str) -> None:
    assert installed(transform, through_udp).plaintext_mtu(path) == expected, source


@pytest.mark.parametrize(("transform", "expected"), FROM_THE_FORMATS)
def test_as_the_formats_have_it(transform: Transform, expected: int) -> None:
    assert installed(transform).plaintext_mtu(1500) == expected
