"""Reads If-Match, the version of a dossier that a change was decided on (ETag, RFC 9110; 428, RFC 6585)."""

from __future__ import annotations

import re

from engine.errors import Refusal
from server.context import this_request

_STRONG = re.compile(r'"([1-9][0-9]{0,8})"')


class VersionMissing(Refusal):
    """A change must name the version of the dossier that it was decided on."""

    code = "version-missing"
    status = 428
    vi = "Thiếu If-Match: hãy gửi lại ETag của hồ sơ đã xem."
    en = "If-Match is missing: send back the ETag of the dossier that you have read."


class VersionUnreadable(Refusal):
    """If-Match is not an ETag of a dossier."""

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
    """The version that If-Match names; None without the header. Raises VersionUnreadable."""
    given = this_request().headers.get("If-Match")
    if given is None:
        return None
    found = _STRONG.fullmatch(given.strip())
    if found is None:
        raise VersionUnreadable()
    return int(found.group(1))
