"""The settings of inbound filings: where the other side is, and the secrets of both directions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from engine.setting_values import WrongSetting, address, path


@dataclass(frozen=True, slots=True, kw_only=True)
class FilingSettings:
    """``url`` turns the connection on; ``token`` goes with what we ask there. ``secrets`` verify what is pushed to us,
    newest first; without one nothing is taken by push. ``form`` is a file in place of the shipped one."""

    url: str | None
    token: str | None
    secrets: tuple[str, ...]
    form: Path | None


def filings_from(environment: Mapping[str, str]) -> FilingSettings:
    """What the environment says (names in docs/operations.md). Raises WrongSetting."""
    secrets = tuple(one for one in environment.get("MOTCUA_FILINGS_SECRET", "").split(",") if one)
    if any(not re.fullmatch(r"whsec_[A-Za-z0-9+/]{32,}={0,2}", one) for one in secrets):
        raise WrongSetting(name="MOTCUA_FILINGS_SECRET", why="each must be whsec_ and 24 bytes or more as base64")
    return FilingSettings(
        url=(address(environment, "MOTCUA_FILINGS_URL", ("http://", "https://")) or "").rstrip("/") or None,
        token=environment.get("MOTCUA_FILINGS_TOKEN") or None,
        secrets=secrets,
        form=path(environment, "MOTCUA_FILINGS_FILE"),
    )
