"""What differs between two releases, in sentences, with nothing of the file left out.

Both releases are walked key by key in their normal form, so every difference of their canonical bytes gives a change.
The order in which an author wrote the keys is told too, since forms and lists follow it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

import msgspec

from engine.rules.procedure.definition import Notice, Release, Sla
from engine.rules.procedure.parts import TableRule
from engine.rules.versions.names import GROUP_OF, GROUPS, NAMES
from engine.rules.versions.sayings import NOTHING, Sayer, called
from engine.text import Text

Kind = Literal["added", "removed", "changed", "reordered"]
At = tuple[type, str]
"""The type of a part and one of its keys, by which a value is said."""
_OPENING: Mapping[str, Text] = {
    "added": Text("thêm", "added"),
    "removed": Text("bỏ", "removed"),
    "reordered": Text("đổi thứ tự", "another order"),
}


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. ``path`` are the keys that lead to it in the normal form; ``subject`` names it for people.

    ``before`` and ``after`` say the values; ``before`` is None for what was added, ``after`` for what was removed.
    """

    path: tuple[str, ...]
    kind: Kind
    subject: Text
    before: Text | None
    after: Text | None

    @property
    def group(self) -> str:
        """The key of the group (``names.GROUPS``) in which the change is told."""
        return GROUP_OF.get(self.path[0], "procedure")

    def sentence(self) -> Text:
        """The change in both languages, as in “Thời hạn: 5 → 7 ngày làm việc”."""
        return Text(self._told("vi"), self._told("en"))

    def _told(self, language: str) -> str:
        subject = self.subject.in_(language)
        was, now = (one.in_(language) if one is not None else "" for one in (self.before, self.after))
        if self.kind in ("changed", "reordered") and self.before is not None and self.after is not None:
            passage = _passage(was, now)
            return f"{subject}: {passage if self.kind == 'changed' else f'{self._opening(language)}, {passage}'}"
        told = now or was
        return f"{subject}: {self._opening(language)} {f'({told})' if ': ' in told else told}"

    def _opening(self, language: str) -> str:
        return _OPENING[self.kind].in_(language)


def changes_between(old: Release, new: Release) -> list[Change]:
    """Every difference from ``old`` to ``new``, in the order of the groups."""
    walk = _Walk(old, new)
    found = [
        change
        for name in Release.__struct_fields__
        for change in walk.parts((name,), NAMES[Release][name], (Release, name), getattr(old, name), getattr(new, name))
    ]
    order = {group: place for place, group in enumerate(GROUPS)}
    return sorted(found, key=lambda change: order[change.group])


def by_group(changes: list[Change]) -> dict[str, list[Change]]:
    """The changes by the key of their group; groups without a change are left out."""
    return {key: mine for key in GROUPS if (mine := [change for change in changes if change.group == key])}


class _Walk:
    """Compares two values at one path, and whatever lies in them."""

    def __init__(self, old: Release, new: Release) -> None:
        self._old, self._new = Sayer(old), Sayer(new)

    def parts(self, path: tuple[str, ...], subject: Text, at: At, old: object, new: object) -> Iterator[Change]:
        """The differences between two values of one key, or of one entry under it."""
        if isinstance(old, dict) and isinstance(new, dict):
            yield from self._entries(path, subject, at, old, new)
        elif _same(old, new):
            return
        elif isinstance(old, msgspec.Struct) and isinstance(new, msgspec.Struct) and _keyed(old, new):
            yield from self._keys(path, subject, old, new)
        elif isinstance(old, tuple) and isinstance(new, tuple) and _listed(old, new):
            yield from self._items(path, subject, at, old, new)
        else:
            before, after = (say.value(*at, one) for say, one in ((self._old, old), (self._new, new)))
            yield Change(path, "changed", subject, *_told_apart(before, after, old, new))

    def _keys(self, path: tuple[str, ...], subject: Text, old: msgspec.Struct, new: msgspec.Struct) -> Iterator[Change]:
        kind = type(old)
        for key in kind.__struct_fields__:
            name = NAMES[kind][key]
            whole = name if kind is Sla and key == "total" else _within(subject, name)
            yield from self.parts((*path, key), whole, (kind, key), getattr(old, key), getattr(new, key))

    def _entries(
        self, path: tuple[str, ...], subject: Text, at: At, old: Mapping[str, object], new: Mapping[str, object]
    ) -> Iterator[Change]:
        for key in old:
            if key not in new:
                told = self._old.value(*at, old[key])
                yield Change((*path, key), "removed", _of(subject, key, old[key]), told, None)
        for key in new:
            if key not in old:
                told = self._new.value(*at, new[key])
                yield Change((*path, key), "added", _of(subject, key, new[key]), None, told)
            else:
                yield from self.parts((*path, key), _of(subject, key, new[key]), at, old[key], new[key])
        was, now = [key for key in old if key in new], [key for key in new if key in old]
        if was != now:
            orders = (Text(", ".join(keys), ", ".join(keys)) for keys in (was, now))
            yield Change(path, "reordered", subject, *orders)

    def _items(
        self, path: tuple[str, ...], subject: Text, at: At, old: tuple[object, ...], new: tuple[object, ...]
    ) -> Iterator[Change]:
        """The differences between two lists of notices, rules or texts; an item that moved is in another place."""
        was, now = [_bytes(one) for one in old], [_bytes(one) for one in new]
        if Counter(was) == Counter(now):
            before, after = (say.value(*at, one) for say, one in ((self._old, old), (self._new, new)))
            yield Change(path, "reordered", subject, before, after)
            return
        for what, left, right, low, high in SequenceMatcher(None, was, now, autojunk=False).get_opcodes():
            if what == "equal":
                continue
            for place in range(left, right):
                said = self._old.value(*at, (old[place],))
                yield Change((*path, str(place)), "removed", subject, said, None)
            for place in range(low, high):
                said = self._new.value(*at, (new[place],))
                yield Change((*path, str(place)), "added", subject, None, said)


def _keyed(old: msgspec.Struct, new: msgspec.Struct) -> bool:
    """Whether two parts are compared key by key; smaller parts are told as a whole."""
    return type(old) is type(new) and type(old) in NAMES


def _listed(old: tuple[object, ...], new: tuple[object, ...]) -> bool:
    """Whether two lists are compared item by item: notices, rules of a table, and lists of texts."""
    return bool(old and new) and all(isinstance(one, Notice | TableRule | str) for one in (*old, *new))


def _same(old: object, new: object) -> bool:
    """Whether two values have the same bytes: 1, 1.0 and true are equal to Python."""
    return type(old) is type(new) and bool(old == new) and _bytes(old) == _bytes(new)


def _bytes(value: object) -> bytes:
    return b"" if value is msgspec.UNSET else msgspec.json.encode(value, order="sorted")


def _within(subject: Text, name: Text) -> Text:
    return Text(f"{subject.vi}, {name.vi}", f"{subject.en}, {name.en}")


def _of(subject: Text, key: str, value: object) -> Text:
    """The subject of one entry: by its name where it has one, else by its key."""
    name = getattr(value, "name", value if isinstance(value, Text) else None)
    said = called(name, key) if isinstance(name, Text) else Text(key, key)
    return Text(f"{subject.vi} {said.vi}", f"{subject.en} {said.en}")


def _told_apart(before: Text, after: Text, old: object, new: object) -> tuple[Text, Text]:
    """Both sayings; where they are alike in a language, the values are told as they are stored."""
    if before.vi != after.vi and before.en != after.en:
        return before, after
    raw = [_bytes(one).decode() or NOTHING.en for one in (old, new)]
    return (
        Text(before.vi if before.vi != after.vi else raw[0], before.en if before.en != after.en else raw[0]),
        Text(after.vi if before.vi != after.vi else raw[1], after.en if before.en != after.en else raw[1]),
    )


def _passage(was: str, now: str) -> str:
    """``5 → 7 ngày làm việc`` where only the number differs, else both in full."""
    (old, _, unit), (new, _, other) = was.partition(" "), now.partition(" ")
    if unit and unit == other and _is_number(old) and _is_number(new):
        return f"{old} → {new} {unit}"
    return f"{was} → {now}"


def _is_number(text: str) -> bool:
    return text.replace(",", "").replace(".", "").isdigit()
