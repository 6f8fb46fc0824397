"""The cookies of pages: only this host gets them, no script reads them, and posts of other sites carry none."""

from __future__ import annotations

from flask import Response

SESSION = "__Host-phien"
"""The session of a member of staff."""
DOSSIERS = "__Host-ho-so"
"""The dossiers that an applicant has opened."""
GUEST = "__Host-khach"
"""A random value that forms are bound to where nobody is signed in."""
FLASH = "__Host-loi-nhan"
"""What the next page says first."""
LANGUAGE = "__Host-ngon-ngu"
SECOND_STEP = "__Host-buoc-hai"
"""Who has given the right password and has yet to give the code."""
AT_PROVIDER = "__Host-co-quan"
"""A sign-in that was begun at the identity provider."""


def set_cookie(response: Response, name: str, value: str, *, seconds: int | None = None) -> None:
    """Sets a cookie; without ``seconds`` it ends with the browser's session."""
    response.set_cookie(name, value, max_age=seconds, path="/", secure=True, httponly=True, samesite="Lax")


def end_cookie(response: Response, name: str) -> None:
    """Removes a cookie from the browser."""
    response.set_cookie(name, "", max_age=0, path="/", secure=True, httponly=True, samesite="Lax")
