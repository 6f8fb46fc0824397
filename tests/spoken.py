"""What is said to a database, whichever way it goes: through SQLAlchemy or straight to the driver."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

import psycopg
from sqlalchemy import Engine, event

from engine.store.sql import driver


@contextmanager
def spoken(database: Engine) -> Iterator[list[str]]:
    """The statements sent meanwhile, in order; what psycopg says by itself (COMMIT, ROLLBACK) is not among them."""
    said: list[str] = []
    if database.dialect.name == "postgresql":
        execute, say = psycopg.Cursor.execute, driver.say

        def heard(cursor: Any, query: Any, *more: Any, **named: Any) -> Any:
            said.append(query.decode() if isinstance(query, bytes) else str(query))
            return execute(cursor, query, *more, **named)

        def heard_short(raw: Any, prepared: Any, text: str, values: Any, *more: Any) -> Any:
            said.append(text)
            return say(raw, prepared, text, values, *more)

        with mock.patch.object(psycopg.Cursor, "execute", heard), mock.patch.object(driver, "say", heard_short):
            yield said
        return

    def hear(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        said.append(statement)

    event.listen(database, "before_cursor_execute", hear)
    try:
        yield said
    finally:
        event.remove(database, "before_cursor_execute", hear)
