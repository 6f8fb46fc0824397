"""Reports by mail: once a period, over what the person reads then, without personal data, until they end it."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace

import pytest
from sqlalchemy import select, update

from engine.acts.report_subscriptions import subscribe, unsubscribe
from engine.errors import Forbidden, InvalidInput
from engine.jobs.report_mails import Mailed, mail_due_reports
from engine.ports import DeliveryFailed, Message
from engine.rules.procedure.permissions import Actor
from engine.store.people import people
from engine.store.report_mails import report_mails
from engine.transaction import Runtime, in_transaction
from tests.installation.world import World

SECRET = "Nguyễn Văn Mẫu"


class Post:
    """A notifier that keeps what it is given, and fails as often as it is told."""

    def __init__(self) -> None:
        self.sent: list[Message] = []
        self.fails: list[DeliveryFailed] = []

    def send(self, message: Message) -> str:
        if self.fails:
            raise self.fails.pop()
        self.sent.append(message)
        return ""


def subscribed(world: World, rhythm: str = "week") -> Actor:
    """The monitor, who has an address and gets the report; three dossiers are there."""
    world.land_at("accepted")
    actor = world.actor("monitor")
    with world.database.begin() as connection:
        connection.execute(update(people).where(people.c.id == actor.person_id).values(email="monitor@example.org"))
    in_transaction(world.runtime, actor, lambda unit: subscribe(unit, rhythm))
    return actor


def later(world: World, days: float) -> Runtime:
    """The same installation so many days later."""
    at = world.now + dt.timedelta(days=days)
    return replace(world.runtime, now=lambda: at)


def test_each_period_is_mailed_once_after_it_is_over(world: World) -> None:
    post = Post()
    subscribed(world)
    assert mail_due_reports(world.runtime, post) == Mailed(0, 0), "the week is not over"
    for _ in range(2):
        mail_due_reports(later(world, 7), post)
    (mail,) = post.sent
    assert mail.channel == "email" and mail.address == "monitor@example.org"
    assert re.search(r"Hồ sơ đúng hạn: \d+,\d % \(\d/1\)", mail.body) and "/bao-cao?tu=" in mail.body
    assert "/bao-cao/dang-ky" in mail.body and SECRET not in mail.body and "H79" not in mail.body
    mail_due_reports(later(world, 14), post)
    assert len({one.key for one in post.sent}) == len(post.sent) == 2


def test_a_mail_that_was_not_taken_is_tried_again_with_the_same_key(world: World) -> None:
    post = Post()
    subscribed(world)
    post.fails = [DeliveryFailed(channel="email", why="the server is away")]
    assert mail_due_reports(later(world, 7), post) == Mailed(0, 1)
    assert mail_due_reports(later(world, 7), post) == Mailed(0, 0), "not before its wait is over"
    assert mail_due_reports(later(world, 7.1), post) == Mailed(1, 0)
    with world.reading() as connection:
        ((status, attempts),) = connection.execute(select(report_mails.c.status, report_mails.c.attempts)).all()
    assert (status, attempts) == ("sent", 2)


def test_a_sender_that_died_with_the_mail_in_hand_leaves_it_to_the_next(world: World) -> None:
    class Dead(Exception):
        """The process ends here."""

    class Deadly(Post):
        def send(self, message: Message) -> str:
            super().send(message)
            raise Dead

    subscribed(world)
    first, post = Deadly(), Post()
    with pytest.raises(Dead):
        mail_due_reports(later(world, 7), first)
    assert mail_due_reports(later(world, 7), post) == Mailed(0, 0), "it may still be in hand"
    assert mail_due_reports(later(world, 7.01), post) == Mailed(1, 0)
    assert [one.key for one in first.sent] == [one.key for one in post.sent]


def test_who_reads_these_figures_no_more_gets_no_mail(world: World) -> None:
    post, actor = Post(), subscribed(world)
    with world.database.begin() as connection:
        connection.execute(update(people).where(people.c.id == actor.person_id).values(active=0))
    mail_due_reports(later(world, 7), post)
    assert post.sent == []


def test_a_subscription_is_ended_and_not_made_twice_nor_for_others_figures(world: World) -> None:
    post, actor = Post(), subscribed(world, "month")
    with pytest.raises(InvalidInput):
        in_transaction(world.runtime, actor, lambda unit: subscribe(unit, "month"))
    with pytest.raises(Forbidden):
        in_transaction(world.runtime, actor, lambda unit: subscribe(unit, "week", province="01"))
    with pytest.raises(Forbidden):
        in_transaction(world.runtime, world.actor("counter"), lambda unit: subscribe(unit, "week"))
    in_transaction(world.runtime, actor, lambda unit: unsubscribe(unit, 1))
    mail_due_reports(later(world, 40), post)
    assert post.sent == []
