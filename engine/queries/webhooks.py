"""The list of webhooks: the programs that are notified of changes of dossiers. Their secrets are never read here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.store.outbox import every_webhook
from engine.transaction import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookView:
    """A receiver of events; ``office`` is None if it receives those of every dossier."""

    id: int
    url: str
    office: str | None
    active: bool
    created_at: dt.datetime
    format: str


def webhooks(unit: UnitOfWork) -> tuple[WebhookView, ...]:
    """Every webhook, also the inactive ones, oldest first. The caller must admit administrators only."""
    return tuple(webhook_view(row) for row in every_webhook(unit.reader()))


def webhook_view(row: Mapping[str, Any]) -> WebhookView:
    """The view of a row of ``webhooks``, without its secret."""
    return WebhookView(
        id=row["id"],
        url=row["url"],
        office=row["office"],
        active=bool(row["active"]),
        created_at=row["created_at"],
        format=row["format"],
    )
