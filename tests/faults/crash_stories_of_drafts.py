"""The acts on drafts of intake, ready to be killed in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine.acts.drafts.call_next import call_next
from engine.acts.drafts.draft import drop_draft, keep_draft
from engine.acts.drafts.file_draft import file_draft
from engine.acts.drafts.files import drop_file, keep_file
from engine.store.counter_calls import counter_calls
from engine.store.dossiers import dossiers
from engine.store.intake_drafts import intake_draft_files, intake_drafts
from tests.faults.crash_stage import Deed, Stage, Story
from tests.installation.filings import PDF
from tests.installation.world import LONG_KHANH

_TEXTS = {"procedure": "1.012783", "applicant.name": "Nguyễn Văn Mẫu"}


def _as_clerk(stage: Stage, act: Callable[..., Any], *arguments: Any) -> Callable[[], Any]:
    return stage.direct(act, *arguments, who=stage.world.actor("counter"))


def _token(stage: Stage, kept: bool = True) -> str:
    """The token of a draft, which is kept already, on a stage where others may lie."""
    token = f"draft-of-the-clerk-{stage.number(intake_drafts):04}"
    if kept:
        stage.world.try_act("counter", keep_draft, token, _TEXTS)
    return token


def kept(stage: Stage) -> Deed:
    token = _token(stage, kept=False)
    return Deed(_as_clerk(stage, keep_draft, token, _TEXTS), stage.rows(intake_drafts, token=token))


def dropped(stage: Stage) -> Deed:
    token = _token(stage)
    stage.world.try_act("counter", keep_file, token, "don", PDF, "a.pdf")
    return Deed(_as_clerk(stage, drop_draft, token), lambda: 1 - stage.number(intake_drafts, token=token))


def file_kept(stage: Stage) -> Deed:
    token = _token(stage)
    return Deed(_as_clerk(stage, keep_file, token, "don", PDF, "a.pdf"), stage.rows(intake_draft_files, draft=token))


def file_dropped(stage: Stage) -> Deed:
    token = _token(stage)
    number = stage.world.try_act("counter", keep_file, token, "don", PDF, "a.pdf")
    run = _as_clerk(stage, drop_file, token, number)
    return Deed(run, lambda: 1 - stage.number(intake_draft_files, draft=token))


def filed(stage: Stage) -> Deed:
    token = _token(stage)
    stage.world.try_act("counter", keep_file, token, "don", PDF, "a.pdf")
    return Deed(_as_clerk(stage, file_draft, token, stage.world.filing()), stage.rows(dossiers))


def called(stage: Stage) -> Deed:
    today = stage.world.now.date()
    before = stage.number(counter_calls, office=LONG_KHANH, day=today)
    assert before == 0
    return Deed(_as_clerk(stage, call_next, LONG_KHANH), stage.rows(counter_calls, office=LONG_KHANH))


DRAFT_STORIES = {
    "a draft is kept": Story({"drafts.draft.keep_draft"}, kept, "the same texts are kept once more"),
    "a draft is dropped": Story({"drafts.draft.drop_draft"}, dropped),
    "a file of a draft is kept": Story(
        {"drafts.files.keep_file"}, file_kept, "a file that comes twice is listed twice"
    ),
    "a file of a draft is dropped": Story({"drafts.files.drop_file"}, file_dropped),
    "a draft is filed": Story({"drafts.file_draft.file_draft", "file_dossier.file_dossier"}, filed),
    "a number is called": Story({"drafts.call_next.call_next"}, called, "each call is the next number"),
}
