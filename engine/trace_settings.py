"""The settings of traces: where spans are sent, and of how many requests and jobs in a hundred."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.setting_values import address, number


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceSettings:
    """``url`` takes OTLP over HTTP; of ``share`` in a hundred requests and jobs a trace is kept."""

    url: str
    share: int


def traces_from(environment: Mapping[str, str]) -> TraceSettings | None:
    """What the environment says (names in docs/operations.md); None without an address. Raises WrongSetting."""
    url = address(environment, "MOTCUA_TRACES_URL", ("http://", "https://"))
    if url is None:
        return None
    return TraceSettings(url=url, share=number(environment, "MOTCUA_TRACES_SHARE", 100, 1, 100))
