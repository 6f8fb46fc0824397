"""The parts of a release that its stories should go through, and those that a walk sees at a moment.

Each action and each branch, each rule of a table, term and office is taken; each guard lets somebody pass and holds
somebody back; each condition of a paper, fee, field or linked dossier is true once and false once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from engine.rules.procedure.definition import Action, Child, Document, Fee, Field, Release
from engine.rules.procedure.machine import Workflow
from engine.text import Text

Used = tuple[str | int, ...]
"""A part of a release that a walk covers: ("action", key), ("branch", action, index), ("guard", key, "refused"), …"""

_KINDS = {
    "action": ("thao tác", "action"),
    "branch": ("thao tác", "action"),
    "guard": ("guard của thao tác", "the guard of action"),
    "route": ("routing", "routing"),
    "price": ("bảng giá của phí", "the price table of fee"),
    "document": ("giấy tờ", "document"),
    "fee": ("phí", "fee"),
    "field": ("trường", "field"),
    "child": ("hồ sơ con", "child"),
}

_Optional = Mapping[str, Document] | Mapping[str, Fee] | Mapping[str, Field] | Mapping[str, Child]


def parts_of(release: Release) -> set[Used]:
    """Every part of a release that its stories should go through."""
    parts: set[Used] = {("action", key) for key in release.actions}
    parts |= {("guard", key, "refused") for key, action in release.actions.items() if _can_refuse(release, action)}
    branching = {key: len(action.to) for key, action in release.actions.items() if len(action.to) > 1}
    parts |= {("branch", key, index) for key, number in branching.items() for index in range(number)}
    parts |= {("term", index) for index in range(len(release.sla.total))}
    parts |= {("route", key, i) for key, route in release.routing.items() for i in range(len(route.branches))}
    parts |= {("price", key, i) for key, fee in release.fees.items() for i in range(len(fee.prices or ()))}
    parts |= {("child", key) for key in release.children}
    for kind, keys in _conditional(release):
        parts |= {(kind, key, *way) for key in keys for way in ((), ("without",))}
    return parts


def in_words(part: Used) -> Text:
    """A part in words.

    >>> in_words(("guard", "sign", "refused")).en, in_words(("document", "map", "without")).en
    ('the guard of action "sign" refuses', 'document "map" is not asked for')
    """
    kind, *rest = part
    if kind == "term":
        return Text(f"thời hạn ở nhánh {int(rest[0]) + 1}", f"branch {int(rest[0]) + 1} of the time limit")
    vi, en = _KINDS[str(kind)]
    if kind in ("branch", "route", "price"):
        number = int(rest[1]) + 1
        return Text(f'nhánh {number} của {vi} "{rest[0]}"', f'branch {number} of {en} "{rest[0]}"')
    if kind == "guard":
        return Text(f'{vi} "{rest[0]}" từ chối', f'{en} "{rest[0]}" refuses')
    if kind == "action":
        return Text(f'{vi} "{rest[0]}"', f'{en} "{rest[0]}"')
    no_vi, no_en = ("không ", "not ") if rest[1:] else ("", "")
    return Text(f'{vi} "{rest[0]}" {no_vi}được hỏi đến', f'{en} "{rest[0]}" is {no_en}asked for')


def conditions_seen(workflow: Workflow, facts: Mapping[str, Any], province: str) -> set[Used]:
    """The papers, fees, fields, prices and offices that the facts ask for, and those that they do not."""
    fees = workflow.fees_due(facts, province)
    asked: dict[str, Collection[str]] = {
        "document": workflow.documents_required(facts),
        "fee": fees,
        "field": workflow.fields_shown(facts),
    }
    seen: set[Used] = set()
    for kind, keys in _conditional(workflow.release):
        if kind in asked:
            seen |= {(kind, key) if key in asked[kind] else (kind, key, "without") for key in keys}
    for key in fees:
        seen |= _numbered("price", key, workflow.price_arm(key, facts))
    for key in workflow.release.routing:
        seen |= _numbered("route", key, workflow.route_arm(key, facts))
    return seen


def children_seen(release: Release, state: str, opened: Iterable[str]) -> set[Used]:
    """The linked dossiers that were opened as a dossier entered ``state``, and those that could have been."""
    opened = set(opened)
    here = {key: child for key, child in release.children.items() if child.opens == state}
    not_opened: set[Used] = {
        ("child", key, "without") for key, child in here.items() if child.when is not None and key not in opened
    }
    return not_opened | {("child", key) for key in opened}


def _can_refuse(release: Release, action: Action) -> bool:
    """Whether a guard can fail; that on the payment of fees cannot where every fee is 0."""
    if action.guard is None:
        return False
    prices = [price for fee in release.fees.values() for price in (fee.vnd, *fee.by_province.values())]
    prices += [arm.vnd for fee in release.fees.values() for arm in fee.prices or ()]
    prices += [tier.vnd for fee in release.fees.values() for tier in fee.tiers or ()]
    return action.guard.strip() != "fees.settled" or any(prices)


def _conditional(release: Release) -> Iterator[tuple[str, list[str]]]:
    """The keys of what has a condition, by kind. A paper that an action attaches is not asked of the applicant."""
    brought = {action.attach for action in release.actions.values()}
    papers = {key: one for key, one in release.documents.items() if not one.result and key not in brought}
    kinds: tuple[tuple[str, _Optional], ...] = (
        ("document", papers),
        ("fee", release.fees),
        ("field", release.fields),
        ("child", release.children),
    )
    for kind, parts in kinds:
        yield kind, [key for key, one in parts.items() if one.when is not None]


def _numbered(kind: str, key: str, index: int | None) -> set[Used]:
    return set() if index is None else {(kind, key, index)}
