"""Versions of a dossier over HTTP: ETag on what is read, If-Match on what is changed (RFC 9110, RFC 6585)."""

from __future__ import annotations

import re

from flask import request

from engine.errors import Refusal

_STRONG = re.compile(r'"([1-9][0-9]{0,8})"')


class VersionMissing(Refusal):
    """A change must say which version of the dossier it was decided on."""

    code = "version-missing"
    status = 428
    vi = "Thiếu If-Match: hãy gửi lại ETag của hồ sơ đã xem."
    en = "If-Match is missing: send back the ETag of the dossier that you have read."


class VersionUnreadable(Refusal):
    """If-Match holds something that is not one of our ETags."""

    code = "version-unreadable"
    status = 400
    vi = 'If-Match phải là một ETag của hồ sơ, ví dụ "7".'
    en = 'If-Match must be one ETag of the dossier, for example "7".'


def expected_version() -> int:
    """The version that If-Match names. Raises VersionMissing, VersionUnreadable."""
    version = version_if_given()
    if version is None:
        raise VersionMissing()
    return version


def version_if_given() -> int | None:
    """The version that If-Match names, None without one. Raises VersionUnreadable."""
    given = request.headers.get("If-Match")
    if given is None:
        return None
    found = _STRONG.fullmatch(given.strip())
    if found is None:
        raise VersionUnreadable()
    return int(found.group(1))
