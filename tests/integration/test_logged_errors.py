"""An error leaves no name, number or reason in a log, in Redis, in the outbox or on the operator's screen."""

from __future__ import annotations

import io
import logging
import smtplib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError

from adapters.email import _failed, _words
from adapters.logging import set_up_logging
from cli.main import _database_trouble
from cli.worker import Shift
from engine.acts import add_note
from engine.acts.notices.deliver import deliver_notices
from engine.acts.rectify import rectify
from engine.errors import InvalidInput, in_log
from engine.jobs import queue, registry
from engine.jobs.registry import JOBS
from engine.ports import Message
from engine.settings import settings_from
from engine.store.dossiers import applicants
from engine.store.outbox import outbox
from tests.installation.runtime import environment_over
from tests.installation.served import ServedInstallation, open_installation
from tests.installation.trial_content import TRIAL
from tests.installation.world import World

SECRETS = ("Nguyễn Thị Đào", "079300012345", "dao@example.org", "lý do riêng tư", "0901234567")


@pytest.fixture(params=["1", "0"], ids=["json", "text"])
def logged(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[], str]]:
    """Logging as a process of the product sets it up; what it has written."""
    root = logging.getLogger()
    before = root.handlers[:], root.level
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stderr", io.TextIOWrapper(written, encoding="utf-8", write_through=True))
    set_up_logging(settings_from(environment_over("sqlite:///none", tmp_path, MOTCUA_LOG_JSON=request.param)), "web")
    yield lambda: written.getvalue().decode()
    structlog.reset_defaults()
    root.handlers[:], root.level = before


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def served(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ServedInstallation]:
    with TRIAL.copy(request.param, tmp_path) as url:
        opened = open_installation(url, tmp_path)
        yield opened
        opened.close()


def broken(*_arguments: Any, **_named: Any) -> int:
    """What a fault of the program may do: a row that the database refuses, and tells in full."""
    unit = _arguments[0].unit
    values = {"language": None, "name": SECRETS[0], "identity_number": SECRETS[1], "address": SECRETS[3]}
    unit.begin().execute(update(applicants).values(values))
    return 0


def nothing_told(said: str) -> None:
    assert not [secret for secret in SECRETS if secret in said or secret.encode("unicode_escape").decode() in said], (
        said
    )


def test_a_database_error_of_a_request_is_logged_without_values(
    served: ServedInstallation, logged: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    code = served.filed()["code"]
    monkeypatch.setattr(add_note, "record", broken)
    answer = served.person("counter").post(f"/api/v1/dossiers/{code}/notes", {"text": SECRETS[3]})
    assert answer.status_code == 500
    said = logged()
    assert (
        "internal_error" in said and "add_note.py" in said and "IntegrityError" in said
    ) or "NotNullViolation" in said
    nothing_told(said + answer.text)


def test_any_error_of_a_library_is_told_by_its_place_and_class(logged: Callable[[], str]) -> None:
    faults: list[BaseException] = [
        ValueError(f"bad {SECRETS[0]}"),
        KeyError(SECRETS[1]),
        InvalidInput({"name": SECRETS[0]}),
        smtplib.SMTPRecipientsRefused({SECRETS[2]: (550, b"no")}),
        UnicodeEncodeError("ascii", SECRETS[0], 0, 1, "no"),
    ]
    for fault in faults:
        for log in (structlog.get_logger("motcua.jobs").exception, logging.getLogger("rq.worker").exception):
            try:
                try:
                    raise fault
                except BaseException as error:
                    raise RuntimeError("outer") from error
            except RuntimeError:
                log("job-failed")
    said = logged()
    assert said.count("test_logged_errors.py") >= len(faults) and "KeyError" in said
    nothing_told(said)


def test_a_failed_job_leaves_no_value_in_redis_and_in_the_log(
    monkeypatch: pytest.MonkeyPatch, logged: Callable[[], str], redis_url: str
) -> None:
    import redis as redis_library

    def fail() -> None:
        raise ValueError(SECRETS[0])

    monkeypatch.setitem(registry.JOBS, "sweep_clocks", fail)  # type: ignore[arg-type] # a dict behind a Mapping
    connection = redis_library.Redis.from_url(redis_url)
    job = queue.queue_on(connection).enqueue_call("sweep_clocks")
    with pytest.raises(queue.JobFailed, match=r"^ValueError$") as caught:
        job.perform()
    assert caught.value.__cause__ is None and caught.value.__suppress_context__
    nothing_told(logged())
    connection.close()


def test_the_round_of_all_jobs_logs_no_value(
    monkeypatch: pytest.MonkeyPatch, logged: Callable[[], str], world: World
) -> None:
    def fail() -> None:
        raise ValueError(SECRETS[0])

    monkeypatch.setattr("cli.worker.JOBS", dict.fromkeys(JOBS, fail))
    Shift(world.runtime.settings)._do_what_is_due()
    said = logged()
    assert "job-failed" in said
    nothing_told(said)


def test_the_operator_is_told_of_a_database_error_without_values(world: World) -> None:
    world.file()
    with pytest.raises(DBAPIError) as caught, world.database.begin() as connection:
        connection.execute(update(applicants).values(language=None, name=SECRETS[0], phone=SECRETS[4]))
    told = _database_trouble(caught.value)
    assert told is not None
    nothing_told(told + str(caught.value.args[0] if world.database.dialect.name == "sqlite" else ""))
    assert "language" in told
    with pytest.raises(DBAPIError) as caught, world.database.begin() as connection:
        connection.execute(text("SELECT nothing FROM nowhere WHERE name = :name"), {"name": SECRETS[0]})
    nothing_told(str(caught.value) + in_log(caught.value))


def test_what_a_sender_says_is_kept_without_addresses(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    words = {"vi": "{code}", "en": ""}
    template = {"subject": words, "body": words, "sms": words}
    monkeypatch.setattr(type(world.runtime.catalogue), "template", lambda _self, _key: template)
    code = world.land_at("accepted")
    world.act("counter", rectify, code, "đổi số", applicant={"phone": "0911111111"})

    class Faulty:
        def send(self, message: Message) -> str:
            raise ValueError(f"{message.address} {message.body}")

    deliver_notices(world.runtime, Faulty())  # type: ignore[arg-type] # only sending is asked for
    with world.reading() as connection:
        told = connection.execute(select(outbox.c.error).where(outbox.c.error.is_not(None))).scalars().all()
    assert "ValueError" in told
    assert not [one for one in told if "09" in one or "@" in one]
    refused = smtplib.SMTPRecipientsRefused({SECRETS[2]: (550, b"unknown")})
    nothing_told(_failed(refused, permanent=True).sentence("en"))
    nothing_told(_words(550, f"5.1.1 <{SECRETS[2]}>: user unknown"))
