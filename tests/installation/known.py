"""What the catalogue of a filled database holds, read once a process and known to every copy from its start.

A catalogue reads what is published, counts calendars and compiles workflows: half a second a copy. Here it does so
once for each template. Each copy starts with the result and drops what was published otherwise since, by the numbers
of the versions, as a running process does.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine

from engine.catalogue import Catalogue


class Known(Catalogue):
    """The catalogue over a database that nobody changes. It reads everything now, and never again.

    Only webhooks are left to each copy: tests write their rows behind the catalogue's back.
    """

    def __init__(self, database: Engine) -> None:
        super().__init__(database)
        self.refresh()
        self._looked = float("inf")
        self._keep("templates", self._read_templates)
        everything: tuple[Any, ...] = (self.roles, self.map, self.former_districts, self.addresses)
        assert all(one is not None for one in everything)
        calendars, closed, own = self._keep("calendars", self._read_calendars)
        for name in calendars:
            for office in closed.keys() | own.keys():
                self.calendar(name, office)
        for rows in self._releases.values():
            for row in rows:
                self.workflow(row.digest)


class CatalogueOfACopy(Catalogue):
    """The catalogue over a copy of the database that ``known`` has read."""

    def __init__(self, database: Engine, known: Known) -> None:
        super().__init__(database)
        self._kept, self._workflows, self._versions = dict(known._kept), dict(known._workflows), dict(known._versions)
