"""Links of the OpenAPI document: from an answer to the next operations, so that programs and tests can follow them."""

from __future__ import annotations

from typing import Any

CODE, NEW_CODE, FIRST_CODE = "$request.path.code", "$response.body#/code", "$response.body#/items/0/code"
VERSION, FIRST_ID, NEXT = "$response.header.ETag", "$response.body#/items/0/id", "$response.body#/next"
TOKEN, NEW_TOKEN, NEW_ID = "$request.path.token", "$response.body#/link_token", "$response.body#/id"
NEW_PAPER = "$response.body#/document"

LINKS: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("dossiers.file", "dossiers.one", {"code": NEW_CODE}),
    ("dossiers.file", "actions.take_action", {"code": NEW_CODE, "If-Match": VERSION}),
    ("dossiers.file", "documents.add", {"code": NEW_CODE}),
    ("dossiers.file", "status.by_link", {"token": NEW_TOKEN}),
    ("dossiers.find", "dossiers.find", {"after": NEXT}),
    ("dossiers.find", "dossiers.one", {"code": FIRST_CODE}),
    ("actions.take_action", "dossiers.one", {"code": CODE}),
    ("actions.take_action", "actions.take_action", {"code": CODE, "If-Match": VERSION}),
    ("actions.take_action", "holding.recall_it", {"code": CODE, "If-Match": VERSION}),
    ("holding.assign", "holding.give_back", {"code": CODE, "If-Match": VERSION}),
    ("documents.add", "documents.content", {"code": CODE, "number": NEW_PAPER}),
    ("documents.add", "documents.check", {"code": CODE, "number": NEW_PAPER}),
    ("documents.add", "documents.remove", {"code": CODE, "number": NEW_PAPER, "If-Match": VERSION}),
    ("documents.papers", "documents.content", {"code": CODE, "number": FIRST_ID}),
    ("fees.fees_of", "fees.settle", {"code": CODE, "key": "$response.body#/items/0/key", "If-Match": VERSION}),
    ("verifications.ask", "verifications.questions", {"code": CODE}),
    ("verifications.questions", "verifications.answer_one", {"code": CODE, "number": FIRST_ID}),
    ("people.notices", "people.notices", {"after": NEXT}),
    ("people.notices", "people.mark_read", {"number": FIRST_ID}),
    ("status.by_link", "status.take_action", {"token": TOKEN, "If-Match": VERSION}),
    ("status.by_link", "status.add_document", {"token": TOKEN, "If-Match": VERSION}),
    ("procedures.every", "procedures.one", {"procedure": "$response.body#/items/0/procedure"}),
    ("offices.every", "offices.every", {"after": NEXT}),
    ("reports.register", "reports.register", {"after": NEXT}),
    ("staff.every", "staff.every", {"after": NEXT}),
    ("staff.every", "staff.one", {"number": FIRST_ID}),
    ("staff.propose", "staff.decide", {"number": NEW_ID}),
    ("staff.journal", "staff.journal", {"after": NEXT}),
    ("archive.packages", "archive.packages", {"after": NEXT}),
    ("archive.propose", "archive.one", {"number": NEW_ID}),
    ("archive.propose", "archive.decide", {"number": NEW_ID}),
    ("archive.destructions", "archive.one", {"number": FIRST_ID}),
    ("webhooks.add", "webhooks.end", {"number": NEW_ID}),
    ("webhooks.every", "webhooks.end", {"number": FIRST_ID}),
    ("events.feed", "events.feed", {"after": NEXT}),
    ("problems.every_problem", "problems.one_problem", {"code": FIRST_CODE}),
)
"""Each link: the operation that succeeded, the operation to call next, and its parameters as runtime expressions.
``add_links`` adds links from reading a dossier to every operation on the version read."""


def add_links(document: dict[str, Any]) -> None:
    """Adds the links to an OpenAPI document."""
    operations = {one["operationId"]: (one, parameters) for one, parameters in _operations(document)}
    acts = [name for name, (_, taken) in operations.items() if taken.keys() == {"code", "If-Match", "Idempotency-Key"}]
    reading = tuple(("dossiers.one", name, {"code": CODE, "If-Match": VERSION}) for name in acts)
    for start, target, carried in (*LINKS, *reading):
        places = operations[target][1]
        link = {
            "operationId": target,
            "parameters": {f"{places[name]}.{name}": value for name, value in carried.items()},
        }
        for status, answer in operations[start][0]["responses"].items():
            if status.startswith("2"):
                answer.setdefault("links", {})[target] = link


def _operations(document: dict[str, Any]) -> list[tuple[dict[str, Any], dict[str, str]]]:
    """Each operation, with the names of its parameters and where they go (path, query, header)."""
    found = []
    for path in document["paths"].values():
        for name, operation in path.items():
            if name != "parameters":
                taken = (*path.get("parameters", ()), *operation.get("parameters", ()))
                found.append((operation, {one["name"]: one["in"] for one in taken}))
    return found
