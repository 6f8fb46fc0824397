"""A request for a supplement names papers and fields; the applicant brings and corrects that much and no more."""

from __future__ import annotations

import pytest

from engine.acts.documents import add_document
from engine.acts.perform_action import perform_action
from engine.acts.recall import recall
from engine.dossier.asks import Asks
from engine.dossier.case import read_case
from engine.errors import Forbidden, InvalidInput
from engine.queries.journal import journal
from engine.queries.status import status_of
from tests.installation.filings import PDF
from tests.installation.short_releases import land
from tests.installation.world import FIELDS, World


def asked(world: World, asks: Asks = Asks()) -> str:  # noqa: B008 - frozen
    code = world.land_at("checking")
    world.do("specialist", code, "ask", reason="Bổ sung", asks=asks)
    return code


@pytest.mark.parametrize("field", sorted(land().fields))
def test_the_applicant_changes_no_field_that_the_request_does_not_name(world: World, field: str) -> None:
    other = next(key for key in land().fields if key != field)
    for asks in (Asks(), Asks(documents=("don",)), Asks(fields=(other,))):
        code = asked(world, asks)
        refused = world.refuse(
            InvalidInput, world.citizen(code), perform_action, code, "resubmit", fields={field: FIELDS.get(field)}
        )
        assert refused.errors.keys() == {f"fields.{field}"}
        assert world.row(code)["state"] == "supplement"


def test_the_applicant_changes_a_named_field_and_the_officer_sees_old_and_new(world: World) -> None:
    code = asked(world, Asks(fields=("land.area",)))
    world.do(world.citizen(code), code, "resubmit", fields={"land.area": 95})
    (line,) = [one for one in world.act("specialist", journal, code).lines if one.act == "resubmit"]
    assert [(one.key, one.before, one.after) for one in line.corrected] == [("land.area", FIELDS["land.area"], 95)]


def test_staff_may_enter_any_correction_that_the_applicant_hands_in(world: World) -> None:
    code = asked(world)
    assert world.do("counter", code, "resubmit", fields={"land.area": 95}).row["state"] == "checking"


def test_named_papers_are_the_only_ones_that_the_link_brings(world: World) -> None:
    code = asked(world, Asks(documents=("cccd",)))
    refused = world.refuse(Forbidden, world.citizen(code), add_document, code, key="don", content=PDF)
    assert land().documents["cccd"].name.vi in refused.sentence("vi")
    world.refuse(Forbidden, world.citizen(code), add_document, code, key="other", content=PDF)
    world.act(world.citizen(code), add_document, code, key="cccd", content=PDF)


def test_a_later_request_replaces_an_earlier_one(world: World) -> None:
    code = asked(world, Asks(fields=("land.area",)))
    world.do(world.citizen(code), code, "resubmit")
    world.do("specialist", code, "ask", reason="Lần hai", asks=Asks(fields=("pages",)))
    world.refuse(InvalidInput, world.citizen(code), perform_action, code, "resubmit", fields={"land.area": 95})
    world.do(world.citizen(code), code, "resubmit", fields={"pages": 2})


def test_a_recalled_answer_leaves_the_request_as_it_was(world: World) -> None:
    code = asked(world, Asks(fields=("land.area",)))
    world.do("counter", code, "resubmit")
    world.act("counter", recall, code, reason="nhầm")
    world.do(world.citizen(code), code, "resubmit", fields={"land.area": 95})


@pytest.mark.parametrize(
    ("asks", "named"),
    [
        (Asks(documents=("khong_co",)), "asks.documents.khong_co"),
        (Asks(documents=("ket_qua",)), "asks.documents.ket_qua"),
        (Asks(fields=("khong.co",)), "asks.fields.khong.co"),
    ],
)
def test_a_request_names_what_the_procedure_knows(world: World, asks: Asks, named: str) -> None:
    code = world.land_at("checking")
    refused = world.refuse(InvalidInput, "specialist", perform_action, code, "ask", reason="Bổ sung", asks=asks)
    assert refused.errors.keys() == {named}


def test_an_action_that_asks_nothing_takes_no_request(world: World) -> None:
    code = world.land_at("checking")
    asks = Asks(fields=("land.area",))
    refused = world.refuse(InvalidInput, "specialist", perform_action, code, "finish_review", asks=asks)
    assert refused.errors.keys() == {"asks"}


def test_the_status_page_says_what_is_asked(world: World) -> None:
    code = asked(world, Asks(("cccd",), ("land.area",)))
    status = world.act(world.citizen(code), lambda unit: status_of(read_case(unit, code)))
    assert [one.key for one in status.asked_documents] == ["cccd"]
    assert [one.key for one in status.asked_fields] == ["land.area"]
