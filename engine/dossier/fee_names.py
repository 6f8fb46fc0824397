"""The name of a fee of a dossier, and of the money that nobody owed when it came."""

from __future__ import annotations

from engine.rules.procedure.balance import SURPLUS
from engine.rules.procedure.definition import Release
from engine.text import Text

_SURPLUS = Text("Tiền nộp thừa, phải hoàn trả", "Money paid that was not owed, to be paid back")


def fee_name(release: Release, key: str) -> Text:
    """The name of a fee under a release; its key where the release has no such fee any more."""
    if key == SURPLUS:
        return _SURPLUS
    fee = release.fees.get(key)
    return fee.name if fee else Text(key, key)
