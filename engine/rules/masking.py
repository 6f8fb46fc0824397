"""Masking of personal data for answers to people who may not read it.

A masked value tells two people apart, but does not suffice to reach or identify one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from engine.rules.procedure.definition import Release

MASK = "•••"
_PERSONAL = ("identity_number", "identity_paper", "telephone", "person")
"""The types of fields whose values are personal data always."""


def masked_number(value: str | None) -> str | None:
    """The last three characters of an identity or telephone number.

    >>> masked_number("079200000123")
    '•••123'
    """
    return None if not value else MASK + value[-3:]


def masked_email(value: str | None) -> str | None:
    """The first letter and the domain of an e-mail address.

    >>> masked_email("mai@example.vn")
    'm•••@example.vn'
    """
    return None if not value else re.sub(r"^(.).*@", rf"\1{MASK}@", value)


def masked_text(value: str | None) -> str | None:
    """The mask where there is a text, so that only its presence is shown.

    >>> masked_text("12 Lê Lợi")
    '•••'
    """
    return MASK if value else None


def masked_form(release: Release, values: Mapping[str, Any]) -> dict[str, Any]:
    """Form values by key, with the values of personal fields and of unknown fields masked."""
    return {key: MASK if _is_personal(release, key) and value else value for key, value in values.items()}


def _is_personal(release: Release, key: str) -> bool:
    field = release.fields.get(key)
    return field is None or field.personal or field.type in _PERSONAL
