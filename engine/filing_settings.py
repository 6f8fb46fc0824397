"""The settings of inbound filings: where the other side is, and the secrets of both directions."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class FilingSettings:
    """``url`` turns the connection on; ``token`` goes with what we ask there. ``secrets`` verify what is pushed to us,
    newest first; without one nothing is taken by push. ``form`` is a file in place of the shipped one."""

    url: str | None
    token: str | None
    secrets: tuple[str, ...]
    form: Path | None
