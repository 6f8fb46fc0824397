"""Schemathesis over the whole interface, a bounded run that is the same every time; ``bin/fuzz`` is the long one."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from adapters.forms.render import render_form
from tests.acceptance.fuzzed_installation import Ground, prepare
from tests.acceptance.fuzzing import Found, Plan, fuzz
from tests.installation.served import served_copy

OPEN, SIGNED_IN = ("public", "link"), ("staff", "admin")


@pytest.fixture
def ground(tmp_path: Path) -> Iterator[Ground]:
    """An installation of its own for each actor: what one changes must not decide what another sees."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    installation = served_copy(tmp_path, render_form=render_form)
    yield prepare(installation)
    installation.close()
    structlog.reset_defaults()


@pytest.mark.parametrize(
    ("plan", "at_least"),
    [
        (Plan(actor="anyone", accesses=OPEN, phases=("coverage", "stateful"), examples=5), 300),
        (Plan(actor="counter", accesses=("staff",), phases=("coverage",), examples=1), 1500),
        (Plan(actor="specialist", accesses=("staff",), phases=("stateful",), examples=8), 20),
        (Plan(actor="far-counter", accesses=("staff",), phases=("stateful",), examples=5), 10),
        (Plan(actor="admin", accesses=("admin",), phases=("coverage", "fuzzing"), examples=5), 30),
        (Plan(actor="nobody", accesses=("admin",), phases=("fuzzing",), examples=3), 6),
    ],
    ids=lambda given: given.actor if isinstance(given, Plan) else "",
)
def test_nothing_breaks_and_the_document_tells_the_truth(ground: Ground, plan: Plan, at_least: int) -> None:
    found = fuzz(ground.installation.app, ground, plan)
    told = "\n\n".join(f"{' | '.join(what)}\n{example}" for what, example in found.broken.items())
    assert found.broken == {}, told
    assert found.asked >= at_least
    assert_reached(found, plan)


def assert_reached(found: Found, plan: Plan) -> None:
    """A run that is only ever turned away proves nothing."""
    succeeded = sum(count for status, count in found.statuses.items() if 200 <= status < 300)
    if plan.actor == "nobody":
        assert set(found.statuses) <= {400, 403, 404, 405, 415, 422}
    else:
        share = 0.01 if plan.actor == "admin" else 0.02  # an administrator meets 404 on every route of a dossier
        assert succeeded > found.asked * share, found.statuses
