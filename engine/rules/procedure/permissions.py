"""Permissions: whether an actor may take an action on a dossier, by role, office and date.

A role of a release names a routing key. The person must be a member, with that role, of the office that the dossier has
under that key. A deputy acts with the absent person's roles, and the verdict names that person. When a person has
claimed a dossier, nobody else may act on it in that role until it is given back. Applicants act on their own dossier
only. Timers take only the actions of the role ``system``. Administrators act on no dossier.

A dossier is read as a mapping of the columns of its row: ``id``, ``offices`` (routing key → office code),
``holder_role`` and ``holder_id``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from engine.rules.procedure.definition import APPLICANT, SYSTEM, Action, Release
from engine.text import Text

ActorKind = Literal["staff", "citizen", "system", "admin"]
MONITOR = "monitor"
"""The role of a person who oversees a province. It lets them see every dossier there and act on none."""
PASSIVE = frozenset({MONITOR, "clerk"})
"""The reserved roles in which nobody acts on a dossier. A clerk works at an office in no role of a procedure."""
LEADER = "leader"
"""The role of the head of an office, whether or not a procedure names it: assigns, frees claims, passes on."""


@dataclass(frozen=True, slots=True)
class Membership:
    """A person's role in an office. ``province`` is the code of the office's. ``valid_to`` is exclusive; None: open."""

    office: str
    role: str
    valid_from: dt.date
    valid_to: dt.date | None = None
    province: str = ""

    def valid(self, on: dt.date) -> bool:
        return self.valid_from <= on and (self.valid_to is None or on < self.valid_to)


@dataclass(frozen=True, slots=True)
class Substitution:
    """A written assignment to deputise for an absent person, who has ``person_id``, ``name`` and ``memberships``.

    ``office`` restricts it to one office; None: every office of the absent person. ``valid_to`` is exclusive.
    """

    person_id: int
    name: str
    memberships: tuple[Membership, ...]
    valid_from: dt.date
    valid_to: dt.date
    office: str | None = None
    legal: str = ""

    def valid(self, on: dt.date) -> bool:
        return self.valid_from <= on < self.valid_to


@dataclass(frozen=True, slots=True)
class Actor:
    """The person or program that acts. Staff and administrators have ``person_id``; a citizen has ``dossier_id``.

    ``dossier_id`` is the dossier of the citizen's link. ``substitutions`` are those in which this person is the deputy.
    """

    kind: ActorKind
    name: str
    person_id: int | None = None
    memberships: tuple[Membership, ...] = ()
    substitutions: tuple[Substitution, ...] = ()
    dossier_id: int | None = None

    @property
    def label(self) -> str:
        """The actor in the journal, without personal data: ``staff:12``, ``citizen:7`` (by dossier) or ``system``.

        >>> Actor("staff", "Mai", person_id=12).label
        'staff:12'
        """
        number = self.dossier_id if self.kind == "citizen" else self.person_id
        return self.kind if number is None else f"{self.kind}:{number}"

    @property
    def admin(self) -> bool:
        """Whether this person is an administrator."""
        return self.kind == "admin"

    def offices(self, on: dt.date) -> frozenset[str]:
        """The codes of the offices in which this person works on a day, also as a deputy."""
        return frozenset(membership.office for membership, _ in self._held(on))

    def acting_offices(self, on: dt.date) -> frozenset[str]:
        """The codes of the offices in which this person has a role to act in, and does not only oversee or help."""
        return frozenset(one.office for one, _ in self._held(on) if one.role not in PASSIVE)

    def monitored_provinces(self, on: dt.date) -> frozenset[str]:
        """The codes of the provinces that this person oversees on a day, also as a deputy."""
        held = self._held(on)
        return frozenset(one.province for one, _ in held if one.role == MONITOR and one.province)

    def _held(self, on: dt.date) -> Iterator[tuple[Membership, Substitution | None]]:
        """Every membership of the day, own ones first, with the substitution it comes from."""
        yield from ((membership, None) for membership in self.memberships if membership.valid(on))
        for substitution in self.substitutions:
            if substitution.valid(on):
                for membership in substitution.memberships:
                    if membership.valid(on) and substitution.office in (None, membership.office):
                        yield membership, substitution


SYSTEM_ACTOR = Actor("system", "system")
"""The actor of timers."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether an actor may act, and in which ``role``; ``why`` not otherwise.

    ``behalf_of`` is the id of the absent person for whom a deputy acts. A refusal with a ``role`` means that the actor
    has the role, but another person has claimed the dossier.
    """

    allowed: bool
    role: str | None = None
    behalf_of: int | None = None
    why: Text | None = None


def roles_in(actor: Actor, office: str, on: dt.date) -> frozenset[str]:
    """The roles of ``actor`` in ``office`` on a day, own ones and those of absent persons."""
    return frozenset(membership.role for membership, _ in actor._held(on) if membership.office == office)


def roles_held(actor: Actor, office: str, on: dt.date) -> Iterator[tuple[str, int | None]]:
    """Each role of ``actor`` in ``office`` on a day, own ones first, with the absent person of a deputy's role."""
    for membership, substitution in actor._held(on):
        if membership.office == office:
            yield membership.role, substitution.person_id if substitution else None


def may(actor: Actor, action: Action, dossier: Mapping[str, Any], release: Release, on: dt.date) -> Verdict:
    """Whether ``actor`` may take ``action`` on the dossier on a day. The state and the guard are not checked."""
    if actor.kind == "admin":
        return _no("người quản trị không xử lý hồ sơ", "administrators do not act on dossiers")
    if actor.kind == "system":
        return _built_in(SYSTEM, action, "hệ thống", "the system")
    if actor.kind == "citizen":
        if actor.dossier_id is None or actor.dossier_id != dossier["id"]:
            return _no("đây không phải hồ sơ của bạn", "this is not your dossier")
        return _built_in(APPLICANT, action, "người nộp hồ sơ", "the applicant")
    return _staff(actor, action, dossier, release, on)


def _staff(actor: Actor, action: Action, dossier: Mapping[str, Any], release: Release, on: dt.date) -> Verdict:
    refusals = []
    for key in action.by:
        role = release.roles.get(key)
        if role is None:
            continue  # the built-in roles applicant and system
        office = dossier["offices"].get(role.unit)
        verdict = _in_role(actor, key, office, dossier, release, on)
        if verdict.allowed:
            return verdict
        refusals.append(verdict)
    if not refusals:
        return _no("chỉ người nộp hồ sơ hoặc hệ thống làm được", "left to the applicant or the system")
    return next((refusal for refusal in refusals if refusal.role), refusals[0])


def _in_role(
    actor: Actor, key: str, office: str | None, dossier: Mapping[str, Any], release: Release, on: dt.date
) -> Verdict:
    name = release.roles[key].name
    if office is None:
        return _no(
            f'chưa xác định cơ quan cho vai trò "{name.vi}"', f'no office is decided yet for the role "{name.en}"'
        )
    held = [(one, deputy) for one, deputy in actor._held(on) if one.office == office and one.role == key]
    if not held:
        return _no(f'cần vai trò "{name.vi}" tại {office}', f'needs the role "{name.en}" in {office}')
    claimed = dossier.get("holder_id") if dossier.get("holder_role") == key else None
    for _, deputy in held:
        acting_for = deputy.person_id if deputy else None
        if claimed is None or claimed in (actor.person_id, acting_for):
            return Verdict(True, key, None if claimed == actor.person_id and claimed else acting_for)
    return Verdict(
        False,
        key,
        why=Text(
            "người khác đang giữ hồ sơ này; hãy đề nghị họ trả lại trước",
            "someone else holds this dossier; ask them to give it back first",
        ),
    )


def _built_in(role: str, action: Action, vi: str, en: str) -> Verdict:
    if role in action.by:
        return Verdict(True, role)
    return _no(f"{vi} không làm được thao tác này", f"{en} cannot take this action")


def _no(vi: str, en: str) -> Verdict:
    return Verdict(False, why=Text(vi, en))
