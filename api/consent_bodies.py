"""The bodies of requests about consents to the reuse of papers. The number stands in a body, never in an address."""

from __future__ import annotations

from engine.acts.drafts.consent import LONGEST_PURPOSE
from server.values import CODE, Body, Line, Word


class OfPerson(Body):
    """Whose consent is meant, and at which office it is asked for."""

    identity_number = Line(40, required=True)
    office = Word(CODE, required=True)


class NewConsent(OfPerson):
    purpose = Line(LONGEST_PURPOSE, required=True)
