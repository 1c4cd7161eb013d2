"""The configurations of the bundled labs are what the routers themselves would write."""

from __future__ import annotations

import pytest

from iosim.lab.build import Network
from iosim.lab.find import find_lab
from iosim.lab.load import load_lab
from iosim.lab.topology import RouterSpec


@pytest.mark.parametrize(
    "name",
    [
        "ah-modes",
        "class-lab",
        "dpd-failover",
        "dynamic-hub",
        "dynamic-vti",
        "equal-cost",
        "failover",
        "gre",
        "gre-over-ipsec",
        "gre-protection",
        "hub-and-spoke",
        "lan-to-lan",
        "manual-keys",
        "mtu",
        "policy-routing",
        "rekey",
        "reverse-route",
        "site-to-site",
        "static-vti",
        "tcp",
        "three-sites",
    ],
)
def test_the_routers_write_the_configurations_that_they_read(name: str) -> None:
    lab = load_lab(find_lab(name))
    network = Network(lab)
    network.start()
    assert network.refused == []
    for spec in lab.nodes.values():
        if isinstance(spec, RouterSpec):
            written = network.execute(spec.name, "show running-config")
            assert significant(written[written.index("\nversion") :]) == significant(spec.text)


def significant(text: str) -> list[str]:
    """The lines without those that only separate."""
    return [line.rstrip() for line in text.splitlines() if line.strip(" !")]
