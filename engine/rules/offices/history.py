"""The history of a dossier's offices, read from its journal: the reason for the present ones, and the earlier ones."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.text import Text


@dataclass(frozen=True, slots=True)
class Held:
    """The reason why the present office has a routing key (None: not recorded), and earlier offices, latest first."""

    reason: Text | None = None
    before: tuple[str, ...] = ()


def office_history(entries: Iterable[Mapping[str, Any]]) -> dict[str, Held]:
    """The history by routing key, from the bodies of a dossier's journal entries, in order.

    Entries that change no office are skipped.
    """
    standing: dict[str, str] = {}
    history: dict[str, Held] = {}
    for body in entries:
        offices = body["changes"].get("offices")
        if offices is None:
            continue
        for key, office in offices.items():
            if standing.get(key) == office:
                continue
            known = history.get(key, Held())
            before = (standing[key], *known.before) if key in standing else known.before
            history[key] = Held(_reason(body, key), tuple(one for one in before if one != office))
        standing = dict(offices)
    return history


def _reason(body: Mapping[str, Any], key: str) -> Text | None:
    data = body["data"]
    told = data.get("routing", {}).get(key)
    told = told or next((one["reason"] for one in data.get("offices", ()) if one["key"] == key), None)
    if told:
        return Text(told["vi"], told["en"])
    if body["act"] == "reform":
        laws = [one["legal"] for one in data["passages"] if one["desk"] == key and one["legal"]] or data["legal"]
        legal, day = _listed(laws), dt.date.fromisoformat(data["date"]).strftime("%d/%m/%Y")
        return Text(f"sắp xếp đơn vị hành chính từ ngày {day} theo {legal}", f"reorganisation of {day}, {legal}")
    if body["act"] == "reform_revert":
        return Text("hoàn lại việc chuyển do sắp xếp", "the move by a reorganisation was taken back")
    if body["act"] == "transfer":
        by = f" theo {data['legal']}" if data.get("legal") else ""
        return Text(f"được chuyển đến{by}", "transferred" + (f" under {data['legal']}" if data.get("legal") else ""))
    return None


def _listed(laws: str | Sequence[str]) -> str:
    return laws if isinstance(laws, str) else ", ".join(laws)
