"""What may stand in an address: whole numbers that the database can hold, and identifiers of ours."""

from __future__ import annotations

from typing import Any

from werkzeug.routing import IntegerConverter

from server.values import CODE, KEY, LARGEST_ID, PROCEDURE

PATTERNS = {
    "code": CODE,
    "key": KEY,
    "number": "^[0-9]{2}$",
    "procedure": PROCEDURE,
    "token": r"^[A-Za-z0-9_\-]{20,200}$",
}
"""Of the text in a path, by name: nothing else names anything."""


class Number(IntegerConverter):
    """``<int:…>``: a number past the database's own is no address, rather than an error of the database; and one
    number has one address, in plain digits without a zero before them."""

    regex = "(?:0|[1-9][0-9]{0,15})"

    def __init__(self, map: Any, *arguments: Any, **options: Any) -> None:
        super().__init__(map, *arguments, **{"max": LARGEST_ID, **options})


def add_patterns(document: dict[str, Any]) -> None:
    """Says in an OpenAPI document what the parts of its paths look like."""
    for operations in document["paths"].values():
        for part in operations.values():
            for parameter in part.get("parameters", ()) if isinstance(part, dict) else part:
                if parameter["in"] == "path" and parameter["schema"]["type"] == "string":
                    parameter["schema"]["pattern"] = PATTERNS[parameter["name"]]
