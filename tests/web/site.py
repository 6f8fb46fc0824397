"""The pages over an installation: visitors of each kind, and dossiers to look at."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from engine.acts.staff.sign_in import open_session, page_token_hash
from engine.rules.procedure.permissions import SYSTEM_ACTOR
from engine.store.page_sessions import mark_proven, touch
from engine.transaction import in_transaction
from tests.installation.served import ServedInstallation
from tests.web.visitor import Visitor


@dataclass
class Site:
    """``installation`` is the same through the API, to prepare and to look on."""

    installation: ServedInstallation
    _visitors: dict[str, Visitor] = field(default_factory=dict)

    def nobody(self) -> Visitor:
        """A visitor who is not signed in."""
        return Visitor(self.installation.app)

    def person(self, name: str) -> Visitor:
        """Someone of STAFF (tests/installation/trial_content.py), signed in to the pages."""
        if name not in self._visitors:
            person = self.installation.actor(name).person_id
            assert person is not None
            runtime = self.installation.runtime
            token, _ = in_transaction(runtime, SYSTEM_ACTOR, lambda unit: open_session(unit, person, pages=True))
            self._visitors[name] = Visitor(self.installation.app, token)
        return self._visitors[name]

    def person_later(self, name: str) -> Visitor:
        """The same, who gave the password too long ago for what asks it again (``web.step_up``)."""
        visitor, runtime = self.person(name), self.installation.runtime
        earlier = runtime.now() - runtime.settings.sessions.proof - dt.timedelta(minutes=1)
        hashed = page_token_hash(str(visitor.token))
        in_transaction(runtime, SYSTEM_ACTOR, lambda unit: mark_proven(unit.begin(), hashed, earlier))
        in_transaction(runtime, SYSTEM_ACTOR, lambda unit: touch(unit.begin(), hashed, runtime.now()))
        return visitor

    def applicant(self, filed: dict[str, Any]) -> Visitor:
        """The applicant of a dossier, who has opened the link."""
        visitor = Visitor(self.installation.app)
        visitor.get(f"/h/{filed['link_token']}", status=303)
        return visitor
