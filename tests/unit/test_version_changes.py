"""The differences of two versions in sentences: nothing of the file is left out, and each says whom it touches."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Literal, get_args, get_origin

import msgspec
from msgspec import UNSET
from msgspec.structs import replace

from engine.rules.procedure.definition import Branch, Release, Term, TermBranch, Tier, release_from_bytes
from engine.rules.procedure.parts import Cell, Price, TableRule
from engine.rules.versions.changes import Change, by_group, changes_between
from engine.rules.versions.names import GROUP_OF, GROUPS, NAMES
from engine.rules.versions.touched import dossiers_touched, states_touched
from engine.text import Text
from tests.workflow_samples.surroundings import CORRECT, surroundings
from workflows.loader import load

Path = tuple[str, ...]
Keys = frozenset[tuple[type, str]]
Words = tuple[str, ...]
TOLD_WHOLE = {Term, Branch, TermBranch, Price, Tier, Cell, TableRule}
NEW_VALUES: tuple[Any, ...] = (
    "x", 7, True, {"x": "y"}, {"vi": "một", "en": "one"}, {"amount": 9, "unit": "working_hour"}, ("x",),
    ({"above": 3, "vnd": 5},), ({"vnd": 7, "when": None},), dt.date(2028, 1, 1), {"waive_fee": ("leader",)},
)  # fmt: skip


@cache
def sample() -> Release:
    read = load(CORRECT, context=surroundings())
    survey = replace(read.fees["do_dac"], tiers=(Tier(2, 500), Tier(9, 100)))
    return replace(read, fees=read.fees | {"do_dac": survey})


def changed(**parts: Any) -> list[Change]:
    return changes_between(sample(), replace(sample(), **parts))


def told(changes: list[Change], language: str = "vi") -> list[str]:
    return [change.sentence().in_(language) for change in changes]


def test_a_term_is_told_as_people_say_it() -> None:
    arms = (TermBranch(Term(7, "working_day")),)
    old = replace(sample(), sla=replace(sample().sla, total=(TermBranch(Term(5, "working_day")),)))
    changes = changes_between(old, replace(old, sla=replace(old.sla, total=arms)))
    assert told(changes) == ["Thời hạn: 5 → 7 ngày làm việc"]
    assert told(changes, "en") == ["Time limit: 5 → 7 working days"]


def test_what_was_added_says_all_of_it() -> None:
    state = replace(sample().states["signing"], name=Text("Thẩm tra", "Review"), limit=Term(0.25, "working_day"))
    (one,) = changed(states=sample().states | {"review": state})
    assert (one.group, one.kind, one.before) == ("steps", "added", None)
    sentence = one.sentence().vi
    assert sentence.startswith("Bước “Thẩm tra” (review): thêm (")
    assert "hạn của bước: 0,25 ngày làm việc" in sentence and "ai giữ hồ sơ: “Lãnh đạo ký” (leader)" in sentence


def test_money_and_arms_and_names_of_steps_are_words() -> None:
    fees = sample().fees | {"le_phi": replace(sample().fees["le_phi"], vnd=60000, by_province={})}
    submit = replace(sample().actions["submit"], to=(Branch("signing"),))
    sentences = told(changed(fees=fees, actions=sample().actions | {"submit": submit}))
    assert "Khoản thu “Lệ phí cấp giấy” (le_phi), mức thu: 50.000 → 60.000 đ" in sentences
    assert "Khoản thu “Lệ phí cấp giấy” (le_phi), mức thu của tỉnh 75: bỏ 25.000 đ" in sentences
    assert (
        "Thao tác “Trình ký” (submit), đến bước: khi fees.due > 0: “Nghĩa vụ tài chính” (finance); "
        "còn lại: “Chờ ký” (signing) → “Chờ ký” (signing)"
    ) in sentences


def test_the_same_release_has_no_change_and_another_order_is_told() -> None:
    assert changed() == []
    (one,) = changed(fees=dict(reversed(sample().fees.items())))
    assert (one.kind, one.path) == ("reordered", ("fees",))
    assert "đổi thứ tự" in one.sentence().vi and "another order" in one.sentence().en


def test_every_key_has_a_name_and_a_group() -> None:
    for kind, names in NAMES.items():
        assert set(names) == set(kind.__struct_fields__)  # type: ignore[attr-defined]  # every kind is a Struct
    assert set(GROUP_OF) <= set(Release.__struct_fields__) and set(GROUP_OF.values()) < set(GROUPS)
    assert set(_kinds(Release)) == set(NAMES) | TOLD_WHOLE


def test_nothing_of_a_file_is_left_out() -> None:
    """Each key of the sample is changed, dropped or filled in, one at a time: a sentence in both languages says so."""
    reached: set[tuple[type, str]] = set()
    for path, keys, mutant in _mutants((), sample()):
        if (other := _valid(mutant)) is None:
            continue
        for old, new in ((sample(), other), (other, sample())):
            changes = changes_between(old, new)
            assert any(_about(change.path, path) for change in changes), path
            for change in changes:
                assert change.before != change.after
                for sentence in (change.sentence().vi, change.sentence().en):
                    was, _, now = sentence.partition(": ")[2].partition(" → ")
                    assert sentence.strip() and was != now, sentence
                assert change.group in GROUPS and by_group([change]) == {change.group: [change]}
        reached |= keys
    asked = {(kind, name) for kind in _kinds(Release) for name in kind.__struct_fields__}
    assert asked - reached == set()


def test_a_change_touches_those_who_may_still_come_to_it() -> None:
    """Whoever is past a step is not touched by it; who was received keeps the term; new filings are no dossiers yet."""
    signing = replace(sample().states["signing"], limit=Term(2, "working_day"))
    (step,) = changed(states=sample().states | {"signing": signing})
    assert states_touched(sample(), sample(), step) == {
        "new", "accepted", "checking", "supplement", "finance", "signing",
    }  # fmt: skip
    assert dossiers_touched(sample(), sample(), step, {"signing": 3, "ready": 5, "checking": 4}) == 7
    (term,) = changed(sla=replace(sample().sla, total=(TermBranch(Term(9, "working_day")),)))
    assert states_touched(sample(), sample(), term) == {"new"}
    (version,) = changed(version=3)
    assert states_touched(sample(), sample(), version) == frozenset()
    action = replace(sample().actions["sign"], reason="required")
    (act,) = changed(actions=sample().actions | {"sign": action})
    assert "ready" not in states_touched(sample(), sample(), act)
    (notice,) = changed(notify=sample().notify[1:])
    assert states_touched(sample(), sample(), notice) == {"new", "accepted"}


def _about(told_of: Path, path: Path) -> bool:
    """Whether a change at ``told_of`` is about the mutated ``path``; the place of an item in a list may differ."""
    shared = min(len(told_of), len(path))
    return all(one == other or one.isdigit() for one, other in zip(told_of[:shared], path, strict=False))


def _mutants(path: Path, value: Any, keys: Keys = frozenset(), words: Words = ()) -> Iterator[tuple[Path, Keys, Any]]:
    """Every value with one thing in it changed: its path, the keys that lead to it, the whole."""
    if isinstance(value, msgspec.Struct):
        for field in msgspec.structs.fields(value):
            inside = keys | {(type(value), field.name)}
            for inner, at, new in _mutants((*path, field.name), getattr(value, field.name), inside, _words(field.type)):
                yield inner, at, replace(value, **{field.name: new})
        return
    if isinstance(value, Mapping):
        for name, one in value.items():
            yield (*path, name), keys, {other: each for other, each in value.items() if other != name}
            for inner, at, new in _mutants((*path, name), one, keys, words):
                yield inner, at, {**value, name: new}
    elif isinstance(value, tuple):
        for place, one in enumerate(value):
            yield path, keys, value[:place] + value[place + 1 :]
            for inner, at, new in _mutants((*path, str(place)), one, keys, words):
                yield inner, at, (*value[:place], new, *value[place + 1 :])
        yield path, keys, value[::-1]
    else:
        yield from ((path, keys, one) for one in _others(value, words))
    if value in (None, UNSET, (), {}):
        yield from ((path, keys, one) for one in NEW_VALUES)


def _others(value: Any, words: Words) -> list[Any]:
    """Other values of the same kind."""
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int | float):
        return [value + 1]
    if isinstance(value, str):
        return [word for word in words if word != value] or [value + "x"]
    return [value.replace(day=15)] if isinstance(value, dt.date) else []


def _words(kind: Any) -> Words:
    """The words of which a key takes one."""
    if get_origin(kind) is Literal:
        return get_args(kind)
    return tuple(word for inner in get_args(kind) for word in _words(inner))


def _valid(mutant: Release) -> Release | None:
    """The mutant as it would be read from the database; None where it is no release, or the sample's own."""
    try:
        read = release_from_bytes(mutant.to_bytes())
        return read if read.canonical() != sample().canonical() else None
    except Exception:
        return None


def _kinds(kind: Any, known: set[type] | None = None) -> set[Any]:
    """Every type of part in a release."""
    found = set() if known is None else known
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct) and kind not in found:
        found.add(kind)
        for field in msgspec.structs.fields(kind):
            _kinds(field.type, found)
    for inner in getattr(kind, "__args__", ()):
        _kinds(inner, found)
    return found
