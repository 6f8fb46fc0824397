"""What applicants do on their pages, and what is counted for them, ready to be killed in."""

from __future__ import annotations

from collections.abc import Mapping

from engine.acts.choose_notices import choose_notices
from engine.acts.count_paces import count_paces
from engine.acts.file_dossier import file_dossier
from engine.acts.rate import rate
from engine.acts.send_feedback import FEEDBACK, send_feedback
from engine.acts.withdraw_at_counter import withdraw_at_counter
from engine.store.dossiers import dossiers
from engine.store.installation import installation
from engine.store.paces import COUNTED
from engine.store.ratings import ratings
from tests.faults.crash_stage import Deed, Stage, Story
from tests.integration.test_acts_citizen import publish_feedback


def chosen(stage: Stage) -> Deed:
    code = stage.world.land_at("checking")
    run = stage.direct(choose_notices, code, False, who=stage.world.citizen(code))
    return Deed(run, stage.entries(code, "choose_notices"))


def rated(stage: Stage) -> Deed:
    made = stage.world.try_act("counter", file_dossier, stage.world.filing(receive=True))
    code = made.case.code
    stage.world.try_act("counter", withdraw_at_counter, code, "Không cần nữa", "Đơn")
    run = stage.direct(rate, code, 5, receipt_code=made.receipt_code, who=stage.world.citizen(code))
    return Deed(run, stage.rows(ratings))


def told(stage: Stage) -> Deed:
    publish_feedback(stage.world)
    stage.doomed.runtime.catalogue.refresh()
    code = stage.world.land_at("checking")
    run = stage.direct(send_feedback, code, "delay", "Hồ sơ chậm.", who=stage.world.citizen(code))
    return Deed(run, stage.rows(dossiers, procedure=FEEDBACK))


def counted(stage: Stage) -> Deed:
    return Deed(lambda: count_paces(stage.doomed.runtime), stage.rows(installation, name=COUNTED))


STORIES_OF_CITIZENS: Mapping[str, Story] = {
    "choose notices": Story({"choose_notices.choose_notices"}, chosen),
    "rate": Story({"rate.rate"}, rated),
    "send feedback": Story(
        {"send_feedback.send_feedback", "open_dossier.open_dossier"}, told, again="a form's key keeps it to one"
    ),
    "count paces": Story({"count_paces.count_paces"}, counted),
}
