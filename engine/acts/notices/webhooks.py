"""The acts on webhooks: an administrator adds or ends a URL that is notified when dossiers change."""

from __future__ import annotations

import base64
import secrets
from typing import Any

from sqlalchemy import insert, select, update

from engine.acts.publish import raise_version
from engine.errors import Forbidden, NotFound, wrong
from engine.notices.cloud_event import STANDARD
from engine.security.public_address import UnusableAddress, must_look_public, parts_of
from engine.security.webhook_secrets import opened_secret, sealed_secret
from engine.store.outbox import webhooks
from engine.transaction import UnitOfWork


def add_webhook(unit: UnitOfWork, url: str, office: str | None = None, form: str = STANDARD) -> dict[str, Any]:
    """Adds a webhook; returns its row with the secret of its signatures (Standard Webhooks: ``whsec_`` and base64).

    ``office`` limits it to the dossiers of one office; ``form`` is one of ``cloud_event.FORMATS``. Raises Forbidden,
    InvalidInput.
    """
    _must_administer(unit)
    if office is not None and office not in unit.catalogue.offices:
        raise wrong("office", "không có cơ quan nào mang mã này", "no office has this code")
    _must_be_usable(unit, url)
    secret = "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
    row: dict[str, Any] = {
        "url": url,
        "secret": sealed_secret(unit.settings.secret_keys[0], url, secret),
        "office": office,
        "active": 1,
        "created_at": unit.now,
        "created_by": unit.actor.person_id,
        "format": form,
    }
    row["id"] = unit.begin().execute(insert(webhooks).returning(webhooks.c.id), row).scalar_one()
    raise_version(unit, "webhooks")
    return row | {"secret": secret}


def end_webhook(unit: UnitOfWork, number: int) -> None:
    """Stops a webhook; the record of sent notices stays. Raises Forbidden, NotFound."""
    _must_administer(unit)
    if unit.begin().execute(select(webhooks.c.id).where(webhooks.c.id == number)).first() is None:
        raise NotFound(what=f"webhook {number}")
    unit.begin().execute(update(webhooks).where(webhooks.c.id == number).values(active=0))
    raise_version(unit, "webhooks")


def seal_webhooks(unit: UnitOfWork) -> int:
    """Seals secrets that an earlier version stored in clear, or that an older key sealed; returns how many."""
    keys, count = unit.settings.secret_keys, 0
    for row in unit.begin().execute(select(webhooks)).all():
        if row.secret.startswith("sealed:") and opened_secret(keys[:1], row.url, row.secret) is not None:
            continue
        secret = opened_secret(keys, row.url, row.secret)
        if secret is not None:
            sealed = sealed_secret(keys[0], row.url, secret)
            unit.begin().execute(update(webhooks).where(webhooks.c.id == row.id).values(secret=sealed))
            count += 1
    return count


def _must_be_usable(unit: UnitOfWork, url: str) -> None:
    """Raises InvalidInput for an address that no notice would ever be delivered to."""
    try:
        if unit.settings.webhook_allow_private:
            parts_of(url)
        else:
            must_look_public(url)
    except UnusableAddress as error:
        raise wrong("url", "phải là địa chỉ https công khai, không có tên và mật khẩu", str(error)) from error


def _must_administer(unit: UnitOfWork) -> None:
    if not unit.actor.admin:
        raise Forbidden(why_vi="chỉ dành cho người quản trị", why_en="administrators only")
