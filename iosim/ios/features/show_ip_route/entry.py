"""`show ip route 10.0.0.1`: one entry of the routing table in full."""

from __future__ import annotations

from iosim.grammar.values import format_address
from iosim.ios.features.show_ip_route.networks import Network, classful_length, networks
from iosim.ios.features.show_ip_route.table import View, is_fixed, route_lines
from iosim.routing.rib import Rib
from iosim.routing.table import Entry, Route
from iosim.wire.address import netmask


def one_entry(view: View, destination: int, mask: int | None) -> str:
    """`Routing entry for …`: the best route to an address, or with a mask just that route.

    As on IOS, the default route does not count for another address than its own.
    """
    rib = view.rib
    network = _network_of(rib, destination)
    if network is not None and destination == network.prefix and mask in (None, netmask(network.length)):
        return _known_subnets(view, network)
    entry = rib.lookup(destination) if mask is None else rib.exact(destination, mask.bit_count())
    if entry is None or (entry.length == 0 and destination):
        return "% Subnet not in table\n" if network is not None else "% Network not in table\n"
    return _description(view, entry)


def _network_of(rib: Rib, address: int) -> Network | None:
    """The classful network of an address, if it has subnets in the table."""
    length = classful_length(address)
    wanted = address & netmask(length), length
    subnetted = (network for network in networks(rib.entries()) if network.is_subnetted)
    return next((network for network in subnetted if (network.prefix, network.length) == wanted), None)


def _known_subnets(view: View, network: Network) -> str:
    attached = sum(entry.client == "connected" for entry in network.entries)
    count, masks = len(network.entries), len(network.lengths)
    text = f"Routing entry for {format_address(network.prefix)}/{network.length}, {count} known subnets\n"
    text += f"  Attached ({attached} connections)\n" if attached else ""
    text += f"  Variably subnetted with {masks} masks\n" if masks > 1 else ""
    return text + "".join(line + "\n" for entry in network.entries for line in route_lines(view, entry, network))


def _description(view: View, entry: Entry) -> str:
    best = entry.best
    supernet = ", supernet" if entry.length < classful_length(entry.prefix) else ""
    how = ", candidate default path" if entry.length == 0 else ""
    if best.next_hop is None:
        how += " (connected, via interface)" if best.source == "C" else " (connected)"
    text = f"Routing entry for {format_address(entry.prefix)}/{entry.length}{supernet}\n"
    text += f'  Known via "{entry.client}", distance {best.distance}, metric {best.metric}{how}\n'
    text += f"  Tag {best.tag}\n" if best.tag else ""
    if not is_fixed(best):
        on = f" on {best.interface}" if best.interface else ""
        text += f"  Last update from {format_address(best.next_hop or 0)}{on}, {view.age(entry)} ago\n"
    text += "  Routing Descriptor Blocks:\n"
    for index, route in enumerate(entry.routes):
        text += f"  {' ' if index else '*'} {_block(view, entry, route)}\n"
        text += f"      Route metric is {route.metric}, traffic share count is 1\n"
        text += f"      Route tag {route.tag}\n" if route.tag else ""
    return text


def _block(view: View, entry: Entry, route: Route) -> str:
    if route.next_hop is None:
        return f"directly connected, via {route.interface}"
    gateway = format_address(route.next_hop)
    learned = "" if is_fixed(route) else f", from {gateway}, {view.age(entry)} ago"
    return gateway + learned + (f", via {route.interface}" if route.interface else "")
