"""What a request for a supplement names: the papers to bring and the form's fields to correct.

The step that makes the request carries it in its journal entry. The applicant brings and corrects that much and no
more. A request that names no paper leaves the applicant free to choose among the procedure's papers; one that names no
field lets no value be changed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from engine.dossier.case import Case
from engine.dossier.papers import asks_applicant, history
from engine.errors import Forbidden, InvalidInput, wrong
from engine.text import Text


@dataclass(frozen=True, slots=True)
class Asks:
    """The keys of the papers and of the form's fields that a request names."""

    documents: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.documents or self.fields)

    def as_data(self) -> dict[str, list[str]]:
        """The request as the journal keeps it."""
        return {"documents": list(self.documents), "fields": list(self.fields)}


def check_asks(case: Case, asks: Asks) -> None:
    """Requires that the step just taken asks the applicant, and that the release knows what it names.

    Raises InvalidInput.
    """
    if not asks:
        return
    if not asks_applicant(case):
        raise wrong("asks", "thao tác này không yêu cầu người nộp bổ sung", "this action asks the applicant nothing")
    release, own = case.release, case.workflow.results.bringing
    errors = {
        f"asks.documents.{key}": Text("không phải giấy tờ người nộp phải đưa", "is no document that applicants bring")
        for key in asks.documents
        if key not in release.documents or key in own
    } | {
        f"asks.fields.{key}": Text("tờ khai không có mục này", "the form has no such field")
        for key in asks.fields
        if key not in release.fields
    }
    if errors:
        raise InvalidInput(errors)


def asked_now(case: Case) -> Asks:
    """What the request that led into the present state names; nothing where nothing is asked."""
    if not asks_applicant(case):
        return Asks()
    found = history(case).asked.get(case.row["state"]) or {}
    return Asks(tuple(found.get("documents", ())), tuple(found.get("fields", ())))


def must_be_asked_fields(case: Case, fields: Collection[str]) -> None:
    """Requires that the applicant changes only fields that the request names. Staff may change any.

    Raises InvalidInput.
    """
    if case.unit.actor.kind != "citizen":
        return
    asked = asked_now(case).fields
    if extra := sorted(key for key in fields if key not in asked):
        why = Text(
            "cơ quan giải quyết không yêu cầu sửa mục này", "the office did not ask for this field to be corrected"
        )
        raise InvalidInput(dict.fromkeys((f"fields.{key}" for key in extra), why))


def must_be_asked_paper(case: Case, key: str) -> None:
    """Requires that the request names the paper, if it names papers at all. Raises Forbidden."""
    asked = asked_now(case).documents
    if asked and key not in asked:
        known = case.release.documents
        names = [known[one].name for one in asked if one in known]
        raise Forbidden(
            why_vi=f"cơ quan giải quyết chỉ yêu cầu: {', '.join(name.vi for name in names)}",
            why_en=f"the office asked for these only: {', '.join(name.en for name in names)}",
        )


def changed_values(before: Mapping[str, object], fields: Mapping[str, object]) -> dict[str, object]:
    """The earlier values of the form's fields that a step replaces; None for one that was empty."""
    return {key: before.get(key) for key in fields}
