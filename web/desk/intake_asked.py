"""What the population data are asked about the person on the intake form, and why."""

from __future__ import annotations

from engine.connection_ports import IdentityOutcome, PersonAsked, PopulationData, PopulationSilent
from engine.rules.offices.offices import Office
from engine.rules.values.compact import compact
from engine.rules.values.written_day import read_day
from engine.text import Text
from web.desk.intake_values import Typed

_PURPOSE = Text("tiếp nhận hồ sơ", "receives a dossier of")


def asked_about(typed: Typed, office: Office) -> tuple[str, str, str]:
    """The number, the office, and the purpose that the read log tells."""
    return typed.get("applicant.identity_number"), office.code, _purpose(typed)


def person_asked(typed: Typed, office: Office, check: str) -> PersonAsked:
    """The question; ``check`` is the id under which it was written down."""
    born = read_day(typed.get("applicant.born"))
    return PersonAsked(
        number=compact(typed.get("applicant.identity_number")),
        name=typed.get("applicant.name"),
        born=born.isoformat() if born else "",
        address=typed.get("applicant.address"),
        purpose=_purpose(typed),
        reference=f"{office.code}-{check}",
    )


def answer_of(population: PopulationData | None, asked: PersonAsked) -> IdentityOutcome | None:
    """The outcome; None where there is no connection or no answer."""
    try:
        return population.compare(asked) if population is not None else None
    except PopulationSilent:
        return None


def _purpose(typed: Typed) -> str:
    procedure = typed.get("procedure").partition(" ")[0]
    return f"{_PURPOSE.vi} {procedure} / {_PURPOSE.en} {procedure}"
