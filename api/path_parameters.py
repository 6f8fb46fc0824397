"""Parameters in the path of an address: numbers that the database can hold, and the patterns of identifiers."""

from __future__ import annotations

from typing import Any

from werkzeug.routing import IntegerConverter

from server.values import CODE, KEY, LARGEST_ID, PROCEDURE

PATTERNS = {
    "code": CODE,
    "day": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
    "form": "^0[1-6]$",
    "key": KEY,
    "number": "^[0-9]{2}$",
    "procedure": PROCEDURE,
    "token": r"^[A-Za-z0-9_\-]{20,200}$",
}
"""The pattern of each text parameter, by name, for the OpenAPI document."""


class Number(IntegerConverter):
    """The converter of ``<int:…>``. A number that the database cannot hold gives 404 instead of a database error.

    A number has one address only: plain digits without leading zeros.
    """

    regex = "(?:0|[1-9][0-9]{0,15})"

    def __init__(self, map: Any, *arguments: Any, **options: Any) -> None:
        super().__init__(map, *arguments, **{"max": LARGEST_ID, **options})


def add_patterns(document: dict[str, Any]) -> None:
    """Adds the patterns of path parameters to an OpenAPI document."""
    for operations in document["paths"].values():
        for part in operations.values():
            for parameter in part.get("parameters", ()) if isinstance(part, dict) else part:
                if parameter["in"] == "path" and parameter["schema"]["type"] == "string":
                    parameter["schema"]["pattern"] = PATTERNS[parameter["name"]]
