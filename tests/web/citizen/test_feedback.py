"""Feedback from the page of a dossier: it opens a feedback dossier that the right offices see."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from engine.acts.publish import publish_competences, publish_release
from engine.acts.send_feedback import FEEDBACK
from engine.rules.offices.competence import Competence
from engine.rules.procedure.permissions import SYSTEM_ACTOR
from engine.transaction import UnitOfWork, in_transaction
from tests.installation.releases import START
from tests.installation.trial_content import CENTRE
from tests.installation.trial_release import PROCEDURE
from tests.web.site import Site
from workflows.loader import load

SHIPPED = Path(__file__).parents[3] / "workflows" / "procedures" / f"{FEEDBACK}.yaml"


@pytest.fixture
def feedback_site(site: Site) -> Site:
    """The site, where feedback is received too."""

    def publish(unit: UnitOfWork) -> None:
        law = "20/2008/NĐ-CP"
        publish_release(unit, load(SHIPPED))
        publish_competences(
            unit, [Competence(code, None, "commune", "authority", START, None, law) for code in (PROCEDURE, FEEDBACK)]
        )

    in_transaction(site.installation.runtime, SYSTEM_ACTOR, publish)
    site.installation.runtime.catalogue.refresh()
    return site


def path(filed: dict[str, Any]) -> str:
    return f"/h/{filed['code']}/phan-anh"


def sent(site: Site, filed: dict[str, Any], **more: str) -> str:
    """Sends feedback twice, as a double click does; the code of the feedback dossier."""
    visitor = site.applicant(filed)
    page = visitor.get(path(filed))
    given = {"about": "delay", "text": "Hồ sơ của tôi chậm.", **more}
    first, second = (visitor.submit(page, path(filed), **given) for _ in range(2))
    assert first.location == second.location
    opened = visitor.get(first.location, status=303)
    code = opened.location.removeprefix("/h/")
    assert code in visitor.follow(opened).text
    return code


def test_opens_one_dossier_that_the_centre_sees_and_no_stranger(feedback_site: Site) -> None:
    filed = feedback_site.installation.filed()
    code = sent(feedback_site, filed)
    counter = feedback_site.installation.person("counter")
    dossier = counter.get(f"/api/v1/dossiers/{code}").json
    assert (dossier["procedure"], dossier["intake_office"], dossier["channel"]) == (FEEDBACK, CENTRE, "portal")
    assert dossier["fields"]["feedback.about"] == "delay" and dossier["fields"]["feedback.dossier"] == filed["code"]
    listed = [one["code"] for one in counter.get("/api/v1/dossiers?state=new").json["items"]]
    assert listed == [code]
    assert feedback_site.installation.person("other-counter").get(f"/api/v1/dossiers/{code}").status_code == 404


def test_the_hotline_of_the_centre_receives_it(feedback_site: Site) -> None:
    code = sent(feedback_site, feedback_site.installation.filed(), about="conduct", anonymous="1")
    dossier = feedback_site.installation.person("counter").get(f"/api/v1/dossiers/{code}").json
    assert dossier["fields"]["feedback.anonymous"] is True and "feedback.dossier" not in dossier["fields"]
    assert dossier["state"] == "new"


@pytest.mark.parametrize("change", [{"about": "complaint"}, {"about": ""}, {"text": ""}, {"text": "x" * 5001}])
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(feedback_site: Site, change: dict[str, str]) -> None:
    filed = feedback_site.installation.filed()
    visitor = feedback_site.applicant(filed)
    given = {"about": "delay", "text": "Hồ sơ của tôi chậm.", **change}
    again = visitor.submit(visitor.get(path(filed)), path(filed), status=422, **given)
    field = again.soup.find(id="text")
    assert field is not None and field.get_text() == given["text"] and again.soup.find(id="errors")


def test_where_no_feedback_is_received_the_page_says_so(site: Site) -> None:
    filed = site.installation.filed()
    visitor = site.applicant(filed)
    again = visitor.submit(visitor.get(path(filed)), path(filed), status=404, about="delay", text="Chậm.")
    assert "no-release" in again.text


def test_only_the_applicant_sends_it(feedback_site: Site) -> None:
    filed = feedback_site.installation.filed()
    feedback_site.applicant(filed).post(path(filed), status=403, about="delay", text="Chậm.")
    feedback_site.nobody().post(path(filed), status=404, about="delay", text="Chậm.")
    feedback_site.person("counter").get(path(filed), status=404)
