"""Drafts of intake: sealed, one's own, filed once with their files, forgotten; and what may come with a filing."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import select

from engine.acts.drafts.call_next import call_next
from engine.acts.drafts.draft import MOST_DRAFTS, TooManyDrafts, drop_draft, keep_draft
from engine.acts.drafts.file_draft import file_draft
from engine.acts.drafts.files import drop_file, keep_file
from engine.acts.issue_form import print_form
from engine.dossier.intake_draft import Draft, DraftFiled, read_draft
from engine.dossier.paper_bounds import TooManyPapers
from engine.errors import Forbidden, InvalidInput, NotFound
from engine.jobs.schedule import forget_drafts_before
from engine.queries.receipt import receipt
from engine.rules.files.refusals import UnacceptableFile
from engine.store.documents import documents
from engine.store.dossiers import dossiers
from engine.store.intake_drafts import intake_draft_files, intake_drafts
from tests.installation.filings import PDF
from tests.installation.world import LONG_KHANH, World

TOKEN = "a-token-of-a-draft-1234"
TEXTS = {"procedure": "1.012783", "applicant.name": "Nguyễn Văn Bí Mật"}


def kept(world: World, token: str = TOKEN) -> Draft:
    world.try_act("counter", keep_draft, token, TEXTS)
    return world.try_act("counter", read_draft, token)


def test_a_draft_is_read_back_as_it_was_typed_and_lies_sealed(world: World) -> None:
    assert kept(world).values == TEXTS
    with world.reading() as connection:
        content = connection.execute(select(intake_drafts.c.content)).scalar_one()
    assert "Bí Mật".encode() not in content and b"applicant" not in content


def test_a_draft_is_saved_over_and_over(world: World) -> None:
    kept(world)
    world.try_act("counter", keep_draft, TOKEN, {"applicant.name": "Khác"})
    assert world.try_act("counter", read_draft, TOKEN).values == {"applicant.name": "Khác"}


def test_the_draft_of_somebody_else_is_not_there(world: World) -> None:
    kept(world)
    for act, more in ((keep_draft, (TEXTS,)), (drop_draft, ()), (read_draft, ())):
        world.refuse(NotFound, "counter2", act, TOKEN, *more)
    assert world.try_act("counter", read_draft, TOKEN).values == TEXTS


@pytest.mark.parametrize("token", ["", "short", "x" * 65, "mã-bản-nháp-của-tôi-1234", "a b c d e f g h i j k l m"])
def test_a_token_has_its_form(world: World, token: str) -> None:
    world.refuse(InvalidInput, "counter", keep_draft, token, TEXTS)


def test_what_is_too_long_is_not_kept(world: World) -> None:
    world.refuse(InvalidInput, "counter", keep_draft, TOKEN, {"note": "x" * 200_001})


def test_nobody_has_more_drafts_than_are_kept(world: World) -> None:
    for number in range(MOST_DRAFTS):
        world.try_act("counter", keep_draft, f"{TOKEN}-{number}", TEXTS)
    world.refuse(TooManyDrafts, "counter", keep_draft, TOKEN, TEXTS)
    world.try_act("counter", keep_draft, f"{TOKEN}-3", {})  # one that is there goes on being saved
    world.try_act("counter2", keep_draft, TOKEN, TEXTS)


def test_files_of_a_draft_become_papers_of_the_dossier(world: World) -> None:
    kept(world)
    first = world.try_act("counter", keep_file, TOKEN, "don", PDF, "đơn.pdf")
    world.try_act("counter", keep_file, TOKEN, "gcn", PDF, "giấy.pdf")
    world.try_act("counter", keep_file, TOKEN, "gcn", PDF, "giấy-2.pdf")
    world.try_act("counter", drop_file, TOKEN, first)
    assert [one.name for one in world.try_act("counter", read_draft, TOKEN).files] == ["giấy.pdf", "giấy-2.pdf"]
    filed = world.try_act("counter", file_draft, TOKEN, world.filing())
    with world.reading() as connection:
        mine = select(documents).where(documents.c.dossier_id == filed.case.id).order_by(documents.c.id)
        rows = connection.execute(mine).all()
    assert [(row.key, row.original, row.file_name) for row in rows] == [
        ("don", 1, None),
        ("gcn", 1, "giấy.pdf"),
        ("gcn", 0, "giấy-2.pdf"),
    ]
    assert all(row.digitised == 1 and row.sha256 for row in rows[1:])


def test_a_draft_is_filed_once_and_is_empty_then(world: World) -> None:
    kept(world)
    world.try_act("counter", keep_file, TOKEN, "don", PDF, "a.pdf")
    code = world.try_act("counter", file_draft, TOKEN, world.filing()).case.code
    refused = world.refuse(DraftFiled, "counter", file_draft, TOKEN, world.filing())
    assert refused.facts["dossier"] == code
    for act, more in ((keep_draft, (TEXTS,)), (keep_file, ("don", PDF, "b.pdf"))):
        world.refuse(DraftFiled, "counter", act, TOKEN, *more)
    with world.reading() as connection:
        assert connection.execute(select(intake_drafts.c.content)).scalar_one() is None
        assert connection.execute(select(intake_draft_files.c.id)).all() == []


def test_a_refused_filing_leaves_the_draft(world: World) -> None:
    kept(world)
    world.refuse(InvalidInput, "counter", file_draft, TOKEN, world.filing(applicant={"kind": "citizen"}))
    assert world.try_act("counter", read_draft, TOKEN).values == TEXTS


def test_a_file_is_of_a_kind_that_is_taken(world: World) -> None:
    kept(world)
    world.refuse(UnacceptableFile, "counter", keep_file, TOKEN, "don", b"MZ no paper", "a.exe")
    world.refuse(NotFound, "counter", keep_file, "another-token-of-a-draft", "don", PDF, "a.pdf")


def test_old_drafts_are_forgotten_with_their_files(world: World) -> None:
    kept(world)
    world.try_act("counter", keep_file, TOKEN, "don", PDF, "a.pdf")
    assert forget_drafts_before(world.runtime, world.now) == 0
    assert forget_drafts_before(world.runtime, world.now + dt.timedelta(seconds=1)) == 1
    with world.reading() as connection:
        assert connection.execute(select(intake_draft_files.c.id)).all() == []


def test_a_filing_may_be_refused_at_once(world: World) -> None:
    filing: dict[str, Any] = {"receive": False, "action": "refuse", "reason": "Không thuộc phạm vi"}
    case = world.try_act("counter", file_draft, kept(world).token, world.filing(**filing)).case
    assert case.row["portal"] == 3
    assert world.try_act("counter", print_form, case.code, "03").data["reason"] == "Không thuộc phạm vi"


@pytest.mark.parametrize("changes", [{"action": "forward"}, {"action": "none"}, {"action": "refuse", "receive": True}])
def test_nothing_else_comes_with_a_filing(world: World, changes: dict[str, Any]) -> None:
    kept(world)
    world.refuse(InvalidInput, "counter", file_draft, TOKEN, world.filing(**{"receive": False, **changes}))


def test_numbers_of_the_counter_are_those_of_an_office_and_a_day(world: World) -> None:
    assert [world.try_act(who, call_next, LONG_KHANH) for who in ("counter", "counter2", "counter")] == [1, 2, 3]
    world.at("2026-03-03 07:30")
    assert world.try_act("counter", call_next, LONG_KHANH) == 1
    world.refuse(Forbidden, "far_counter", call_next, LONG_KHANH)
    world.refuse(Forbidden, "specialist", call_next, "VPDK-CN-LONGKHANH")


def test_the_receipt_is_shown_to_its_maker_for_an_hour(world: World) -> None:
    kept(world)
    code = world.try_act("counter", file_draft, TOKEN, world.filing(receive=True)).case.code
    world.try_act("counter", print_form, code, "01")
    _, form = world.try_act("counter", receipt, code)
    assert form is not None and form.data["status_url"]
    assert world.try_act("counter2", receipt, code)[1] is None
    world.at("2026-03-02 09:01")
    assert world.try_act("counter", receipt, code)[1] is None


def test_files_fit_into_one_step(world: World) -> None:
    kept(world)
    most = world.runtime.settings.uploads.step.papers
    for number in range(most):
        world.try_act("counter", keep_file, TOKEN, "don", PDF, f"{number}.pdf")
    world.refuse(TooManyPapers, "counter", keep_file, TOKEN, "don", PDF, "more.pdf")
    with world.reading() as connection:
        assert connection.execute(select(dossiers.c.id)).all() == []
