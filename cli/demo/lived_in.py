"""Fills a fresh demonstration with its history, and begins anew where an earlier start was cut short."""

from __future__ import annotations

import datetime as dt
import gc
import logging
import shutil
from collections.abc import Mapping
from pathlib import Path

import click
import orjson
import structlog

from adapters.notice_file import FileNotifier
from cli.demo.history import Outcome, live_through
from cli.demo.samples import result_on_paper
from engine.clock import utc_now
from engine.settings import settings_from

DOSSIERS = 600
_MADE = ("motcua.sqlite", "motcua.sqlite-wal", "motcua.sqlite-shm", "notices.jsonl", "links.json", "files", "signing")


def begin_anew_if_unfinished(data: Path) -> None:
    """Removes what an earlier start left that did not come to its end."""
    mark = _mark(data)
    if not mark.exists():
        return
    for name in _MADE:
        path = data / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    mark.unlink()


def begin(data: Path) -> None:
    """Marks the folder as unfinished, unless there is a database in it already."""
    if not (data / "motcua.sqlite").exists():
        _mark(data).touch()


def live(environment: Mapping[str, str], data: Path, until: dt.datetime | None = None, count: int = DOSSIERS) -> None:
    """Lives through the months before now, and keeps some links of applicants in ``links.json``."""
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    notifier = FileNotifier(data / "notices.jsonl", durable=False)
    gc.freeze()  # the catalogue is large and stays: collecting would walk through it again and again
    gc.disable()
    try:
        with click.progressbar(length=count, label="Tám tháng hồ sơ (eight months of dossiers)") as bar:
            done = live_through(
                settings_from(environment),
                notifier,
                result_on_paper(),
                until=until or utc_now(),
                count=count,
                tell=bar.update,
            )
    finally:
        gc.enable()
        gc.unfreeze()
        structlog.configure(**before)
    (data / "links.json").write_bytes(orjson.dumps(_links(done)))
    _mark(data).unlink(missing_ok=True)


def _links(done: Outcome) -> list[dict[str, str]]:
    return [
        {"code": code, "state": state, "token": done.links[code][0], "receipt": done.links[code][1]}
        for state, code in done.shown.items()
    ]


def _mark(data: Path) -> Path:
    return data / "unfinished"
