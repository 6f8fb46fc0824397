"""Keeps the figures of a forecast with the plan of the version that it is about."""

from __future__ import annotations

from sqlalchemy import select, update

from engine.errors import NotFound
from engine.rules.procedure.permissions import Actor
from engine.store.version_drafts import version_drafts
from engine.transaction import Runtime, UnitOfWork, in_transaction
from engine.versions.kept_forecast import KEY, KeptForecast


def keep_forecast(runtime: Runtime, by: Actor, number: int, told: KeptForecast) -> None:
    """Keeps a forecast with a plan that was made on a page, in place of an earlier one. The plan's own file, and so its
    digest, stay as they are. Raises NotFound.
    """

    def keep(unit: UnitOfWork) -> None:
        this = version_drafts.c.id == number
        held = select(version_drafts.c.summary).where(this).with_for_update()
        summary = unit.begin().execute(held).scalar_one_or_none()
        if summary is None:
            raise NotFound(what=f"version plan {number}")
        unit.begin().execute(update(version_drafts).where(this).values(summary={**summary, KEY: told.to_data()}))

    in_transaction(runtime, by, keep)
