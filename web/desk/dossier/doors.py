"""Doors: each act on a dossier with the form that a person fills in for it.

A door is declared once, beside the act that it opens. ``web.desk.dossier.acting`` makes of it the page of its form and
the address that the form is posted to, which has the same noun as the API's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from marshmallow import Schema

from engine.acts.possible import why_not
from engine.dossier.case import Case
from engine.text import Text
from engine.transaction import UnitOfWork
from server.values import Body, Line

Kind = Literal["line", "prose", "choice", "checks", "amount", "file", "office", "hidden", "heading"]
Words = Text | str
Option = tuple[str, Words]


class DoorForm(Body):
    """What every form of a door carries: the list that the dossier was opened in, and what the person wants next."""

    trong = Line(2000, load_default="")
    then = Line(20, load_default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """A field of a form. ``options`` are values with their words; ``chosen`` those that are chosen at first."""

    name: str
    label: Words
    kind: Kind = "line"
    required: bool = False
    hint: Words | None = None
    options: tuple[Option, ...] = ()
    chosen: tuple[str, ...] = ()
    value: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Doing:
    """What an act of a door gets: the dossier's code, the version that the form was made from, values and path."""

    code: str
    version: int | None
    form: Mapping[str, Any]
    path: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """A built-in act. ``noun`` is the address below the dossier that its form is posted to, ``tail`` the rest of the
    address of its form's page, ``guard`` a key of ``engine.acts.possible.GUARDS``.

    ``loose``: the act does not ask whether the dossier changed since. ``menu``: it stands in the menu of the page; the
    others belong to a paper, a fee, a person or a question. ``step_up``: the person proves again who they are,
    for every form or for those of which it says so.
    ``onward`` is where a result leads.
    """

    name: str
    noun: str
    title: Text
    sign: str
    guard: str | None
    schema: type[Schema]
    inputs: Callable[[Case, Mapping[str, Any]], tuple[Input, ...]]
    doing: Callable[[UnitOfWork, Doing], Any]
    done: Text
    hint: Text | None = None
    tail: str = ""
    loose: bool = False
    menu: bool = True
    quick: bool = False
    asked: bool = False
    step_up: bool | Callable[..., bool] = False
    onward: Callable[[Any], str] | None = None
    why: Callable[[Case, Mapping[str, Any]], Text | None] | None = None

    @property
    def takes_files(self) -> bool:
        return self.noun == "documents"

    def why_not(self, case: Case, path: Mapping[str, Any]) -> Text | None:
        """Why the act is not possible for this person now; None where it is."""
        found = why_not(case, self.guard) if self.guard is not None else None
        return found or (self.why(case, path) if self.why is not None else None)


def reason(label: Text, *, required: bool = True, hint: Words | None = None) -> Input:
    """The input of a reason."""
    return Input(name="reason", label=label, kind="prose", required=required, hint=hint)
