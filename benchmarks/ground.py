"""The ground that is measured on: the shipped country, some staff, and model dossiers made by real acts over HTTP.

The model dossiers are then multiplied (``benchmarks.multiply``). Filed under the shipped procedures on the days before
today, they stand in the states that a centre's queue is made of.
"""

from __future__ import annotations

import datetime as dt
import io
import itertools
import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import structlog
from flask.testing import FlaskClient

from api.app import create_app
from benchmarks.database import MeasuredServer
from cli.compose import compose
from cli.seed import seed
from engine.acts.notices.webhooks import add_webhook
from engine.rules.procedure.permissions import SYSTEM_ACTOR, Actor
from engine.settings import Settings, settings_from
from engine.store import migrate
from engine.transaction import Runtime, UnitOfWork, in_transaction
from tests.installation.filings import BIRTH, PDF, PERMIT, filing
from tests.installation.people import Posts, employ, tokens_of
from tests.installation.releases import START

WARD = "26740"  # where the model dossiers are filed
PROVINCE = "79"
ACTING_WARDS = 16
"""So many wards have staff; the dossiers that the clients act on are theirs."""
WHY = "Cần làm rõ một điểm trong hồ sơ."
SECRET = "k" * 40


@dataclass(frozen=True, slots=True)
class Ground:
    """What the measurements need to know: tokens by ward and role, and the environment of our own processes."""

    tokens: dict[str, dict[str, str]]
    wards: tuple[str, ...]
    environment: dict[str, str]
    models: tuple[Model, ...]

    @property
    def settings(self) -> Settings:
        return settings_from(self.environment)

    def runtime(self, now: Callable[[], dt.datetime] | None = None) -> Runtime:
        return compose(self.settings, now=now, ring=lambda: None)


@dataclass(frozen=True, slots=True)
class Model:
    """A dossier to multiply: its code, and whether it is still open."""

    code: str
    state: str
    open: bool


def environment_of(server: MeasuredServer, folder: Path, redis_url: str) -> dict[str, str]:
    """The settings that our processes are measured with: the defaults, but for limits on tries and second factors."""
    return {
        "DATABASE_URL": server.application_url,
        "REDIS_URL": redis_url,
        "MOTCUA_DATA": str(folder / "data"),
        "MOTCUA_SECRET_KEYS": SECRET,
        "MOTCUA_RATE_LIMITS": "0",
        "MOTCUA_SECOND_FACTOR": "0",
        "MOTCUA_POOL_SIZE": "8",
    }


def lay(server: MeasuredServer, folder: Path, redis_url: str) -> Ground:
    """Seeds the country, employs the staff and files the model dossiers; what was laid before is taken up again."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    environment = environment_of(server, folder, redis_url)
    kept = folder / "ground.json"
    if kept.exists():
        migrate.upgrade(server.owner_url)  # it may have been laid by an earlier version
        told = orjson.loads(kept.read_bytes())
        models = tuple(Model(**model) for model in told["models"])
        return Ground(told["tokens"], tuple(told["wards"]), environment, models)
    server.make()
    migrate.upgrade(server.owner_url)
    runtime = compose(settings_from(environment), ring=lambda: None)
    seed(runtime)
    wards = _wards(runtime)
    tokens = in_transaction(runtime, SYSTEM_ACTOR, lambda unit: _employ(unit, wards))
    models = tuple(_model_dossiers(environment, tokens[WARD]))
    told = {"tokens": tokens, "wards": wards, "models": [_plain(model) for model in models]}
    kept.write_bytes(orjson.dumps(told))
    runtime.database.dispose()
    return Ground(tokens, wards, environment, models)


def _plain(model: Model) -> dict[str, Any]:
    return {"code": model.code, "state": model.state, "open": model.open}


def _wards(runtime: Runtime) -> tuple[str, ...]:
    """Every commune that has a centre today, WARD first."""
    offices = runtime.catalogue.offices.values()
    today = runtime.now().date()
    found = sorted(
        office.code.removeprefix("TT-")
        for office in offices
        if office.body == "centre" and office.valid(today) and office.code.removeprefix("TT-").isdigit()
    )
    return (WARD, *(ward for ward in found if ward != WARD))


def _employ(unit: UnitOfWork, wards: tuple[str, ...]) -> dict[str, dict[str, str]]:
    """Staff for the first wards, a monitor of the province, and one receiver of events (a province's own portal)."""
    desks = (("counter", "TT"), ("specialist", "UB"), ("leader", "UB"))
    staff: dict[str, Posts] = {"monitor": [(f"UB-{WARD}", "monitor")], "admin": []}
    for ward in wards[:ACTING_WARDS]:
        staff |= {f"{role}.{ward}": [(f"{office}-{ward}", role)] for role, office in desks}
    numbers = employ(unit, staff, START, called="Cán bộ {}")
    given = tokens_of(unit, numbers, dt.timedelta(days=400))
    tokens = {ward: {role: given[f"{role}.{ward}"] for role, _ in desks} for ward in wards[:ACTING_WARDS]}
    tokens[WARD]["monitor"] = given["monitor"]
    unit.actor = Actor("admin", "Quản trị", person_id=numbers["admin"])
    add_webhook(unit, "https://portal.example.vn/events")
    return tokens


def _model_dossiers(environment: dict[str, str], tokens: dict[str, str]) -> list[Model]:
    """Thirty days of filing: finished ones on every day, open ones on the last eight."""
    told = [dt.datetime.now(dt.UTC)]
    runtime = compose(settings_from(environment), now=lambda: told[0], ring=lambda: None)
    client = create_app(runtime).test_client()
    models = []
    for days in range(30, 0, -1):
        told[0] = (dt.datetime.now(dt.UTC) - dt.timedelta(days=days)).replace(hour=2, minute=30)
        for procedure, state in ((BIRTH, "returned"), (PERMIT, "returned")):
            models.append(_walk(client, tokens, procedure, state))
        if days <= 8:
            for state in ("checking", "drafting"):
                models.append(_walk(client, tokens, PERMIT, state))
    runtime.database.dispose()
    return models


WAYS: dict[str, list[tuple[str, str]]] = {
    BIRTH: [
        ("counter", "forward"),
        ("specialist", "submit"),
        ("leader", "attach"),
        ("leader", "sign"),
        ("counter", "return"),
    ],
    PERMIT: [
        ("counter", "forward"),
        ("specialist", "inspect"),
        ("specialist", "inspected"),
        ("specialist", "submit"),
        ("leader", "attach"),
        ("leader", "sign"),
        ("counter", "pay"),
        ("counter", "return"),
    ],
}
_keys = itertools.count(1)


def _walk(client: FlaskClient, tokens: dict[str, str], procedure: str, until: str) -> Model:
    stands = _ask(client, tokens["counter"], "POST", "/dossiers", timely(filing(procedure, WARD)))
    code = stands["code"]
    for role, action in WAYS[procedure]:
        if stands["state"] == until:
            break
        at, version = f"/dossiers/{code}", stands["version"]
        if action == "attach":
            form = {"key": "ket_qua", "file": (PDF, "ket-qua.pdf")}
            stands = _ask(client, tokens[role], "POST", f"{at}/documents", form, version, form=True)
        elif action == "pay":
            body = {"method": "cash", "receipt": "BL-1"}
            stands = _ask(client, tokens[role], "PUT", f"{at}/fees/nha_o", body, version)
        else:
            stands = _ask(client, tokens[role], "POST", f"{at}/actions", {"action": action}, version)
    assert stands["state"] == until, stands
    return Model(code, until, until != "returned")


def timely(body: dict[str, Any]) -> dict[str, Any]:
    """The filing with a child born lately: a late birth registration costs a fee."""
    if "child.born" in body["fields"]:
        born = dt.datetime.now(dt.UTC).date() - dt.timedelta(days=40)
        return body | {"fields": body["fields"] | {"child.born": born.isoformat()}}
    return body


def _ask(
    client: FlaskClient,
    token: str,
    method: str,
    path: str,
    body: dict[str, Any],
    version: int | None = None,
    *,
    form: bool = False,
) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": f"ground-{next(_keys)}"}
    if version is not None:
        headers["If-Match"] = f'"{version}"'
    if form:
        content, name = body["file"]
        given: dict[str, Any] = {"data": {"key": body["key"], "file": (io.BytesIO(content), name)}}
    else:
        given = {"json": body}
    answer = client.open(f"/api/v1{path}", method=method, headers=headers, **given)
    assert 200 <= answer.status_code < 300, answer.text
    told: dict[str, Any] = answer.json
    return told
