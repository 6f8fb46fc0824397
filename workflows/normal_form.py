"""Converts a parsed workflow file to a release in normal form: short forms expanded, defaults filled in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from engine.rules.procedure.definition import (
    APPLICANT_KINDS,
    CHANNELS,
    Action,
    Branch,
    Child,
    Clock,
    Document,
    Effective,
    Fee,
    Field,
    Notice,
    Release,
    Role,
    Route,
    Sector,
    Sla,
    State,
    Term,
    TermBranch,
    TermUnit,
    Tier,
)
from engine.rules.procedure.parts import Price
from engine.rules.procedure.portal_status import PortalStatus
from engine.text import Text
from workflows.schema import COMPETENT
from workflows.shapes import ALL
from workflows.table_arms import Tables, areas_of, price_of, tables_of, term_of

DEFAULT_APPLICANTS = ("citizen", "business", "organisation", "foreigner")
DEFAULT_PLACE = "applicant.commune"
DEFAULT_TEMPLATES = {"due_in": "sap-den-han", "overdue": "qua-han", "remind": "nhac-bo-sung"}
CLOCK_OF_PORTAL: dict[int, Clock] = {
    PortalStatus.REGISTERED: "not_started",
    PortalStatus.RECEIVED: "running",
    PortalStatus.IN_PROCESS: "running",
    PortalStatus.SUPPLEMENT: "paused",
    PortalStatus.OBLIGATION: "paused",
    **{status: "stopped" for status in PortalStatus if status.ended},
}
"""The default clock of each portal status code."""
EFFECT_OF_PORTAL: dict[int, str] = {
    PortalStatus.REFUSED: "refuse",
    PortalStatus.SUPPLEMENT: "ask",
    PortalStatus.WITHDRAWN: "withdraw",
    PortalStatus.STOPPED: "stop",
    PortalStatus.READY: "finish",
    PortalStatus.RETURNED: "return",
}
"""The effect of a step into each portal status, where the status alone decides it; a signed result is ``sign``."""


def release_of(written: Mapping[str, Any]) -> Release:
    """The release in normal form. ``written`` is the result of ``schema.FILE``, with every required key."""
    sla_unit: TermUnit = written["sla"]["unit"]
    fields = {key: _field(value) for key, value in written.get("fields", {}).items()}
    tables, areas = tables_of(written), areas_of(written)
    made = Tables(tables, fields, areas)
    states = {key: _state(value, sla_unit) for key, value in written["states"].items()}
    return Release(
        procedure=written["procedure"],
        version=written["version"],
        name=_text(written["name"]),
        legal=tuple(written["legal"]),
        effective=_effective(written["effective"]),
        sector=Sector(code=written["sector"]["code"], name=_text(written["sector"])),
        channels=_in_order(written["channels"], CHANNELS),
        applicants=_in_order(written.get("applicants", DEFAULT_APPLICANTS), APPLICANT_KINDS),
        roles={key: Role(_text(value), value["unit"]) for key, value in written["roles"].items()},
        routing={key: _route(value, made) for key, value in written["routing"].items()},
        sla=_sla(written["sla"], made),
        states=states,
        actions={key: _action(value, states, made) for key, value in written["actions"].items()},
        fields=fields,
        documents={key: _document(value) for key, value in written.get("documents", {}).items()},
        fees={key: _fee(value, made) for key, value in written.get("fees", {}).items()},
        notify=tuple(_notice(value) for value in written.get("notify", ())),
        children={key: _child(value) for key, value in written.get("children", {}).items()},
        public=written.get("public", True),
        rights={act: tuple(roles) for act, roles in written.get("rights", {}).items()},
        short=_text(written["short"]) if "short" in written else msgspec.UNSET,
        tables=tables,
        areas=areas,
    )


def effects_of(sources: Iterable[str], to: Iterable[Branch], signed: bool, states: Mapping[str, State]) -> set[str]:
    """The possible effects of an action, by the portal codes that it joins: one for each pair of known states."""
    targets = [branch.then for branch in to]
    return {
        _effect(states[source].portal, states[target].portal, signed)
        for source in sources
        for target in targets
        if source in states and target in states
    }


def _effect(source: int, target: int, signed: bool) -> str:
    if target in EFFECT_OF_PORTAL:
        return "sign" if signed and target == PortalStatus.READY else EFFECT_OF_PORTAL[target]
    if source == PortalStatus.REGISTERED and target != PortalStatus.REGISTERED:
        return "receive"
    if source == PortalStatus.SUPPLEMENT:
        return "answer"
    return "forward" if (source, target) == (PortalStatus.RECEIVED, PortalStatus.IN_PROCESS) else "step"


def _text(value: Mapping[str, Any]) -> Text:
    return Text(vi=value["vi"], en=value.get("en", value["vi"]))


def _in_order(given: Iterable[str], order: tuple[str, ...]) -> tuple[Any, ...]:
    """A set in the order of the format, because the author's order means nothing and must not change the digest."""
    return tuple(sorted(given, key=order.index))


def _effective(value: Mapping[str, Any]) -> Effective:
    return Effective(
        start=value["from"],
        until=value.get("until"),
        running=value.get("running", "keep"),
        migrate=value.get("migrate", {}),
        replaces=value.get("replaces", msgspec.UNSET),
    )


def _branches(arms: str | list[dict[str, str]] | dict[str, str], tables: Tables) -> tuple[Branch, ...]:
    if isinstance(arms, str):
        return (Branch(then=arms),)
    if isinstance(arms, dict):
        return tuple(Branch(arm.outcome, arm.when) for arm in tables.arms(arms["table"]))
    return tuple(Branch(arm["else"]) if "else" in arm else Branch(arm["to"], arm["when"]) for arm in arms)


def _route(value: str | list[dict[str, str]] | dict[str, str], tables: Tables) -> Route:
    if isinstance(value, str):
        return Route(by=value)
    if isinstance(value, list) or "table" in value:
        return Route(branches=_branches(value, tables))
    found = re.fullmatch(COMPETENT, value["by"])
    task, place = found.groups() if found else (None, None)
    return Route(by=f"competent:{task}" if task else "competent", place=value.get("place") or place or DEFAULT_PLACE)


def _field(value: Mapping[str, Any]) -> Field:
    return Field(
        type=value["type"],
        name=_text(value),
        required=value.get("required", False),
        when=value.get("when"),
        help=_text(value["help"]) if "help" in value else None,
        choices={key: _text(choice) for key, choice in value.get("choices", {}).items()},
        minimum=value.get("min"),
        maximum=value.get("max"),
        pattern=value.get("pattern"),
        personal=value.get("personal", False),
        **_bounds(value),
    )


def _bounds(value: Mapping[str, Any]) -> dict[str, Any]:
    """The keys that stay out of the normal form where nobody wrote them."""
    one = {key: value[key] for key in ("decimals", "partial", "min_age", "max_age") if key in value}
    return one | {key: tuple(value[key]) for key in ("not_after", "not_before", "differs_from") if key in value}


def _without_text(value: Mapping[str, Any]) -> dict[str, Any]:
    return {key: item for key, item in value.items() if key not in ("vi", "en")}


def _document(value: Mapping[str, Any]) -> Document:
    return Document(name=_text(value), **_without_text(value))


def _fee(value: Mapping[str, Any], tables: Tables) -> Fee:
    given = _without_text(value)
    if "tiers" in given:
        given["tiers"] = tuple(Tier(tier["above"], tier["vnd"]) for tier in given["tiers"])
    if "max" in given:
        given["most"] = given.pop("max")
    if "table" in given:
        arms = tables.arms(given.pop("table"))
        given["prices"] = tuple(Price(price_of(arm.outcome) or 0, arm.when) for arm in arms) or msgspec.UNSET
        given["vnd"] = price_of(arms[-1].outcome) or 0 if arms else 0
    return Fee(name=_text(value), **given)


def _day_unit(sla_unit: TermUnit) -> TermUnit:
    """The unit of ``days``: calendar days in a procedure that counts calendar days, else working days."""
    return "calendar_day" if sla_unit == "calendar_day" else "working_day"


def _sla(value: Mapping[str, Any], tables: Tables) -> Sla:
    unit: TermUnit = value["unit"]
    warn = value.get("warn")
    return Sla(
        total=_total(value.get("total", 0), unit, tables),
        calendar=value.get("calendar", "vn"),
        starts=value.get("starts", "receive"),
        cutoff=value.get("cutoff", "15:00"),
        first_day=value.get("first_day", "counted"),
        warn=Term(warn["before"], "working_hour" if unit == "same_day" else unit) if warn else None,
        extensions=value.get("extensions", 1),
        verified=value.get("verified", True),
    )


def _total(total: Any, unit: TermUnit, tables: Tables) -> tuple[TermBranch, ...]:
    """The arms of the time limit. An outcome that is no term is the linter's finding, as is a table without rules."""
    if isinstance(total, (int, float)):
        return (TermBranch(Term(total, unit)),)
    if isinstance(total, list):
        return tuple(_term_branch(arm, unit) for arm in total)
    unread = Term(1, _day_unit(unit))
    arms = [TermBranch(term_of(arm.outcome, unit) or unread, arm.when) for arm in tables.arms(total["table"])]
    return tuple(arms) or (TermBranch(unread),)


def _term_branch(arm: Mapping[str, Any], sla_unit: TermUnit) -> TermBranch:
    unit: TermUnit = arm.get("unit", sla_unit)
    if "else" in arm:
        return TermBranch(Term(arm["else"], unit))
    if "unit" not in arm and "days" in arm:
        unit = _day_unit(sla_unit)
    if "unit" not in arm and "hours" in arm:
        unit = "working_hour"
    return TermBranch(Term(arm.get("days", arm.get("hours", 0)), unit), when=arm["when"])


def _state(value: Mapping[str, Any], sla_unit: TermUnit) -> State:
    limit = None
    if "hours" in value:
        limit = Term(value["hours"], "working_hour")
    elif "days" in value:
        limit = Term(value["days"], _day_unit(sla_unit))
    return State(
        name=_text(value),
        portal=value["portal"],
        clock=value.get("clock", CLOCK_OF_PORTAL[value["portal"]]),
        role=value.get("role"),
        initial=value.get("initial", False),
        final=value.get("final", False),
        limit=limit,
        remind=Term(value["remind"], "working_day") if "remind" in value else None,
    )


def _action(value: Mapping[str, Any], states: Mapping[str, State], tables: Tables) -> Action:
    to = _branches(value["to"], tables)
    effects = effects_of(value["from"], to, value.get("signature") == "digital", states)
    effect: Any = value.get("effect") or (effects.pop() if len(effects) == 1 else "step")
    return Action(
        name=_text(value),
        sources=tuple(value["from"]),
        to=to,
        by=tuple(value["by"]),
        effect=effect,
        guard=value.get("guard"),
        reason=value.get("reason", "optional"),
        form=value.get("print"),
        attach=value.get("attach"),
        signature=value.get("signature", "none"),
        warn_after=value.get("warn_after"),
        after=_after(value["after"]) if "after" in value else None,
        joint=_joint(value),
    )


def _joint(value: Mapping[str, Any]) -> int | msgspec.UnsetType:
    wanted = value.get("joint", msgspec.UNSET)
    return len(value["by"]) if wanted == ALL else wanted


def _after(words: str) -> Term:
    number, rest = words.split(" ", 1)
    if rest.startswith("calendar"):
        return Term(int(number), "calendar_day")
    return Term(int(number), "working_hour" if "hour" in rest else "working_day")


def _notice(value: Mapping[str, Any]) -> Notice:
    event, _, rest = value["event"].partition("(")
    argument = rest.removesuffix(")") or None
    subject, days = (None, argument) if event == "due_in" else (argument, None)
    return Notice(
        event=event,
        to=tuple(value["to"]),
        via=tuple(value["via"]),
        template=value.get("template") or DEFAULT_TEMPLATES.get(event) or str(subject).replace("_", "-"),
        subject=subject,
        term=Term(int(days), "working_day") if days else None,
        form=value.get("print"),
    )


def _child(value: Mapping[str, Any]) -> Child:
    return Child(
        procedure=value["procedure"],
        name=_text(value),
        opens=value["opens"],
        when=value.get("when"),
        fields=value.get("fields", {}),
    )
