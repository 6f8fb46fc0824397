"""The country in June 2025, a week before the districts go: live dossiers in all 10,035 communes, loaded by COPY.

A few model dossiers are made by real acts in Phường Bến Nghé and then multiplied, each copy with the commune, the
district and the offices of where it lies, its journal chained anew. Inhabitants by commune are not published with the
territory; a ward counts three times, a townlet twice, a rural commune once.
"""

from __future__ import annotations

import datetime as dt
import logging
import random
import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import orjson
import psycopg
import structlog

from benchmarks.database import NAME, MeasuredServer
from benchmarks.ground import SECRET, environment_of
from benchmarks.multiply import WITHOUT_INDEXES_FROM, Mould, columns_of, copy_in, mould_of, unguarded
from cli.compose import compose
from cli.demo.story import land_filing
from cli.seed import seed
from engine.acts.file_dossier import Filing, file_dossier
from engine.acts.perform_action import perform_action
from engine.clock import LOCAL
from engine.rules.offices.routing import Map
from engine.rules.procedure.permissions import SYSTEM_ACTOR, Actor
from engine.rules.territory.units import Unit
from engine.security.citizen_link import link_hash, link_token
from engine.settings import settings_from
from engine.store import migrate
from engine.store.actors import actor_of_person
from engine.transaction import Runtime, UnitOfWork, in_transaction
from tests.installation.filings import BIRTH, PERMIT, filing
from tests.installation.people import employ, tokens_of

JUNE = dt.datetime(2025, 6, 24, 9, tzinfo=LOCAL)
JULY = dt.datetime(2025, 7, 1, 0, 30, tzinfo=LOCAL)
SINCE = dt.date(2024, 1, 1)
MODEL = "26740"  # Phường Bến Nghé, Quận 1
DESKS = {
    "MC-26740-C": ("commune", "one_stop"),
    "UB-26740-C": ("commune", "authority"),
    "UB-760-C": ("district", "authority"),
    "VPDK-CN-QUAN1-C": ("district", "land_registration_branch"),
    "VPDK-79-C": ("province", "land_registration"),
    "THUE-760-C": ("district", "tax"),
}
"""The offices of the model dossiers, and what stands in their place elsewhere."""
WEIGHTS = {"phuong": 3, "thi_tran": 2, "xa": 1}
ACTING = 16
"""In so many communes, which become part of one new commune each, clerks work during the reform."""
EACH = 40
"""Dossiers of each of these communes that they work on."""
BATCH = 5_000


@dataclass(frozen=True, slots=True)
class Acting:
    """A commune in which clerks work: the codes of its dossiers, and tokens by role."""

    commune: str
    codes: tuple[str, ...]
    tokens: dict[str, str]


@dataclass(frozen=True, slots=True)
class June:
    """What was laid. ``environment`` is that of our own processes, whose clock is told by the file ``clock``."""

    environment: dict[str, str]
    clock: Path
    acting: tuple[Acting, ...]

    def at(self, moment: dt.datetime) -> None:
        """Sets the clock of every process."""
        self.clock.write_text(moment.isoformat())


def lay(server: MeasuredServer, folder: Path, redis_url: str, count: int, say: Callable[[str], None]) -> June:
    """A database as it was in June 2025, with ``count`` live dossiers: loaded once in a folder, then copied."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    clock, kept = folder / "reform-clock", folder / f"june-{count}.json"
    clock.write_text(JUNE.isoformat())
    environment = environment_of(server, folder, redis_url) | {"MOTCUA_TOLD_CLOCK": str(clock)}
    if not kept.exists():
        acting = _load(server, environment, count, say)
        server.put_by()
        kept.write_bytes(orjson.dumps([asdict(one) for one in acting]))
    server.renew()
    acting = [Acting(one["commune"], tuple(one["codes"]), one["tokens"]) for one in orjson.loads(kept.read_bytes())]
    return June(environment, clock, tuple(acting))


def _load(server: MeasuredServer, environment: dict[str, str], count: int, say: Callable[[str], None]) -> list[Acting]:
    """Publishes what is shipped and loads ``count`` dossiers into an empty database."""
    server.make()
    migrate.upgrade(server.owner_url)
    runtime = compose(settings_from(environment), ring=lambda: None, now=lambda: JUNE.astimezone(dt.UTC))
    seed(runtime)
    say("published")
    models = _models(runtime)
    with server.connect(NAME) as connection:
        acting = _multiply(connection, runtime.catalogue.map, models, count)
    say(f"{count:,} dossiers loaded")
    told = in_transaction(runtime, SYSTEM_ACTOR, lambda unit: _employ(unit, acting))
    runtime.database.dispose()
    return told


def _models(runtime: Runtime) -> dict[str, list[int]]:
    """Ids of model dossiers by name: received, under examination, and one that waits for its tax."""
    people = {
        role: in_transaction(runtime, SYSTEM_ACTOR, lambda unit, role=role: _person(unit, role, list(DESKS)))
        for role in ("counter", "specialist", "leader")
    }
    land = land_filing("MC-26740-C")
    land["applicant"] = land["applicant"] | {"commune": MODEL}
    land["fields"] = land["fields"] | {"land.commune": MODEL}
    birth = filing(BIRTH, MODEL)
    birth["fields"] |= {"child.born": "2025-06-01"}
    business = land | {"applicant": land["applicant"] | {"kind": "business", "name": "Công ty Mẫu"}}
    ways: dict[str, tuple[dict[str, Any], list[list[str]]]] = {
        "permit": (filing(PERMIT, MODEL), [[], ["forward"], ["forward", "inspect"]]),
        "birth": (birth, [[], ["forward"]]),
        "land": (land, [[], ["forward"], ["forward", "to_tax"]]),
        "business": (business, [["forward"]]),
    }
    found: dict[str, list[int]] = {}
    for name, (given, walks) in ways.items():
        filed = Filing(**{**given, "intake_office": "MC-26740-C"})
        for actions in walks:
            made = in_transaction(runtime, people["counter"], partial(file_dossier, filing=filed)).case
            for action in actions:
                who = people["counter" if action == "forward" else "specialist"]
                in_transaction(runtime, who, partial(perform_action, code=made.code, action=action))
            found.setdefault(name, []).append(made.id)
    return found


def _person(unit: UnitOfWork, role: str, offices: list[str]) -> Actor:
    posts = {f"mau.{role}": [(office, role) for office in offices]}
    (person,) = employ(unit, posts, SINCE, called="Cán bộ {}").values()
    actor = actor_of_person(unit.begin(), person)
    assert actor is not None
    return actor


SHARES = {"permit": 35, "birth": 40, "land": 20, "business": 5}


def _multiply(
    connection: psycopg.Connection[Any], known: Map, models: dict[str, list[int]], count: int
) -> dict[str, list[str]]:
    """Fills the tables; the codes of the dossiers that clerks are to work on, by commune."""
    columns = columns_of(connection)
    moulds = {name: [_mould(connection, number, columns) for number in ids] for name, ids in models.items()}
    day = JUNE.date()
    communes = known.territory.units("commune", day)
    places = [_place(known, unit, day) for unit in communes]
    whole = [n for n, unit in enumerate(communes) if len(known.territory.successors(unit.id, JULY.date())) == 1]
    dice = random.Random(7)
    acting = dice.sample(whole, ACTING)
    first = max(max(ids) for ids in models.values()) + 1
    codes: dict[str, list[str]] = {}
    where = dice.choices(range(len(places)), [WEIGHTS[unit.kind] for unit in communes], k=count)
    rows: dict[str, list[str]] = {table: [] for table in columns}
    names = dice.choices(list(SHARES), list(SHARES.values()), k=count)
    with unguarded(connection, many=count >= WITHOUT_INDEXES_FROM):
        for serial in range(count):
            worked_on = serial < ACTING * EACH
            place = places[acting[serial % ACTING]] if worked_on else places[where[serial]]
            mould = moulds["birth"][1] if worked_on else dice.choice(moulds[names[serial]])
            nonce = secrets.token_hex(16)
            code = f"{place['agency']}-250624-{serial:07d}"
            link = link_hash(link_token(SECRET, nonce))
            mould.pour({**place, "number": first + serial, "code": code, "nonce": nonce, "link": link}, rows)
            if worked_on:
                codes.setdefault(place["commune"], []).append(code)
            if len(rows["dossiers"]) == BATCH or serial == count - 1:
                copy_in(connection, columns, rows)
                rows = {table: [] for table in columns}
    return codes


def _place(known: Map, unit: Unit, day: dt.date) -> dict[str, str]:
    """What stands in the gaps of a mould for one commune."""
    found = {"commune": unit.code}
    for code, (level, body) in DESKS.items():
        office = known.offices.serving(level, body, unit, known.territory, day)[0]
        found[code] = office.code
        found |= {"agency": office.identifier or "", "province": office.province} if body == "one_stop" else {}
    return found


def _mould(connection: psycopg.Connection[Any], number: int, columns: dict[str, list[str]]) -> Mould:
    found = connection.execute("SELECT code, link_nonce, link_hash FROM dossiers WHERE id = %s", [number]).fetchone()
    assert found is not None
    code, nonce, link = found
    swaps = [
        ("%", "%%"),
        (code, "%(code)s"),
        (code.lower(), "%(code)s"),
        (nonce, "%(nonce)s"),
        (link, "%(link)s"),
        *((office, f"%({office})s") for office in DESKS),
        (f'"{MODEL}"', '"%(commune)s"'),
        (f"\t{MODEL}\t", "\t%(commune)s\t"),
        ('"province":"79"', '"province":"%(province)s"'),
        ("\t79\t", "\t%(province)s\t"),
    ]
    return mould_of(connection, number, columns, swaps)


def _employ(unit: UnitOfWork, acting: dict[str, list[str]]) -> list[Acting]:
    """An officer and a leader for each commune in which somebody works."""
    found = []
    for commune, codes in acting.items():
        staff = {f"{role}.{commune}": [(f"UB-{commune}-C", role)] for role in ("specialist", "leader")}
        given = tokens_of(unit, employ(unit, staff, SINCE, called="Cán bộ {}"), dt.timedelta(days=400))
        tokens = {name.partition(".")[0]: token for name, token in given.items()}
        found.append(Acting(commune, tuple(codes), tokens))
    return found
