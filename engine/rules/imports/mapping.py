"""How the columns and values of a predecessor system map to ours; ``workflows.import_mapping`` reads it from YAML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

NEEDED = ("code", "procedure", "state", "name", "intake_office", "filed_at")
OPTIONAL = (
    "kind",
    "identity_number",
    "phone",
    "email",
    "address",
    "commune",
    "channel",
    "handler_office",
    "received_at",
    "due_at",
    "finished_at",
    "returned_at",
    "fees",
    "documents",
)
COLUMNS = (*NEEDED, *OPTIONAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportMapping:
    """``source`` names the system. ``columns`` map our names (``COLUMNS``) to the columns of the file.

    The others map their values to ours; ``states`` and ``fields`` (our field to their column) are by our procedure.
    A value that no table names is taken as ours.
    """

    source: str
    columns: Mapping[str, str]
    procedures: Mapping[str, str] = field(default_factory=dict)
    states: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    fields: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    channels: Mapping[str, str] = field(default_factory=dict)
    kinds: Mapping[str, str] = field(default_factory=dict)
    offices: Mapping[str, str] = field(default_factory=dict)
    documents: Mapping[str, str] = field(default_factory=dict)
    fees: Mapping[str, str] = field(default_factory=dict)
