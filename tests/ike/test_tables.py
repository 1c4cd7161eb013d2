"""The tables of the exchanges agree with each other."""

import pytest

from iosim.ike.v1 import aggressive_mode, main_mode, quick_mode

MACHINES = {
    "main mode": main_mode.MACHINE,
    "aggressive mode": aggressive_mode.MACHINE,
    "quick mode, initiator": quick_mode.INITIATOR,
    "quick mode, responder": quick_mode.RESPONDER,
}


@pytest.mark.parametrize("name", MACHINES)
def test_every_awaited_message_has_a_transition_and_a_step(name: str) -> None:
    machine = MACHINES[name]
    awaited = {(state, machine.arrival) for state in machine.payloads}
    assert awaited <= machine.transitions.keys()
    assert awaited <= machine.steps.keys()
    assert awaited == {key for key in machine.transitions if key[1] is machine.arrival}


@pytest.mark.parametrize("name", MACHINES)
def test_every_step_leads_on(name: str) -> None:
    machine = MACHINES[name]
    assert machine.steps.keys() <= machine.transitions.keys()
    for key, step in machine.steps.items():
        if step.then is not None:
            assert (machine.transitions[key], step.then) in machine.transitions


@pytest.mark.parametrize("name", MACHINES)
def test_every_state_can_be_reached(name: str) -> None:
    machine = MACHINES[name]
    reached = {next(iter(machine.transitions))[0], *machine.transitions.values()}
    assert {state for state, _ in machine.transitions} <= reached
