"""What a stack knows of its addresses and routes after any changes of its interfaces: what they have now."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from iosim.routing.connected import connect
from iosim.sim.clock import Simulator
from iosim.stack.interface import Interface
from iosim.stack.stack import Stack

NAMES = ("Lo0", "Lo1", "Lo2")
PREFIXES = [(0x0A000001, 24), (0x0A000002, 24), (0x0A000001, 16), (0x0A000101, 24), (0x0A000103, 32)]
change = st.tuples(
    st.sampled_from(NAMES), st.one_of(st.booleans(), st.none(), st.lists(st.sampled_from(PREFIXES), max_size=2))
)


@given(st.lists(change, max_size=25))
def test_any_changes_leave_what_the_interfaces_have_now(
    changes: list[tuple[str, bool | list[tuple[int, int]] | None]],
) -> None:
    """A change shuts an interface or opens it (bool), takes it away (None) or gives it other addresses."""
    stack = Stack(Simulator(), "R1")
    rib = connect(stack)
    for name, what in changes:
        if name not in stack.interfaces:
            stack.add_interface(Interface(name))
        interface = stack.interfaces[name]
        if what is None:
            stack.remove_interface(name)
        elif isinstance(what, bool):
            interface.set_admin(what)
        else:
            interface.set_addresses(what)
    up = [each for each in stack.interfaces.values() if each.line_up]
    own = {address for each in up for address, _ in each.addresses}
    broadcasts = {address for each in up for address in each.broadcasts()}
    networks = {(address >> 32 - length << 32 - length, length) for each in up for address, length in each.addresses}
    assert {a for a, _ in PREFIXES if stack.source_for(a) == a} == own
    assert {a for a in (0x0A0000FF, 0x0A00FFFF, 0x0A0001FF) if stack.is_broadcast(a)} == broadcasts
    assert {(entry.prefix, entry.length) for entry in rib.entries()} == networks | {(address, 32) for address in own}
