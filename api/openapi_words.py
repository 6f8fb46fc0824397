"""What the OpenAPI document says of each operation beyond its summary: who may call it, and what has to be sent."""

from __future__ import annotations

from typing import Any

import orjson

_WHO = {
    "public": "Anybody may call it, without signing in.",
    "link": "Whoever holds the link of the dossier may call it; the link is the `token` in the address.",
    "staff": "For staff who are signed in (bearer token); what may be done follows from their roles.",
    "admin": "For administrators who are signed in (bearer token).",
}
_BINARY = {"type": "string", "format": "binary"}


def add_words(document: dict[str, Any]) -> None:
    """Completes every operation of the document: description, explicit security, and files as binary bodies."""
    for path in document["paths"].values():
        for name, operation in path.items():
            if name != "parameters":
                operation["description"] = " ".join(_sentences(operation))
                operation.setdefault("security", [])
                for answer in operation["responses"].values():
                    _mark_files(answer.get("content", {}))


def drop_unused(document: dict[str, Any]) -> None:
    """Takes out the schemas that flask-smorest brings and nothing refers to."""
    schemas = document["components"]["schemas"]
    told = orjson.dumps(document).decode()
    for name in [name for name in schemas if f'"#/components/schemas/{name}"' not in told]:
        del schemas[name]


def _sentences(operation: dict[str, Any]) -> list[str]:
    found = [operation["description"]] if operation.get("description") else []
    found.append(_WHO[operation["x-access"]])
    headers = {one["name"]: one for one in operation.get("parameters", ()) if one["in"] == "header"}
    if "If-Match" in headers:
        must = "must name" if headers["If-Match"]["required"] else "may name"
        found.append(f"The request {must} the version of the dossier that it was decided on (`If-Match`).")
    if "Idempotency-Key" in headers:
        must = "must carry" if headers["Idempotency-Key"]["required"] else "may carry"
        found.append(f"It {must} an `Idempotency-Key`, so that it can be repeated without a second effect.")
    return found


def _mark_files(content: dict[str, Any]) -> None:
    for media, told in content.items():
        if told.get("schema") == {"type": "string"} and not media.startswith("text/"):
            told["schema"] = dict(_BINARY)
