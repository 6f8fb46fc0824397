"""Says in the schema itself that programs of before no longer work with it.

A script that expands (new tables, new columns with a default) needs nothing: a program that knows less goes on. One
that contracts (removes or renames what an earlier program uses, or asks for what it does not write) calls ``needs``.
"""

from __future__ import annotations

from sqlalchemy import Connection, text


def needs(connection: Connection, revision: str | None) -> None:
    """From now on only programs that know ``revision`` work with the schema; None: every one again (a downgrade)."""
    connection.execute(text("DELETE FROM installation WHERE name = 'oldest-program'"))
    if revision is not None:
        statement = "INSERT INTO installation (name, value) VALUES ('oldest-program', :revision)"
        connection.execute(text(statement), {"revision": revision})
