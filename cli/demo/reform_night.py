"""The night of 30 June 2025 (``motcua demo --reform``): plan, switch with a dossier open, and the morning after."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import orjson

from cli.demo import story, telling
from cli.demo.client import Unexpected
from cli.demo.walk import Stage, Walk

REFORM = "2025-07-01.yaml"
MORNING_BEFORE = "2025-06-30T08:00:00+07:00"
AFTERNOON = "2025-06-30T16:20:00+07:00"
NIGHT = "2025-07-01T00:05:00+07:00"
MORNING = "2025-07-01T08:05:00+07:00"
DIVIDED = "26737"  # Phường Đa Kao: parts of it went to two new wards

Command = Callable[..., None]
"""Runs a ``motcua`` command; ``codes`` are the exit codes that count as success."""


def play(stage: Stage, data: Path, run: Command) -> Path:
    """Plans and applies the reform and checks the result; returns the path of the plan's picture.

    Raises Unexpected, ClickException, SystemExit.
    """
    telling.heading("1. Chiều 30/06/2025: Quận 1 nhận hai hồ sơ cuối cùng (the last afternoon of the district)")
    stage.set_time(AFTERNOON)
    open_one = Walk(stage, "tiepnhan.q1", story.permit_filing("MC-760-C"))
    open_one.act("tiepnhan.q1", "forward")
    divided = Walk(stage, "tiepnhan.q1", _in(story.permit_filing("MC-760-C"), DIVIDED))

    telling.heading("2. Kế hoạch: đọc cơ sở dữ liệu, không khóa, không đổi gì (the plan changes nothing)")
    plan, page = data / "ke-hoach.json", data / "ke-hoach.html"
    run("reform", "plan", REFORM, "--out", str(plan), "--page", str(page), codes=(0, 2))

    telling.heading("3. 00:05 ngày 01/07/2025: áp dụng, web và worker vẫn chạy (applied while everything runs)")
    stage.set_time(NIGHT)
    seen = open_one.version
    run("reform", "apply", str(plan), codes=(0, 2))
    run("reform", "status")
    telling.heading("4. Cán bộ đang mở hồ sơ thì được báo rõ (a clerk with the page open gets a clear answer)")
    _too_late(stage, open_one, seen)
    telling.heading("5. Sáng 01/07: phường Sài Gòn làm tiếp, mã, phiếu hẹn và đường dẫn giữ nguyên (the morning after)")
    stage.set_time(MORNING)
    _go_on(stage, open_one)

    telling.heading("6. Phường bị chia: chờ người quyết định, không đoán (divided wards wait for a person)")
    run("reform", "triage", "1", "--province", "79", codes=(0, 2))
    decision = ("--legal", "QĐ mẫu", "--reason", "Thửa đất thuộc phần về Tân Định.", "--by", "giamsat.hcm")
    run("reform", "decide", "1", "--dossier", divided.code, "--to", "26737", *decision)

    telling.heading("7. Nhật ký (journal)")
    run("journal", "verify")
    return page


def _too_late(stage: Stage, walk: Walk, seen: int) -> None:
    """The specialist of the district presses a button that was on the screen before midnight."""
    try:
        path = f"/api/v1/dossiers/{walk.code}/actions"
        stage.person("xaydung.q1").call("POST", path, {"action": "inspect"}, seen)
    except Unexpected as error:
        told: dict[str, Any] = orjson.loads(error.facts["body"])
        click.echo(f"    {error.facts['status']} {told['detail_vi']}")
        return
    raise click.ClickException("the district could still act after it was abolished")


def _go_on(stage: Stage, walk: Walk) -> None:
    officer = "chuyenvien.saigon"
    dossier = walk.show(officer)
    telling.routing(dossier)
    walk.standing |= {"version": dossier["version"]}
    walk.act(officer, "inspect")
    latest = time.monotonic() + 60
    while not (told := [one for one in stage.notices(walk.code) if ":chuyen-co-quan:" in one["key"]]):
        if time.monotonic() > latest:
            raise click.ClickException("the applicant was not told of the move")
        time.sleep(0.2)
    for notice in told:
        click.echo(f"    ✉ {notice['channel']:<6} {notice['subject'] or notice['body']}")


def _in(filing: dict[str, Any], commune: str) -> dict[str, Any]:
    return filing | {"fields": filing["fields"] | {"land.commune": commune}}
