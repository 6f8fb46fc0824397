"""``python -m benchmarks signatures --results 1000``: results signed remotely in batches, some refused in the app.

Meanwhile the provider restarts and workers are killed; then every PDF is validated by two programs, and a changed byte
is looked for.

The provider and the authority are the doubles of ``tests/doubles``, each a process; so are the workers.
"""

from __future__ import annotations

import argparse
import datetime as dt
import hashlib
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from adapters.forms.render import render_form
from cli.compose import TOLD_CLOCK
from engine.acts.documents import add_document
from engine.acts.file_dossier import file_dossier
from engine.acts.perform_action import perform_action
from engine.acts.remote_sign import ask_remotely
from engine.acts.sign_round import ToSign
from engine.store.documents import documents
from engine.store.remote_signings import remote_items
from tests.doubles.process import ROOT, running
from tests.doubles.signing import SECRET, Signing, signing_doubles
from tests.installation.runtime import environment_over
from tests.installation.world import World, open_world

BATCH = 100
WORKERS = 2
_STEPS = (("counter", "receive"), ("counter", "forward"), ("specialist", "finish_review"))
_SLIP: dict[str, Any] = {
    "head": {"authority": "UBND", "unit": "Trung tâm", "place": "Sài Gòn", "date": "ngày 02 tháng 3 năm 2026"},
    "applicant": {"name": "Nguyễn Văn Mẫu"},
    "reason": "Thử",
}
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What a run came to. ``seconds`` is from asking to the last outcome; the lists name files that did not pass."""

    asked: int
    signed: int
    refused: int
    moved_on: int
    restarts: int
    kills: int
    seconds: float
    invalid: tuple[str, ...]
    invalid_by_pdfsig: tuple[str, ...] | None
    changed: int
    found: int
    found_by_pdfsig: int | None


def run(
    world: World,
    folder: Path,
    results: int,
    *,
    refuse: float = 0.05,
    batch: int = BATCH,
    kills: int = 4,
    say: Say = print,
) -> Figures:
    """Signs so many results of a world while so many workers are killed, and checks every one."""
    wanted = _dossiers(world, results)
    say(f"{results} dossiers wait for signature")
    with ExitStack() as stack:
        signing = stack.enter_context(signing_doubles(folder / "doubles"))
        signing.enter("leader", "Trần Thị Ký")
        signing.told(world.now)
        signing.at_provider("PUT", "app", {"confirm": 1 - refuse, "refuse": refuse, "seed": 7})
        world.runtime = signing.over(world.runtime)
        began = time.monotonic()
        for start in range(0, results, batch):
            world.try_act("leader", ask_remotely, wanted[start : start + batch])
        restarts = _through_trouble(world, signing, folder, results, kills, stack, say)
        seconds = time.monotonic() - began
        say(f"signed in {seconds:.0f} s")
        return _checked(world, signing, folder, seconds, restarts, kills, say)


def _dossiers(world: World, number: int) -> list[ToSign]:
    found = []
    for place in range(number):
        code = world.try_act("counter", file_dossier, world.filing()).case.code
        for who, action in _STEPS:
            if world.row(code)["state"] != "signing":
                world.try_act(who, perform_action, code, action)
        paper = render_form("03", _SLIP | {"request": f"Kết quả số {place + 1}"})
        world.try_act("leader", add_document, code, key="ket_qua", content=paper, file_name="kết quả.pdf")
        found.append(ToSign(code, "sign", hashlib.sha256(paper).hexdigest()))
    return found


def _through_trouble(
    world: World, signing: Signing, folder: Path, results: int, kills: int, stack: ExitStack, say: Say
) -> int:
    """Lets workers work until nothing is open; workers are killed, and the provider restarts: how often."""
    chance, restarts, killed = random.Random(11), 0, 0
    environment = _environment(world, signing, folder)
    workers = [stack.enter_context(_worker(environment)) for _ in range(WORKERS)]
    told, end = 0, time.monotonic() + 60 + 4 * results
    while (ended := _ended(world)) < results:
        if time.monotonic() > end:
            raise TimeoutError(f"{ended} of {results} have an outcome")
        if ended >= (restarts + 1) * results // 4 and restarts < 2:
            signing.provider.kill()
            time.sleep(0.5)
            port = int(signing.provider.address.rpartition(":")[2])
            signing.provider = stack.enter_context(
                running("tests.doubles.remote_signer", signing.folder / "provider", port)
            )
            restarts += 1
        if ended >= (killed + 1) * results // 6 and killed < kills:
            one = chance.randrange(WORKERS)
            workers[one].kill()
            workers[one].wait()
            workers[one] = stack.enter_context(_worker(environment))
            killed += 1
        if ended >= told + 100:
            told = ended
            say(f"{ended} of {results} have an outcome")
        time.sleep(0.2)
    return restarts


def _environment(world: World, signing: Signing, folder: Path) -> dict[str, str]:
    clock = folder / "clock"
    clock.write_text(world.now.isoformat())
    settings, runtime = signing.settings(), world.runtime
    url = runtime.database.url.render_as_string(hide_password=False)
    signs = {
        "MOTCUA_SIGNING_ROOTS": str(settings.roots),
        "MOTCUA_SIGNING_TSA_URL": str(settings.tsa_url),
        "MOTCUA_REMOTE_SIGNING_URL": signing.provider.address,
        "MOTCUA_REMOTE_SIGNING_SECRET": SECRET,
        "MOTCUA_REMOTE_SIGNING_SIGNERS": str(signing.signers),
        TOLD_CLOCK: str(clock),
        "PYTHONPATH": str(ROOT),
    }
    return os.environ | environment_over(url, runtime.settings.data) | signs


@contextmanager
def _worker(environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([sys.executable, "-m", "tests.doubles.signing_worker"], cwd=ROOT, env=environment)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def _ended(world: World) -> int:
    with world.reading() as connection:
        wanted = select(func.count()).where(remote_items.c.status.in_(("done", "refused")))
        return int(connection.execute(wanted).scalar_one())


def _checked(
    world: World, signing: Signing, folder: Path, seconds: float, restarts: int, kills: int, say: Say
) -> Figures:
    world.check()
    with world.reading() as connection:
        outcomes = Counter(connection.execute(select(remote_items.c.status)).scalars())
        signed = select(documents.c.id, documents.c.storage_key).where(documents.c.signature.is_not(None))
        papers = connection.execute(signed).all()
    whole, changed = folder / "signed", folder / "changed"
    for place in (whole, changed):
        place.mkdir(exist_ok=True)
    for number, key in papers:
        (whole / f"{number}.pdf").write_bytes(world.runtime.files.read(key))
    some = sorted(whole.glob("*.pdf"))[:: max(1, len(papers) // 20)]
    for file in some:
        (changed / file.name).write_bytes(_with_a_changed_byte(file.read_bytes()))
    say(f"{len(papers)} files are validated")
    root, at = signing.folder / "roots.pem", world.now + dt.timedelta(seconds=seconds)
    second, second_of_changed = _pdfsig(whole), _pdfsig(changed)
    return Figures(
        asked=outcomes.total(),
        signed=outcomes["done"],
        refused=outcomes["refused"],
        moved_on=len(papers),
        restarts=restarts,
        kills=kills,
        seconds=seconds,
        invalid=tuple(_invalid(root, at, whole)),
        invalid_by_pdfsig=None if second is None else tuple(second),
        changed=len(some),
        found=len(_invalid(root, at, changed)),
        found_by_pdfsig=None if second_of_changed is None else len(second_of_changed),
    )


def _with_a_changed_byte(content: bytes) -> bytes:
    """A byte in the middle of the first signature's range is another one: in the stream of the page."""
    place = content.index(b"/FlateDecode") // 2 + 200
    return content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]


def _invalid(root: Path, at: dt.datetime, folder: Path) -> list[str]:
    """The files that pyHanko's own validator does not accept, in a process of its own."""
    command = [sys.executable, "-m", "tests.doubles.pdf_validator", str(root), at.isoformat(), str(folder)]
    done = subprocess.run(
        command, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, check=True
    )
    return [f"{name}: {why}" for name, why in json.loads(done.stdout).items() if why]


def _pdfsig(folder: Path) -> list[str] | None:
    """The files that poppler's ``pdfsig`` does not accept; None where it is not installed."""
    if shutil.which("pdfsig") is None:
        return None
    return [file.name for file in sorted(folder.glob("*.pdf")) if not _accepted(file)]


def _accepted(file: Path) -> bool:
    done = subprocess.run(["pdfsig", str(file)], capture_output=True, text=True, check=False)
    first = done.stdout.partition("Signature #2:")[0]
    return "Signature is Valid." in first and "ETSI.CAdES.detached" in first


def main(arguments: list[str]) -> None:
    """Measures, and prints what it came to."""
    options = argparse.ArgumentParser(prog="python -m benchmarks signatures")
    options.add_argument("--results", type=int, default=1000)
    given = options.parse_args(arguments)
    from tests import shared_run

    shared_run.begin()
    try:
        with tempfile.TemporaryDirectory() as folder, open_world("sqlite", Path(folder)) as world:
            print(table(run(world, Path(folder), given.results, say=lambda what: print(what, file=sys.stderr))))
    finally:
        shared_run.end()


def table(figures: Figures) -> str:
    """The figures as Markdown."""
    rows = [
        ("results asked for, in batches of 100", figures.asked),
        ("signed and moved on", figures.signed),
        ("refused in the app, still waiting with the reason", figures.refused),
        ("restarts of the provider, workers killed", f"{figures.restarts}, {figures.kills}"),
        ("seconds from asking to the last outcome", f"{figures.seconds:.0f}"),
        ("signatures a second", f"{figures.signed / figures.seconds:.1f}"),
        ("not valid by pyHanko's validator in another process", len(figures.invalid)),
        ("not valid by pdfsig", _or_none(figures.invalid_by_pdfsig)),
        ("files with a changed byte, found by pyHanko, by pdfsig", _found(figures)),
    ]
    return "\n".join(["| what | figure |", "|---|---|", *(f"| {what} | {figure} |" for what, figure in rows)])


def _or_none(listed: tuple[str, ...] | None) -> str:
    return "not installed" if listed is None else str(len(listed))


def _found(figures: Figures) -> str:
    return f"{figures.changed}, {figures.found}, {figures.found_by_pdfsig}"
