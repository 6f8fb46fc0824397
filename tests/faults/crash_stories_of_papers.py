"""The acts of the sign queue, of printing and of handing over, ready to be killed in."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable
from typing import Any

from engine.acts.print_papers import print_book, print_paper, print_papers
from engine.acts.return_result import return_result
from engine.acts.sign_dossier import PaperChanged, sign_dossier
from engine.acts.sign_round import ToSign, begin_round, refuse_item, sign_item, try_again
from engine.acts.verification import answer_verification, ask_verification
from engine.store.prints import prints
from engine.store.signings import sign_items, sign_rounds
from tests.faults.crash_stage import Deed, Stage, Story
from tests.faults.crash_stories import EACH, to_return, to_sign
from tests.installation.filings import PDF
from tests.installation.world import LONG_KHANH

_SEEN = hashlib.sha256(PDF).hexdigest()


def _direct(stage: Stage, who: str, act: Callable[..., Any], *arguments: Any, **named: Any) -> Callable[[], Any]:
    return stage.direct(act, *arguments, who=stage.world.actor(who), now=stage.world.now, **named)


def _round(stage: Stage) -> tuple[str, int]:
    """A dossier, and a round in which it waits."""
    code = to_sign(stage)
    wanted = [ToSign(code, "sign", _SEEN)]
    return code, stage.world.try_act("leader", begin_round, wanted)


def signed(stage: Stage) -> Deed:
    code = to_sign(stage)
    return Deed(_direct(stage, "leader", sign_dossier, code, "sign", sha256=_SEEN), stage.entries(code, "sign"))


def asked(stage: Stage) -> Deed:
    wanted = [ToSign(to_sign(stage), "sign", _SEEN)]
    return Deed(_direct(stage, "leader", begin_round, wanted), stage.rows(sign_rounds))


def item_signed(stage: Stage) -> Deed:
    code, number = _round(stage)
    return Deed(_direct(stage, "leader", sign_item, number, 1), stage.entries(code, "sign"))


def item_refused(stage: Stage) -> Deed:
    code, number = _round(stage)
    run = _direct(stage, "leader", refuse_item, number, 1, PaperChanged(dossier=code))
    return Deed(run, stage.rows(sign_items, status="refused"))


def item_waits_again(stage: Stage) -> Deed:
    code, number = _round(stage)
    stage.world.try_act("leader", refuse_item, number, 1, PaperChanged(dossier=code))
    return Deed(_direct(stage, "leader", try_again, number), stage.rows(sign_items, status="waiting"))


def paper_printed(stage: Stage) -> Deed:
    code = stage.world.land_at("accepted")
    return Deed(_direct(stage, "counter", print_paper, code, "01"), stage.rows(prints, form="01"))


def papers_printed(stage: Stage) -> Deed:
    code = stage.world.land_at("accepted")
    return Deed(_direct(stage, "counter", print_papers, [code], "06"), stage.rows(prints, form="06"))


def book_printed(stage: Stage) -> Deed:
    stage.world.land_at("accepted")
    year = dt.date(2026, 1, 1), dt.date(2026, 12, 31)
    return Deed(_direct(stage, "counter", print_book, LONG_KHANH, *year), stage.rows(prints, form="07"))


def handed_over(stage: Stage) -> Deed:
    code = to_return(stage)
    return Deed(_direct(stage, "counter", return_result, code, "applicant", {}), stage.entries(code, "hand_over"))


def answered_with_a_file(stage: Stage) -> Deed:
    code = stage.world.land_at("checking")
    _, number = stage.world.try_act("specialist", ask_verification, code, "UB-26080", "Có tranh chấp không?")
    run = _direct(stage, "asked", answer_verification, code, number, True, "Không.", files=[(PDF, "biên bản.pdf")])
    return Deed(run, stage.entries(code, "answer_verification"))


STORIES_OF_PAPERS = {
    "sign what was shown": Story({"sign_dossier.sign_dossier"}, signed),
    "ask for a round of signatures": Story({"sign_round.begin_round"}, asked, again="each is a round of its own"),
    "sign an item of a round": Story({"sign_round.sign_item"}, item_signed),
    "say why an item was refused": Story({"sign_round.refuse_item"}, item_refused),
    "let refused items wait again": Story({"sign_round.try_again"}, item_waits_again),
    "print a paper": Story({"print_papers.print_paper"}, paper_printed, again=EACH),
    "print many papers": Story({"print_papers.print_papers"}, papers_printed, again=EACH),
    "print a book": Story({"print_papers.print_book"}, book_printed, again=EACH),
    "hand over and return": Story({"return_result.return_result", "parties.enter_hand_over"}, handed_over),
    "answer an office with a file": Story({"documents.stored_file"}, answered_with_a_file),
}
