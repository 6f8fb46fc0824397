"""How a step came: the applicant's proof, a late entry, what becomes of linked dossiers, and who stands in."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple, TypeAlias

from engine.dossier.stand_in import StandIn
from engine.ports import Signature

Late: TypeAlias = tuple[dt.datetime, str | None]
"""The moment of a reception that is entered later, and the reason for it."""


class How(NamedTuple):
    """``proof`` is the applicant's (see ``prove_receipt``), ``children`` what becomes of running linked dossiers, and
    ``stand_in`` takes the step for the applicant. ``signature`` was made by a provider of remote signing; ``token`` is
    that of the page that checks the result."""

    proof: str | None = None
    late: Late | None = None
    children: str | None = None
    stand_in: StandIn | None = None
    signature: Signature | None = None
    token: str | None = None


USUAL = How()
