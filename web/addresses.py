"""Addresses within this site: where a page leads on to must not be an address of another site."""

from __future__ import annotations

import re

_OWN = re.compile(r"/(?![/\\])[\x21-\x7e]*")


def own_address(given: str, default: str = "/") -> str:
    """``given`` if it is a path of this site, else ``default``.

    >>> own_address("/ho-so?q=1"), own_address("//example.vn"), own_address("https://example.vn"), own_address("/a b")
    ('/ho-so?q=1', '/', '/', '/')
    """
    return given if _OWN.fullmatch(given) and "\\" not in given else default
