"""Private names of libraries are used in a few files only, one a library, and whoever upgrades learns what changed."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

import pytest
from gunicorn.workers.gthread import ThreadWorker
from marshmallow import Schema, ValidationError, fields

from adapters.gunicorn.worker import LaneWorker
from server.values import Day, FormValues, Line, Moment, Whole, WholeInQuery, YesNo
from tests.unit.library_insides import ROOMS, insides_of

ROOT = Path(__file__).resolve().parents[2]
ALLOWED = {
    "cli/main.py": {"replaced:sys.modules"},  # structlog
    "adapters/gunicorn/worker.py": {"_cap_keepalive", "module:gunicorn.workers.gthread"},
    "server/values.py": {"_deserialize"},  # marshmallow
    "server/lean_flask.py": {"replaced:method"},  # Flask
    "engine/rules/procedure/cel_engine.py": {"module:cel", "replaced:sys.modules"},  # common-expression-language
}
"""Each of these files says in its docstring why, and what breaks when its library changes."""


def test_each_file_that_reaches_into_a_library_is_named_here_with_what_it_takes() -> None:
    paths = [path for room in ROOMS for path in [*ROOT.glob(f"{room}/**/*.py"), *ROOT.glob(f"{room}.py")]]
    found = {path.relative_to(ROOT).as_posix(): insides for path in paths if (insides := insides_of(path))}
    assert len(paths) > 100
    assert found == ALLOWED


REACHING = {
    "from queue import Queue\nclass Ours(Queue):\n def _put(self, one): pass": "_put",
    "from threading import Thread\nclass Ours(Thread):\n def run(self): self._target = None": "_target",
    "from threading import Thread\nclass Ours(Thread):\n def run(self): return self._kwargs": "_kwargs",
    "import queue\nclass Above(queue.Queue): pass\nclass Ours(Above):\n def _get(self): pass": "_get",
    "from marshmallow import fields\nclass Ours(fields.Field[int]):\n def _serialize(self): pass": "_serialize",
    "def run():\n from queue import Queue\n class Ours(Queue):\n  _qsize = len": "_qsize",
    "from queue import Queue\nclass Ours(Queue):\n def go(self): super()._init(1)": "_init",
    "from server.values import Line\nclass Ours(Line):\n def _serialize(self): pass": "_serialize",
    "def name(row): return row._mapping": "_mapping",
    "def name(view): vars(view)['_apidoc'] = 1": "_apidoc",
    "def name(view): return getattr(view, '_apidoc')": "_apidoc",
    "from sqlalchemy.sql import _typing": "_typing",
    "from pydantic._internal import fields": "module:pydantic._internal",
    "from gunicorn.workers.sync import SyncWorker": "module:gunicorn.workers.sync",
    "import redis\nredis.Redis.ping = None": "replaced:redis.Redis",
    "from rq import Queue\nsetattr(Queue, 'enqueue', None)": "replaced:Queue",
    "import sys\nsys.modules['cel.cli'] = sys": "replaced:sys.modules",
    "app.wsgi_app = other  # type: ignore[method-assign]": "replaced:method",
}


@pytest.mark.parametrize("sample", REACHING)
def test_the_reader_sees_every_kind_of_reaching(sample: str) -> None:
    assert insides_of(_beside_ours(), sample) == {REACHING[sample]}


@pytest.mark.parametrize(
    "sample",
    [
        "class Ours:\n def __init__(self): self._x = 1\ndef name(one): return one._x",
        "from queue import Queue\nclass Ours(Queue):\n _one = 1\n def _also(self): return self._one",
        "from engine.jobs.queue import DistantBell\nclass Ours(DistantBell):\n def go(self): return self._asked",
        "from typing import NamedTuple\nclass Ours(NamedTuple):\n x: int\ndef name(one): return one._replace(x=1)",
        "from __future__ import annotations\nfrom flask import g\ng.asked = 1",
        "def name(_event): return _event.private",
    ],
)
def test_the_reader_lets_ours_be(sample: str) -> None:
    assert insides_of(_beside_ours(), sample) == set()


def _beside_ours() -> Path:
    return ROOT / "engine" / "sample.py"


@pytest.mark.parametrize(
    "name", ["enqueue_req", "handle_request", "handle_error", "murder_keepalived", "_cap_keepalive", "get_thread_pool"]
)
def test_gunicorn_still_calls_its_worker_with_the_same_arguments(name: str) -> None:
    theirs, ours = (list(inspect.signature(getattr(one, name)).parameters) for one in (ThreadWorker, LaneWorker))
    assert theirs == ours
    assert f"self.{name}" in "".join(inspect.getsource(one) for one in inspect.getmro(ThreadWorker)[:-1])


@pytest.mark.parametrize(
    ("ours", "theirs", "value"),
    [
        (Line(), fields.String(), "a\u202eb"),
        (Whole(), fields.Integer(), "1"),
        (WholeInQuery(), fields.Integer(), " 1"),
        (YesNo(), fields.Boolean(), "yes"),
        (Moment(), fields.String(), "2026"),
        (Day(), fields.String(), "2026"),
        (FormValues(), fields.Dict(), {"not a key": 1}),
    ],
    ids=lambda one: type(one).__name__,
)
def test_marshmallow_still_reads_a_value_through_the_field(
    ours: fields.Field[Any], theirs: fields.Field[Any], value: Any
) -> None:
    Schema.from_dict({"x": theirs})().load({"x": value})
    with pytest.raises(ValidationError):
        Schema.from_dict({"x": ours})().load({"x": value})
