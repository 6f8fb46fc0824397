"""Routing: finds the offices of a dossier, each with its reason in words, and never guesses.

For each routing key of a release the answer is one office with its reason, or candidates among which a person chooses,
or a refusal that says what is missing. A key decided by an ``else`` arm is marked as a fallback.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.errors import Refusal
from engine.rules.offices.competence import LEVEL_NAMES, Competence, competent
from engine.rules.offices.index import OfficeIndex, level_of
from engine.rules.offices.names import unit_of
from engine.rules.offices.offices import Office
from engine.rules.procedure.definition import Release
from engine.rules.procedure.machine import Workflow
from engine.rules.territory.territory import Territory
from engine.rules.territory.units import Unit
from engine.text import Text

INTAKE = "intake"
"""The routing key of the receiving office. As the place of another key it means the unit of that office."""
DEFAULT_PLACE = "applicant.commune"


class NoPlace(Refusal):
    """The commune that decides the competence was not given."""

    code = "no-place"
    vi = "Chưa khai {place_vi}, nên không xác định được cơ quan có thẩm quyền."
    en = "{place_en} was not given, so that the competent office cannot be found."


class PlaceNotInBeing(Refusal):
    """No commune has that code on the day. Its successors are named, but never used without a person's choice."""

    code = "place-not-in-being"
    vi = "Không có xã, phường mã {place} vào ngày {on}. Đơn vị kế thừa: {successors_vi}."
    en = "No commune bears the code {place} on {on}. It passed to: {successors_en}."


class NoCompetentOffice(Refusal):
    """The law names a level and a body, but no such office serves the commune on that day."""

    code = "no-competent-office"
    status = 409
    vi = "Theo {legal}, thẩm quyền thuộc {level_vi} ({body}), nhưng ngày {on} {place} không có cơ quan như vậy."
    en = "By {legal} the {level_en} ({body}) is competent, but no such office serves {place} on {on}."


class NoRoute(Refusal):
    """No branch of a routing key fits, or it names an office that does not exist on that day."""

    code = "no-route"
    status = 409
    vi = "Không xác định được cơ quan cho “{key}”: {why_vi}."
    en = "No office is found for “{key}”: {why_en}."


class IntakeRefused(Refusal):
    """This office may not receive this dossier; ``why_vi`` and ``why_en`` say why."""

    code = "intake-refused"
    status = 409
    vi = "{office} không được tiếp nhận hồ sơ này: {why_vi}."
    en = "{office} may not receive this dossier: {why_en}."


class NeedsAPerson(Refusal):
    """The rules leave several offices possible: a person must choose one of ``candidates``, with a reason."""

    code = "office-candidates"
    status = 409
    vi = "Có nhiều cơ quan có thể có thẩm quyền: {candidates}. {why_vi} Hãy chọn một cơ quan và ghi lý do."
    en = "Several offices may be competent: {candidates}. {why_en} Choose one and give the reason."


@dataclass(frozen=True, slots=True)
class Assignment:
    """The answer of ``route``: office codes and ``reasons`` by routing key.

    ``candidates`` has at least two office codes for each key that a person must decide. ``fallbacks`` are the keys that
    an ``else`` arm decided after no condition held.
    """

    offices: dict[str, str] = field(default_factory=dict)
    reasons: dict[str, Text] = field(default_factory=dict)
    candidates: dict[str, tuple[str, ...]] = field(default_factory=dict)
    fallbacks: tuple[str, ...] = ()

    @property
    def fallback(self) -> bool:
        return bool(self.fallbacks)


@dataclass(frozen=True, slots=True)
class Map:
    """The data that routing reads: the territory, its offices and the competences."""

    territory: Territory
    offices: OfficeIndex
    competences: Sequence[Competence]


def route(
    workflow: Workflow, facts: Mapping[str, Any], known: Map, on: dt.date, intake: str | None = None
) -> Assignment:
    """The offices of a dossier filed on a day with these nested facts.

    ``intake`` is the code of the receiving office (None: not chosen yet). Raises NoPlace, PlaceNotInBeing,
    NoCompetence, OverlappingCompetence, NoCompetentOffice, NoRoute, IntakeRefused, BeforeFirstDate.

    >>> from pathlib import Path
    >>> from cli.shipped import Shipped
    >>> from engine.rules.procedure.machine import compile_release
    >>> from workflows.loader import load
    >>> shipped = Shipped()
    >>> known = Map(shipped.territory, OfficeIndex(shipped.offices), shipped.competences)
    >>> birth = compile_release(load(Path("workflows/procedures/1.001193.yaml"), context=shipped.context), {})
    >>> applicant = {"kind": "citizen", "commune": "26740", "province": "79", "verified": True}
    >>> facts = birth.facts({"applicant": applicant, "registry": {"commune": "26740"}})
    >>> route(birth, facts, known, dt.date(2025, 7, 15), "TT-26740").offices
    {'intake': 'TT-26740', 'handler': 'UB-26740'}
    """
    assignment = Assignment()
    fallbacks = []
    for key in workflow.release.routing:
        found, reason, fallback = route_key(workflow, key, facts, known, on, intake)
        assignment.reasons[key] = reason
        if len(found) == 1:
            assignment.offices[key] = found[0]
        elif found:
            assignment.candidates[key] = tuple(found)
        if fallback:
            fallbacks.append(key)
    return Assignment(assignment.offices, assignment.reasons, assignment.candidates, tuple(fallbacks))


def route_key(
    workflow: Workflow, key: str, facts: Mapping[str, Any], known: Map, on: dt.date, intake: str | None = None
) -> tuple[list[str], Text, bool]:
    """The answer of ``route`` for one routing key: possible offices, the reason, and whether an ``else`` arm decided.

    Raises the same refusals.
    """
    if key == INTAKE:
        return ([intake] if intake is not None else []), _intake(workflow, facts, known, on, intake), False
    if workflow.release.routing[key].branches:
        return _by_branches(workflow, key, facts, known.offices, on)
    return *_by_competence(workflow.release, key, facts, known, on, intake), False


def deciding_place(
    workflow: Workflow, facts: Mapping[str, Any], territory: Territory, on: dt.date, intake: Office | None = None
) -> str | None:
    """The code of the commune that decides the competence, None where none does. Raises PlaceNotInBeing.

    ``intake`` is the receiving office. Where that office decides and is not one of a commune, it is the applicant's
    commune in the same province: a reform that closes the office needs a commune to go by.
    """
    try:
        unit = place_of(workflow.release, "handler", facts, territory, on, intake)
    except NoPlace:
        return None
    if unit.level == "commune":
        return unit.code
    code = facts["applicant"]["commune"]
    own = territory.find(code, "commune", on) if code else None
    return own.code if own and intake and territory.province_of(own, on).code == intake.province else None


def check_intake(release: Release, office: Office, facts: Mapping[str, Any], known: Map, on: dt.date) -> Text:
    """The reason why ``office`` may receive the dossier.

    Raises IntakeRefused when it may not, NoPlace, PlaceNotInBeing.
    """
    if not office.valid(on):
        raise _refused(office, f"cơ quan không hoạt động vào ngày {on:%d/%m/%Y}", f"it is not in being on {on}")
    if not office.receives:
        raise _refused(office, "đây không phải nơi tiếp nhận hồ sơ", "it does not receive dossiers")
    place = place_of(release, INTAKE, facts, known.territory, on, office)
    rule = release.routing[INTAKE].by if INTAKE in release.routing else None
    if rule == "competent_commune":
        if office not in known.offices.serving("commune", office.body, place, known.territory, on):
            raise _refused(office, f"chỉ nhận tại {place.name_vi}", f"only {place.name_vi} receives it")
        return Text(f"tiếp nhận tại {place.name_vi}", f"received in {place.name_vi}")
    province = known.territory.province_of(place, on)
    if office.province != province.code:
        raise _refused(
            office, f"{place.name_vi} thuộc {province.name_vi}", f"{place.name_vi} lies in {province.name_vi}"
        )
    if rule == "any_commune_in_province" and level_of(office.unit_id) != "commune":
        raise _refused(office, "chỉ nơi tiếp nhận cấp xã được nhận", "only communes receive it")
    return Text(
        f"tiếp nhận không phụ thuộc địa giới trong {province.name_vi}", f"any centre in {province.name_vi} receives it"
    )


def place_of(
    release: Release,
    key: str,
    facts: Mapping[str, Any],
    territory: Territory,
    on: dt.date,
    intake: Office | None = None,
) -> Unit:
    """The commune that decides for a routing key: that of the key's own fact, the handler's, or the applicant's.

    Where the receiving office decides, it is the unit of ``intake``, of any level. Raises NoPlace, PlaceNotInBeing,
    BeforeFirstDate.
    """
    name = place_name(release, key)
    if _decided_by_intake(release, key):
        if intake is None:
            raise NoPlace(place=name, place_vi="nơi tiếp nhận", place_en="The receiving office")
        return unit_of(intake, on, territory)
    code: Any = facts
    for part in name.split("."):
        code = code.get(part) if isinstance(code, Mapping) else None
    if not code:
        named = release.fields[name].name if name in release.fields else Text("xã của người nộp", "applicant's commune")
        raise NoPlace(place=name, place_vi=named.vi, place_en=named.en)
    unit = territory.find(code, "commune", on)
    if unit is None:
        raise _not_in_being(code, territory, on)
    return unit


def place_name(release: Release, key: str) -> str:
    """The fact with the commune that decides for a routing key: its own, the handler's, or the applicant's.

    ``INTAKE`` stands for the unit of the receiving office.
    """
    routes = [release.routing[one] for one in (key, "handler") if one in release.routing]
    return next((one.place for one in routes if one.place), DEFAULT_PLACE)


def _intake(workflow: Workflow, facts: Mapping[str, Any], known: Map, on: dt.date, intake: str | None) -> Text:
    if intake is None:
        return Text("chưa chọn nơi tiếp nhận", "the receiving office is not chosen yet")
    office = known.offices.get(intake)
    if office is None:
        raise NoRoute(key=INTAKE, why_vi=f"không có cơ quan {intake}", why_en=f"there is no office {intake}")
    return check_intake(workflow.release, office, facts, known, on)


def _by_branches(
    workflow: Workflow, key: str, facts: Mapping[str, Any], offices: OfficeIndex, on: dt.date
) -> tuple[list[str], Text, bool]:
    index = workflow.route_arm(key, facts)
    if index is None:
        raise NoRoute(key=key, why_vi="không nhánh nào phù hợp", why_en="no branch fits")
    arms = workflow.release.routing[key].branches
    arm = arms[index]
    office = offices.get(arm.then)
    if office is None or not office.valid(on):
        raise NoRoute(
            key=key,
            why_vi=f"{arm.then} không hoạt động vào ngày {on:%d/%m/%Y}",
            why_en=f"{arm.then} is not in being on {on}",
        )
    if arm.when is not None:
        vi, en = f"quy tắc: {arm.when}", f"rule: {arm.when}"
    else:
        vi, en = "các trường hợp còn lại", "all other cases"
    return [arm.then], Text(f"{office.name.vi}: {vi}", f"{office.name.en}: {en}"), arm.when is None and len(arms) > 1


def _by_competence(
    release: Release, key: str, facts: Mapping[str, Any], known: Map, on: dt.date, intake: str | None
) -> tuple[list[str], Text]:
    task = (release.routing[key].by or "").partition(":")[2]
    counter = known.offices.get(intake) if intake is not None else None
    place = place_of(release, key, facts, known.territory, on, counter)
    kind = facts.get("applicant", {}).get("kind") or ""
    law = competent(known.competences, task or release.procedure, kind, on)
    found = known.offices.serving(law.level, law.body, place, known.territory, on)
    level = LEVEL_NAMES[law.level]
    if not found and counter is not None and _decided_by_intake(release, key):
        raise _refused(
            counter,
            f"việc này giải quyết tại nơi tiếp nhận và thuộc {level.vi} ({law.legal}), hãy nộp tại nơi tiếp nhận "
            f"{level.vi}",
            f"the place of receipt decides, and the {level.en} is competent ({law.legal}); hand it in there",
        )
    if not found:
        raise NoCompetentOffice(
            key=key, level_vi=level.vi, level_en=level.en, body=law.body, legal=law.legal, place=place.name_vi, on=on
        )
    vi = f"thẩm quyền {level.vi} đối với {place.name_vi} ngày {on:%d/%m/%Y} theo {law.legal}"
    en = f"the {level.en} is competent for {place.name_vi} on {on} by {law.legal}"
    if len(found) > 1:
        return [one.code for one in found], Text(f"{vi}; phải chọn cơ quan", f"{en}; an office must be chosen")
    return [found[0].code], Text(f"{found[0].name.vi}: {vi}", f"{found[0].name.en}: {en}")


def _decided_by_intake(release: Release, key: str) -> bool:
    """Whether the receiving office decides for a routing key; a field of the same name comes first."""
    return place_name(release, key) == INTAKE and INTAKE not in release.fields


def _refused(office: Office, why_vi: str, why_en: str) -> IntakeRefused:
    return IntakeRefused(office=office.code, why_vi=why_vi, why_en=why_en)


def _not_in_being(code: str, territory: Territory, on: dt.date) -> PlaceNotInBeing:
    earlier = [unit for unit in territory.units("commune") if unit.code == code and unit.valid_from <= on]
    passed = [one.unit for unit in earlier[-1:] for one in territory.successors(unit.id, on)]
    words = "; ".join(f"{unit.name_vi} ({unit.code})" for unit in passed)
    return PlaceNotInBeing(
        place=code,
        on=on.isoformat(),
        successors=[unit.code for unit in passed],
        successors_vi=words or "không rõ",
        successors_en=words or "not known",
    )
