"""The facts of one dossier that conditions read, some of them computed only when a condition first asks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from engine.rules.procedure.balance import Balance


class Facts(Mapping[str, Any]):
    """A mapping of facts, some of which (``later``) are computed on first access and then cached."""

    def __init__(self, known: Mapping[str, Any], later: Mapping[str, Callable[[], Any]]) -> None:
        self.known, self.later = dict(known), later

    def __getitem__(self, name: str) -> Any:
        if name not in self.known and name in self.later:
            self.known[name] = self.later[name]()
        return self.known[name]

    def __iter__(self) -> Iterator[str]:
        return iter({**self.known, **self.later})

    def __len__(self) -> int:
        return len({**self.known, **self.later})


def document_facts(missing: list[str]) -> dict[str, Any]:
    """The facts ``documents.…``."""
    return {"complete": not missing, "missing": missing}


def fee_facts(money: Balance) -> dict[str, Any]:
    """The facts ``fees.…``."""
    return {"settled": not money.due, "total": money.owed, "due": money.due}
