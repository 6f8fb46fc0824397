"""What a session costs: one statement for each page, and a bounded number for one's own account."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event

from tests.web.account.conftest import Clock
from tests.web.site import Site


@contextmanager
def _counted(site: Site) -> Iterator[list[str]]:
    asked: list[str] = []
    database = site.installation.runtime.database

    def note(*given: object) -> None:
        asked.append(str(given[2]))

    event.listen(database, "before_cursor_execute", note)
    yield asked
    event.remove(database, "before_cursor_execute", note)


def test_a_page_of_a_session_in_use_asks_once_and_writes_nothing(timed: Site, clock: Clock) -> None:
    visitor = timed.person("counter")
    visitor.get("/tai-khoan/hai-lop")
    with _counted(timed) as asked:
        visitor.get("/tai-khoan", headers={"X-Poll": "1"})
    sessions = [one for one in asked if "page_sessions.way" in one and "staff_changes" in one]
    assert len(sessions) == 1
    assert not any(one.startswith(("UPDATE", "INSERT")) for one in asked)
    clock.on(minutes=2)
    with _counted(timed) as asked:
        visitor.get("/tai-khoan")
        visitor.get("/tai-khoan")
    assert sum(one.startswith("UPDATE page_sessions") for one in asked) == 1, "the use is written once a minute"


@pytest.mark.parametrize(("path", "most"), [("/tai-khoan", 7), ("/tai-khoan/hai-lop", 7)])
def test_the_account_asks_no_more_the_more_sessions_there_are(timed: Site, path: str, most: int) -> None:
    visitor = timed.person("counter")
    visitor.get(path)
    with _counted(timed) as asked:
        visitor.get(path)
    assert 1 < len(asked) <= most, asked
