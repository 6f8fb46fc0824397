"""Masking personal data: enough to tell two people apart, not enough to reach or identify one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from engine.rules.procedure.definition import Release

MASK = "•••"


def masked_number(value: str | None) -> str | None:
    """The last three characters of an identity or telephone number.

    >>> masked_number("079200000123")
    '•••123'
    """
    return None if not value else MASK + value[-3:]


def masked_email(value: str | None) -> str | None:
    """The first letter and the domain.

    >>> masked_email("mai@example.vn")
    'm•••@example.vn'
    """
    return None if not value else re.sub(r"^(.).*@", rf"\1{MASK}@", value)


def masked_text(value: str | None) -> str | None:
    """Nothing but that there is something."""
    return MASK if value else None


def masked_form(release: Release, values: Mapping[str, Any]) -> dict[str, Any]:
    """Form values by key. Values of fields that are personal are masked, and so are those of unknown fields."""
    return {key: MASK if _is_personal(release, key) and value else value for key, value in values.items()}


def _is_personal(release: Release, key: str) -> bool:
    field = release.fields.get(key)
    return field is None or field.personal or field.type in ("identity_number", "person")
