"""Scripts that others are in the way of begin anew: a lock that did not come in time, and a deadlock that they lost."""

from __future__ import annotations

import psycopg
import pytest
from sqlalchemy.exc import OperationalError

from engine.store import migrate


@pytest.mark.parametrize("kind", [psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected])
def test_scripts_begin_anew_when_others_are_in_the_way(kind: type[Exception], monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[int] = []

    def scripts() -> None:
        tried.append(1)
        if len(tried) < 3:
            raise OperationalError("ALTER TABLE outbox", None, kind())

    monkeypatch.setattr(migrate, "REST", 0.0)
    migrate._run(scripts)
    assert len(tried) == 3


def test_any_other_error_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrate, "REST", 0.0)

    def scripts() -> None:
        raise OperationalError("ALTER TABLE outbox", None, psycopg.errors.DiskFull())

    with pytest.raises(OperationalError):
        migrate._run(scripts)
