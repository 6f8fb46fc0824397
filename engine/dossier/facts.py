"""``Facts``: the facts of a dossier that conditions read; those of other tables are read when first used."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any


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
