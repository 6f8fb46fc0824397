"""Versions and repetitions: ETag and If-Match, Idempotency-Key, and what happens when two arrive at once."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from tests.installation.served import ServedInstallation
from tests.installation.trial_content import filing
from tests.installation.trial_release import PROCEDURE


def test_what_is_read_carries_the_version_that_a_change_must_name(installation: ServedInstallation) -> None:
    code = installation.filed()["code"]
    path, counter = f"/api/v1/dossiers/{code}", installation.person("counter")
    read = counter.get(path)
    assert read.headers["ETag"] == f'"{read.json["version"]}"'
    done = counter.post(f"{path}/actions", {"action": "forward"}, headers={"If-Match": read.headers["ETag"]})
    assert done.status_code == 200
    assert done.headers["ETag"] == f'"{read.json["version"] + 1}"'


def test_a_change_without_version_is_428_and_changes_nothing(installation: ServedInstallation) -> None:
    code = installation.filed()["code"]
    answer = installation.person("counter").post(f"/api/v1/dossiers/{code}/actions", {"action": "forward"})
    assert (answer.status_code, answer.json["code"]) == (428, "version-missing")
    assert installation.person("counter").get(f"/api/v1/dossiers/{code}").json["state"] == "accepted"


@pytest.mark.parametrize("given", ['W/"1"', "1", '"1", "2"', "*", '""', '"x"', '"0"', '"-1"', '"99999999999"'])
def test_a_version_that_is_not_one_of_ours_is_400(installation: ServedInstallation, given: str) -> None:
    code = installation.filed()["code"]
    answer = installation.person("counter").post(
        f"/api/v1/dossiers/{code}/actions", {"action": "forward"}, version=given
    )
    assert (answer.status_code, answer.json["code"]) == (400, "version-unreadable")


def test_a_stale_version_is_412_and_says_who_acted_since(both_installations: ServedInstallation) -> None:
    installation = both_installations
    filed = installation.filed()
    path = f"/api/v1/dossiers/{filed['code']}/actions"
    installation.act("counter", filed["code"], "forward")
    answer = installation.person("specialist").post(path, {"action": "submit"}, version=filed["version"])
    assert (answer.status_code, answer.json["code"]) == (412, "stale")
    assert answer.json["facts"]["act"] == "forward"
    assert answer.json["facts"]["who"].startswith("staff:")


def test_an_action_of_another_state_is_409_and_names_the_allowed_ones(installation: ServedInstallation) -> None:
    filed = installation.filed()
    answer = installation.person("counter").post(
        f"/api/v1/dossiers/{filed['code']}/actions", {"action": "return"}, version=filed["version"]
    )
    assert (answer.status_code, answer.json["code"]) == (409, "action-not-in-state")
    assert "forward" in answer.json["facts"]["allowed"]
    assert "Chuyển" in answer.json["detail_vi"] or "forward" in answer.json["detail_vi"]


def test_filing_without_a_key_is_400(installation: ServedInstallation) -> None:
    answer = installation.person("counter").post("/api/v1/dossiers", filing(), key="")
    assert (answer.status_code, answer.json["code"]) == (400, "idempotency-key-missing")


@pytest.mark.parametrize("given", ["a b", "x" * 256, "ch\xfa"])
def test_a_key_that_no_header_should_hold_is_400(installation: ServedInstallation, given: str) -> None:
    answer = installation.person("counter").post("/api/v1/dossiers", filing(), key=given)
    assert (answer.status_code, answer.json["code"]) == (400, "idempotency-key-unreadable")


def test_a_repeated_filing_gets_the_first_answer_and_files_nothing(both_installations: ServedInstallation) -> None:
    counter = both_installations.person("counter")
    first = counter.post("/api/v1/dossiers", filing(), key="one")
    second = counter.post("/api/v1/dossiers", filing(), key="one")
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.data == second.data
    assert second.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers
    for name in ("ETag", "Location", "Content-Type"):
        assert first.headers[name] == second.headers[name]
    assert len(counter.get("/api/v1/dossiers").json["items"]) == 1


def test_a_key_reused_with_another_body_is_422(installation: ServedInstallation) -> None:
    counter = installation.person("counter")
    counter.post("/api/v1/dossiers", filing(), key="one")
    answer = counter.post("/api/v1/dossiers", filing(channel="post"), key="one")
    assert (answer.status_code, answer.json["code"]) == (422, "idempotency-key-reused")


def test_keys_of_two_people_do_not_meet(installation: ServedInstallation) -> None:
    installation.person("counter").post("/api/v1/dossiers", filing(), key="one")
    other = filing(intake_office="TT-26743")
    answer = installation.person("other-counter").post("/api/v1/dossiers", other, key="one")
    assert answer.status_code == 201
    assert "Idempotency-Replayed" not in answer.headers


def test_a_repeated_action_succeeds_although_its_version_is_stale_by_now(installation: ServedInstallation) -> None:
    filed = installation.filed()
    path, counter = f"/api/v1/dossiers/{filed['code']}/actions", installation.person("counter")
    first = counter.post(path, {"action": "forward"}, version=filed["version"], key="go")
    second = counter.post(path, {"action": "forward"}, version=filed["version"], key="go")
    assert (first.status_code, second.status_code) == (200, 200)
    assert second.headers["Idempotency-Replayed"] == "true"
    assert first.data == second.data


def test_a_refused_request_is_asked_anew(installation: ServedInstallation) -> None:
    counter = installation.person("counter")
    wrong = filing(procedure="9.999999")
    assert counter.post("/api/v1/dossiers", wrong, key="one").status_code == 404
    assert counter.post("/api/v1/dossiers", filing(), key="one").status_code == 201


def test_of_equal_requests_at_once_one_acts_and_all_get_its_answer(both_installations: ServedInstallation) -> None:
    installation = both_installations
    filed = installation.filed()
    path = f"/api/v1/dossiers/{filed['code']}/actions"
    installation.person("counter")
    answers = _at_once(
        8,
        lambda _: installation.person("counter").post(path, {"action": "forward"}, version=filed["version"], key="go"),
    )
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.data for answer in answers}) == 1
    assert sum("Idempotency-Replayed" not in answer.headers for answer in answers) == 1


def test_of_different_requests_at_once_one_acts_and_the_others_are_told(both_installations: ServedInstallation) -> None:
    installation = both_installations
    filed = installation.filed()
    path = f"/api/v1/dossiers/{filed['code']}/actions"
    installation.person("counter")
    answers = _at_once(
        8,
        lambda n: installation.person("counter").post(
            path, {"action": "forward"}, version=filed["version"], key=f"k{n}"
        ),
    )
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses == [200] + [412] * 7
    assert (
        installation.person("counter").get(f"/api/v1/dossiers/{filed['code']}").json["version"] == filed["version"] + 1
    )


def test_equal_filings_at_once_file_one_dossier(both_installations: ServedInstallation) -> None:
    installation = both_installations
    installation.filed()
    answers = _at_once(6, lambda _: installation.person("counter").post("/api/v1/dossiers", filing(), key="same"))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json["code"] for answer in answers}) == 1
    listed = installation.person("counter").get(f"/api/v1/dossiers?procedure={PROCEDURE}").json["items"]
    assert len(listed) == 2


def _at_once(count: int, ask: Any) -> list[Any]:
    gate, answers = threading.Barrier(count), [None] * count

    def run(number: int) -> None:
        gate.wait()
        answers[number] = ask(number)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers
