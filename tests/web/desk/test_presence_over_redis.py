"""Who has a dossier open, told between processes by Redis; and without Redis, where it is only told less far."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from server.presence import LASTS
from tests.installation.runtime import NOW
from tests.installation.served import open_installation
from tests.installation.trial_content import TRIAL
from tests.web.site import Site
from tests.web.visitor import Visitor
from web.app import register_pages

NAME = "Người leader"
NOWHERE = "redis://127.0.0.1:1/0"


@dataclass
class Two:
    """Two web processes over one database, with their clock."""

    first: Site
    second: Site
    clock: list[dt.datetime]
    code: str = field(init=False)

    def __post_init__(self) -> None:
        self.code = str(self.first.installation.filed()["code"])
        self.first.installation.act("counter", self.code, "forward")

    def later(self, seconds: int) -> None:
        self.clock[0] += dt.timedelta(seconds=seconds)

    def sign(self, visitor: Visitor, *, typing: str = "0") -> str:
        """What the dossier's page says now and then; the answer."""
        csrf = visitor.get("/tai-khoan").soup.select_one("input[name=csrf]")["value"]  # type: ignore[index]
        return visitor.post(f"/ho-so/{self.code}/presence", status=200, csrf=csrf, typing=typing).text


def _opened(folder: Path, redis_url: str) -> Iterator[Two]:
    clock, environment = [NOW], {"MOTCUA_SECOND_FACTOR": "0", "REDIS_URL": redis_url}
    with TRIAL.copy("sqlite", folder) as url:
        sites = [
            Site(open_installation(url, folder, now=lambda: clock[0], pages=register_pages, **environment))
            for _ in range(2)
        ]
        yield Two(*sites, clock)
        for site in sites:
            site.installation.close()


@pytest.fixture
def two(tmp_path: Path, redis_url: str) -> Iterator[Two]:
    yield from _opened(tmp_path, redis_url)


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[Two]:
    """Redis does not answer."""
    yield from _opened(tmp_path, NOWHERE)


def _list(visitor: Visitor) -> str:
    return visitor.get("/ho-so").soup.select_one("#danh-sach").get_text(" ")  # type: ignore[union-attr]


def test_another_process_sees_who_has_it_open_and_types(two: Two) -> None:
    leader, specialist = two.first.person("leader"), two.second.person("specialist")
    assert NAME not in two.sign(specialist) and NAME not in _list(specialist)
    two.sign(leader)
    assert f"{NAME} đang mở hồ sơ này" in two.sign(specialist)
    assert f"{NAME} đang mở" in _list(specialist)
    two.sign(leader, typing="1")
    assert f"{NAME} đang mở hồ sơ này và đang nhập" in two.sign(specialist)
    assert f"{NAME} đang nhập" in _list(specialist)
    assert NAME not in two.sign(leader), "nobody is told of themselves"
    two.sign(leader)
    assert "đang nhập" not in two.sign(specialist)


def test_it_ends_by_itself(two: Two) -> None:
    leader, specialist = two.first.person("leader"), two.second.person("specialist")
    two.sign(leader, typing="1")
    two.later(LASTS - 1)
    assert NAME in two.sign(specialist)
    two.later(2)
    assert NAME not in two.sign(specialist) and NAME not in _list(specialist)


def test_nobody_learns_of_a_dossier_that_they_do_not_see(two: Two) -> None:
    two.sign(two.first.person("leader"))
    stranger = two.second.person("far-counter")
    csrf = stranger.get("/tai-khoan").soup.select_one("input[name=csrf]")["value"]  # type: ignore[index]
    assert NAME not in stranger.post(f"/ho-so/{two.code}/presence", status=404, csrf=csrf).text


def test_without_redis_pages_and_polling_go_on(alone: Two) -> None:
    leader, specialist = alone.first.person("leader"), alone.first.person("specialist")
    alone.sign(leader, typing="1")
    assert f"{NAME} đang mở hồ sơ này và đang nhập" in alone.sign(specialist), "the process still knows it by itself"
    assert f"{NAME} đang nhập" in _list(specialist)
    assert specialist.get("/quay", headers={"X-Poll": "1"}).soup.select_one("#so-lieu") is not None
    other = alone.second.person("specialist")
    assert NAME not in alone.sign(other) and "#presence" not in _list(other)
