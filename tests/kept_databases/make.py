"""Makes a kept database with the code of an earlier release: ``python -m tests.kept_databases.make CHECKOUT NAME``.

CHECKOUT is a checkout of that release. Its own test world is filled, its own acts bring dossiers to every kind of
state, and the database is written as compressed SQL into this folder. Made once, when a release is delivered.
"""

from __future__ import annotations

import gzip
import os
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path

HERE = Path(__file__).parent
IN_THE_RELEASE = """
import sys
from pathlib import Path
from engine.acts.add_note import add_note
from engine.acts.extend_deadline import extend_deadline
from engine.rules.procedure.definition import Term
from engine.store.migrate import upgrade
from tests.installation import world as home

folder = Path(sys.argv[1])
url = f"sqlite:///{folder / 'kept.sqlite'}"
upgrade(url)
home._fill(url, folder)
world = home.World(url, folder)
taxed = dict(home.FIELDS, **{"land.tax_due": True})
world.file(receive=False)                                       # 1: new
world.land_at("accepted")                                       # 2: at the counter
world.land_at("checking")                                       # 3: at the branch
asked = world.land_at("checking")                               # 4: waits for the applicant
world.do("specialist", asked, "ask", reason="Thiếu bản vẽ", at="2026-03-02 10:00")
taxes = world.land_at("checking", fields=taxed)                 # 5: waits for the tax office
world.do("specialist", taxes, "finish_review", at="2026-03-02 11:00")
signing = world.land_at("checking")                             # 6: waits for the signature, extended, with a note
world.do("specialist", signing, "finish_review", at="2026-03-03 09:00")
world.act("leader", extend_deadline, signing, Term(3, "working_day"), "Cần đo lại", at="2026-03-03 09:30")
world.act("leader", add_note, signing, "Đã xem hồ sơ")
refused = world.file(receive=False).case.code                   # 7: ended
world.do("counter", refused, "refuse", reason="Không thuộc thẩm quyền", at="2026-03-03 10:00")
world.close()
"""


def make(checkout: Path, name: str) -> Path:
    """Runs the release's own code, and keeps its database."""
    target = HERE / f"{name}.sql.gz"
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"PYTHONPATH": str(checkout)}
        command = [sys.executable, "-c", IN_THE_RELEASE, folder]
        subprocess.run(command, cwd=checkout, env=environment, check=True)
        with closing(sqlite3.connect(Path(folder) / "kept.sqlite")) as connection:
            text = "\n".join(connection.iterdump())
    target.write_bytes(gzip.compress(text.encode(), mtime=0))
    return target


if __name__ == "__main__":
    sys.stdout.write(f"{make(Path(sys.argv[1]), sys.argv[2])}\n")
