"""The outbox is delivered: to the right address in the right words, again while a receiver is down, never for ever."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from engine.acts.notices import deliver as module
from engine.acts.notices.deliver import GIVE_UP_LANE, LEASE, PARK_AFTER, Receivers, backoff, deliver_notices
from engine.acts.publish import publish_template
from engine.ports import DeliveryFailed, Message
from engine.security.citizen_link import link_hash, receipt_matches
from engine.store.delivery import claim, retry_parked
from engine.store.dossiers import applicants
from engine.store.journal import journal_private
from engine.store.outbox import outbox, webhooks
from engine.store.people import people
from tests.installation.content import shipped
from tests.installation.world import APPLICANT, BRANCH, World


class Receiver:
    """A notifier that keeps what it is given, and fails when told to."""

    def __init__(self, fail: Callable[[Message], None] | None = None) -> None:
        self.got: list[Message] = []
        self.fail = fail
        self._lock = threading.Lock()

    def send(self, message: Message) -> str:
        if self.fail:
            self.fail(message)
        with self._lock:
            self.got.append(message)
        return "r-1"

    def keys(self) -> list[str]:
        return [message.key for message in self.got]


def down(message: Message) -> None:
    raise DeliveryFailed(channel=message.channel, why="connection refused")


def gone(message: Message) -> None:
    raise DeliveryFailed(permanent=True, channel=message.channel, why="550 no such user")


@pytest.fixture(autouse=True)
def _templates(world: World) -> None:
    for key, document in shipped().templates.items():
        world.try_act("system", publish_template, key, document)


def notices(world: World, *conditions: Any) -> list[Any]:
    with world.database.connect() as connection:
        wanted = select(outbox).where(outbox.c.channel != "inbox", *conditions).order_by(outbox.c.id)
        return list(connection.execute(wanted).all())


def add(world: World, code: str, **changes: Any) -> str:
    """A notice of our own making; returns its key."""
    row = {
        "dossier_id": world.row(code)["id"],
        "channel": "email",
        "recipient": "applicant",
        "template": "da-tiep-nhan",
        "data": {"code": code, "release": world.row(code)["release"], "procedure": "1", "state": "new"},
        "created_at": world.now,
        "status": "waiting",
        "attempts": 0,
        "next_attempt_at": world.now,
        "key": f"test:{len(notices(world))}",
    }
    world.try_act("system", lambda unit: unit.begin().execute(insert(outbox), row | changes))
    return str((row | changes)["key"])


def one(world: World, key: str) -> Any:
    return notices(world, outbox.c.key == key)[0]


def test_the_applicant_reads_what_the_template_says_in_their_language(world: World) -> None:
    code = world.land_at("accepted")
    receiver = Receiver()
    done = deliver_notices(world.runtime, receiver)
    assert (done.taken, done.sent) == (2, 2)
    mail, sms = sorted(receiver.got, key=lambda message: message.channel)
    assert (mail.address, sms.address) == ("mau@example.vn", "0900000001")
    assert mail.subject == f"Hồ sơ {code} đã được tiếp nhận"
    assert "Kính gửi Nguyễn Văn Mẫu," in mail.body
    assert "17:00 thứ Sáu 06/03/2026" in mail.body
    assert "Chi nhánh Văn phòng Đăng ký đất đai khu vực thành phố Long Khánh" in mail.body
    receipt_code = mail.body.split("Mã biên nhận: ")[1].split()[0]
    nonce = world.row(code)["link_nonce"]
    assert receipt_matches(world.runtime.settings.secret_keys, nonce, receipt_code)
    assert sms.body.isascii()
    assert receipt_code in sms.body
    assert not [one for one in (mail, sms) if "/h/" in one.body], "never both keys in one message"
    assert sms.subject == ""
    assert all(row.status == "sent" and row.reference == "r-1" and row.sent_at == world.now for row in notices(world))


def test_a_notice_in_english(world: World) -> None:
    code = world.land_at("accepted", applicant=APPLICANT | {"language": "en"})
    receiver = Receiver()
    deliver_notices(world.runtime, receiver)
    mail = next(message for message in receiver.got if message.channel == "email")
    assert mail.language == "en"
    assert mail.subject == f"Dossier {code} has been received"
    assert "17:00 Fri 6 Mar 2026" in mail.body


def test_the_link_in_a_notice_opens_the_dossier(world: World) -> None:
    code = world.land_at("accepted")
    deliver_notices(world.runtime, Receiver())
    add(world, code, template="tu-choi-tiep-nhan")
    receiver = Receiver()
    deliver_notices(world.runtime, receiver)
    token = receiver.got[0].body.rpartition("/h/")[2].split()[0]
    assert link_hash(token) == world.row(code)["link_hash"]


def test_the_reason_is_looked_up_only_when_it_is_sent(world: World) -> None:
    code = world.land_at("checking")
    deliver_notices(world.runtime, Receiver())
    world.do("specialist", code, "ask", reason="Thiếu mảnh trích đo của ông Mẫu")
    assert all("Mẫu" not in str(row.data) for row in notices(world))
    receiver = Receiver()
    deliver_notices(world.runtime, receiver)
    assert any("Thiếu mảnh trích đo của ông Mẫu" in message.body for message in receiver.got)


def test_an_erased_reason_and_an_erased_applicant_are_told_nobody(world: World) -> None:
    code = world.land_at("checking")
    deliver_notices(world.runtime, Receiver())
    world.do("specialist", code, "ask", reason="Lý do riêng")
    number = world.row(code)["id"]

    def erase(unit: Any) -> None:
        gone_now = {"erased_at": unit.now, "data": {}, "salt": b""}
        unit.begin().execute(update(journal_private).where(journal_private.c.dossier_id == number).values(gone_now))

    world.try_act("system", erase)
    receiver = Receiver()
    deliver_notices(world.runtime, receiver, limit=1)
    assert receiver.got
    assert "Lý do riêng" not in receiver.got[0].body

    def erase_person(unit: Any) -> None:
        nobody = {"name": None, "phone": None, "email": None, "erased_at": unit.now}
        unit.begin().execute(update(applicants).where(applicants.c.dossier_id == number).values(nobody))

    world.try_act("system", erase_person)
    done = deliver_notices(world.runtime, receiver)
    assert (done.sent, done.dropped) == (0, 1)
    assert notices(world, outbox.c.status == "dropped")[0].error == "the applicant's data were erased"


def test_a_role_is_reached_through_its_people_each_once(world: World) -> None:
    code = world.land_at("checking")
    deliver_notices(world.runtime, Receiver())
    addresses = {"specialist": "a@office.vn", "specialist2": "b@office.vn"}
    for name, email in addresses.items():
        who = people.c.username == name
        world.try_act(
            "system",
            lambda unit, who=who, email=email: unit.begin().execute(update(people).where(who).values(email=email)),
        )
    key = add(world, code, recipient=f"office:{BRANCH}/specialist", template="sap-den-han")
    receiver = Receiver()
    for _ in range(3):
        deliver_notices(world.runtime, receiver)
    assert sorted(message.address for message in receiver.got) == ["a@office.vn", "b@office.vn"]
    assert len(set(receiver.keys())) == 2
    assert one(world, key).reference == "2 people"


UNREACHABLE: tuple[tuple[dict[str, Any], str], ...] = (
    ({"recipient": "office:UB-26080/nobody"}, "nobody has this role"),
    ({"recipient": "person:999999"}, "unknown or no longer active"),
    ({"recipient": "person:x"}, "unknown or no longer active"),
    ({"recipient": "webhook:77", "channel": "webhook"}, "removed or switched off"),
    ({"recipient": "somebody"}, "nobody knows the recipient"),
    ({"template": "no-such-template"}, "no-such-template"),
    ({"data": {}}, "it makes no message"),
    ({"data": {"code": "x", "release": "0" * 64, "procedure": "1"}}, "release"),
    ({"channel": "sms", "recipient": "person:1"}, "no address for sms"),
)


def test_what_nobody_can_receive_is_parked_with_the_reason_and_stops_nothing_else(world: World) -> None:
    code = world.land_at("accepted")
    deliver_notices(world.runtime, Receiver())
    keys = [add(world, code, **changes) for changes, _ in UNREACHABLE]
    sound = add(world, code)
    receiver = Receiver()
    done = deliver_notices(world.runtime, receiver)
    assert (done.parked, receiver.keys()) == (len(UNREACHABLE), [sound])
    for key, (_, why) in zip(keys, UNREACHABLE, strict=True):
        row = one(world, key)
        assert (row.status, why in row.error) == ("parked", True), row.error
    assert deliver_notices(world.runtime, receiver).taken == 0


def test_a_webhook_gets_signed_facts_without_personal_data(world: World) -> None:
    row = {
        "url": "https://example.vn/hook",
        "secret": "whsec_x",
        "active": 1,
        "created_at": world.now,
        "office": BRANCH,
    }

    def subscribe(unit: Any) -> None:
        from engine.acts.publish import raise_version

        unit.begin().execute(insert(webhooks), row)
        raise_version(unit, "webhooks")

    world.try_act("admin", subscribe)
    code = world.land_at("accepted")
    receiver = Receiver()
    deliver_notices(world.runtime, receiver)
    events = [message for message in receiver.got if message.channel == "webhook"]
    last = max(events, key=lambda message: message.data["data"]["version"])
    assert (last.address, last.secret) == ("https://example.vn/hook", "whsec_x")
    assert last.data["type"] == "dossier.state_changed"
    assert (last.data["data"]["code"], last.data["data"]["state"]) == (code, "accepted")
    assert "Mẫu" not in str(last.data)


def test_a_receiver_that_is_down_is_tried_again_ever_later_and_nothing_is_lost(world: World) -> None:
    world.land_at("accepted")
    receiver = Receiver(down)
    assert deliver_notices(world.runtime, receiver).waiting == 2
    assert all("connection refused" in row.error for row in notices(world))
    assert deliver_notices(world.runtime, receiver).taken == 0, "it waits before it tries again"
    end = world.now + dt.timedelta(days=1)
    while world.now < end:
        world.now = min(row.next_attempt_at for row in notices(world))
        deliver_notices(world.runtime, receiver)
    assert {row.status for row in notices(world)} == {"waiting"}
    receiver.fail = None
    world.now += dt.timedelta(hours=2)
    assert deliver_notices(world.runtime, receiver).sent == 2
    assert len(set(receiver.keys())) == 2


def test_in_the_end_it_is_parked_and_an_operator_can_start_anew(world: World) -> None:
    world.land_at("accepted")
    receiver = Receiver(down)
    for _ in range(PARK_AFTER):
        assert deliver_notices(world.runtime, receiver).taken == 2
        world.now += dt.timedelta(hours=2)
    assert {row.status for row in notices(world)} == {"parked"}
    receiver.fail = None
    assert deliver_notices(world.runtime, receiver).taken == 0
    assert world.try_act("system", lambda unit: retry_parked(unit.begin(), unit.now, 10)) == 2
    assert deliver_notices(world.runtime, receiver).sent == 2


def test_what_is_refused_for_good_is_parked_at_once(world: World) -> None:
    world.land_at("accepted")
    assert deliver_notices(world.runtime, Receiver(gone)).parked == 2
    assert all("550" in row.error and row.attempts == 1 for row in notices(world))


def test_a_fault_of_an_adapter_hurts_only_its_own_notice(world: World) -> None:
    world.land_at("accepted")

    def broken(message: Message) -> None:
        if message.channel == "sms":
            raise RuntimeError("a fault")

    done = deliver_notices(world.runtime, Receiver(broken))
    assert (done.sent, done.waiting) == (1, 1)
    assert "RuntimeError" in notices(world, outbox.c.status == "waiting")[0].error


def test_one_dead_receiver_does_not_hold_up_the_others(world: World) -> None:
    code = world.land_at("accepted")
    deliver_notices(world.runtime, Receiver())
    hook = {"url": "https://dead.example.vn", "secret": "x", "active": 1, "created_at": world.now, "office": None}
    world.try_act("system", lambda unit: unit.begin().execute(insert(webhooks), hook))
    for number in range(20):
        add(world, code, key=f"dead:{number}", channel="webhook", recipient="webhook:1", template="e", data={})
    alive = add(world, code, key="alive")
    tried: list[str] = []

    def dead(message: Message) -> None:
        if message.channel == "webhook":
            tried.append(message.key)
            down(message)

    receivers = Receivers()
    receiver = Receiver(dead)
    done = deliver_notices(world.runtime, receiver, receivers=receivers)
    assert receiver.keys() == [alive]
    assert (len(tried), done.waiting) == (GIVE_UP_LANE, 20)
    untried = notices(world, outbox.c.key.like("dead:%"), outbox.c.attempts == 0)
    assert len(untried) == 20 - GIVE_UP_LANE, "a try that was not made is not counted"
    assert all(row.next_attempt_at > world.now for row in untried)


def test_a_process_that_dies_gives_its_notices_back(world: World) -> None:
    world.land_at("accepted")
    taken = world.try_act("system", lambda unit: claim(unit.begin(), unit.now, unit.now + LEASE, 10))
    assert len(taken) == 2
    receiver = Receiver()
    assert deliver_notices(world.runtime, receiver).taken == 0, "leased"
    world.now += LEASE
    assert deliver_notices(world.runtime, receiver).sent == 2


def test_a_slow_receiver_keeps_its_lease(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "RENEW_EVERY", 0.01)
    world.land_at("accepted")
    started, finish = threading.Event(), threading.Event()

    def slow(message: Message) -> None:
        started.set()
        assert finish.wait(30)

    receiver = Receiver(slow)
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(deliver_notices, world.runtime, receiver)
        assert started.wait(30)
        world.now += LEASE  # time passes: without a new lease another would take them up now
        _until(lambda: all(row.next_attempt_at > world.now for row in notices(world)))
        assert deliver_notices(world.runtime, Receiver()).taken == 0
        finish.set()
        assert running.result().sent == 2


def _until(holds: Callable[[], bool]) -> None:
    latest = threading.Event()
    for _ in range(3000):
        if holds():
            return
        latest.wait(0.01)
    raise AssertionError("it did not come about")


def test_many_deliverers_at_once_send_each_notice_once(world: World) -> None:
    code = world.land_at("accepted")
    for number in range(60):
        add(world, code, key=f"many:{number}")
    receiver = Receiver()
    with ThreadPoolExecutor(4) as pool:
        done = [one.result() for one in [pool.submit(deliver_notices, world.runtime, receiver, 10) for _ in range(12)]]
    assert sum(delivery.sent for delivery in done) == 62
    assert sorted(receiver.keys()) == sorted({message.key for message in receiver.got})


def test_a_late_failure_does_not_undo_what_another_has_sent(world: World) -> None:
    world.land_at("accepted")
    rows = world.try_act("system", lambda unit: claim(unit.begin(), unit.now, unit.now + LEASE, 10))
    world.now += LEASE
    assert deliver_notices(world.runtime, Receiver()).sent == 2
    from engine.store.delivery import Result, write_results

    late = [Result(row.id, row.dossier_id, row.attempts + 1, "parked", world.now, error="too late") for row in rows]
    world.try_act("system", lambda unit: write_results(unit.begin(), late, unit.now))
    assert {row.status for row in notices(world)} == {"sent"}


def test_nothing_is_begun_after_the_time_is_up(world: World) -> None:
    world.land_at("accepted")
    receiver = Receiver()
    done = deliver_notices(world.runtime, receiver, seconds=0.0)
    assert (done.taken, done.sent, done.waiting) == (2, 0, 2)
    assert deliver_notices(world.runtime, receiver).sent == 2


def test_waits_grow_from_seconds_to_an_hour_and_differ() -> None:
    for tries, least, most in ((1, 8, 12), (2, 16, 24), (5, 128, 192), (20, 2880, 4320), (1000, 2880, 4320)):
        waits = {backoff(tries).total_seconds() for _ in range(50)}
        assert least <= min(waits) <= max(waits) <= most
        assert len(waits) > 1


def test_a_notice_names_the_applicant_of_its_own_dossier(world: World) -> None:
    first, second = world.land_at("accepted"), world.file(applicant={**APPLICANT, "name": "Trần Thị Khác"}).case.code
    deliver_notices(world.runtime, Receiver())
    add(world, second)
    receiver = Receiver()
    deliver_notices(world.runtime, receiver)
    assert "Trần Thị Khác" in receiver.got[0].body
    assert first not in receiver.got[0].body
