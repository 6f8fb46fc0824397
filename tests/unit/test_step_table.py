"""The table of steps is read back from the machine: it takes the same steps, and leaves refusing to the machine."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from transitions import Machine

from engine.rules.procedure.machine import ActionNotInState, GuardFailed, Workflow, compile_release
from tests.installation.land_release import FUNCTIONS, land_release

RELEASE = land_release()
TABLE, MACHINE = (compile_release(RELEASE, FUNCTIONS) for _ in range(2))
vars(MACHINE)["_steps"] = dict.fromkeys(vars(MACHINE)["_steps"], ())  # every step is the machine's
FACTS = st.fixed_dictionaries(
    {
        "documents": st.fixed_dictionaries({"complete": st.booleans()}),
        "land": st.fixed_dictionaries({"area": st.integers(0, 2), "tax_due": st.booleans()}),
        "verifications": st.fixed_dictionaries({"open": st.integers(0, 1)}),
        "fees": st.fixed_dictionaries({"settled": st.booleans()}),
    }
)


@given(facts=FACTS)
def test_it_takes_the_step_of_the_machine(facts: dict[str, Any]) -> None:
    for action in RELEASE.actions:
        for state in RELEASE.states:
            assert _answer(TABLE, state, action, facts) == _answer(MACHINE, state, action, facts)


def test_the_machine_is_asked_only_to_refuse(monkeypatch: pytest.MonkeyPatch) -> None:
    ready = {"documents": {"complete": True}, "land": {"area": 120}}
    taken = MACHINE.advance("new", "receive", ready)
    monkeypatch.setattr(Machine, "set_state", lambda *_: pytest.fail("the machine took a step"))
    assert TABLE.advance("new", "receive", ready) == taken
    with pytest.raises(GuardFailed):
        TABLE.advance("new", "receive", {})


def _answer(workflow: Workflow, state: str, action: str, facts: dict[str, Any]) -> object:
    try:
        return workflow.advance(state, action, facts)
    except (GuardFailed, ActionNotInState) as refusal:
        return type(refusal), str(refusal)
