"""Publishes the telephone numbers and addresses that a reform gives to offices; a revert restores the former ones."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import msgspec
from sqlalchemy import select, update

from engine.acts.own_offices import ChangedOffice, changed, keep_own, lock_offices
from engine.acts.reform.run import Run
from engine.rules.reform.policy import Contact
from engine.store.plans import reforms
from engine.transaction import UnitOfWork

_KEPT = "contacts_before"
"""The key in the plan's summary of the former contact data, which a revert restores."""


def publish_contacts(unit: UnitOfWork, run: Run) -> None:
    """Publishes the reform's contact data and keeps the former ones. A repeated call changes nothing."""
    before = _give(unit, run.reform.contacts)
    if before:
        _keep(unit, run, before)


def publish_contacts_of_before(unit: UnitOfWork, run: Run) -> None:
    """Restores the former contact data, except of offices that were changed since."""
    new = {one.office: one for one in run.reform.contacts}
    kept = msgspec.convert(_summary(unit, run).get(_KEPT, []), list[Contact])
    _give(unit, [one for one in kept if _stands(unit, new[one.office])], exactly=True)
    _keep(unit, run, [])


def _give(unit: UnitOfWork, contacts: Iterable[Contact], *, exactly: bool = False) -> list[Contact]:
    """Publishes contact data; returns the former ones of the changed offices.

    A value of None keeps the present one; with ``exactly`` it removes it.
    """
    before: list[Contact] = []
    fresh: list[ChangedOffice] = []
    told = list(contacts)
    if told:
        lock_offices(unit)
    for one in told:
        office = unit.catalogue.office(one.office)
        hotline, address = (
            (one.hotline, one.address) if exactly else (one.hotline or office.hotline, one.address or office.address)
        )
        if (hotline, address) != (office.hotline, office.address):
            before.append(Contact(office.code, office.hotline, office.address))
            fresh.append(changed(office, replace(office, hotline=hotline, address=address)))
    if fresh:
        keep_own(unit, fresh)
    return before


def _stands(unit: UnitOfWork, given: Contact) -> bool:
    office = unit.catalogue.office(given.office)
    return given.hotline in (None, office.hotline) and given.address in (None, office.address)


def _summary(unit: UnitOfWork, run: Run) -> dict[str, Any]:
    found: dict[str, Any] = unit.begin().execute(select(reforms.c.summary).where(reforms.c.id == run.id)).scalar_one()
    return found


def _keep(unit: UnitOfWork, run: Run, contacts: Iterable[Contact]) -> None:
    summary = _summary(unit, run) | {_KEPT: msgspec.to_builtins(list(contacts))}
    unit.begin().execute(update(reforms).where(reforms.c.id == run.id).values(summary=summary))
