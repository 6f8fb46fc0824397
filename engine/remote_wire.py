"""The wire format of a remote-signing provider, as ``workflows/connections/remote-signing.yaml`` describes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from engine.remote_signing import State


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteWire:
    """Names of fields, addresses and words of the other side, by the keys of the mapping file (``sign.path``)."""

    verified: bool
    numbers: Mapping[str, int]
    words: Mapping[str, str]
    states: Mapping[str, State]
    hash_as: Literal["base64", "hex"]
