"""A world that is connected with the double of a system where people file online, a process of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import select

from adapters.filings import HttpFilings
from engine.filing_settings import FilingSettings
from engine.jobs import filings as jobs
from engine.store.dossiers import dossiers
from engine.store.filings import filing_answers, filings
from tests.doubles import portal_filings as double
from tests.doubles.process import running
from tests.file_samples import pdf
from tests.installation.short_releases import LAND
from tests.installation.world import FIELDS, World
from workflows.filings_file import read_filing_form

PDF = pdf()
SECRET = "whsec_" + "A" * 43 + "="


@dataclass(slots=True)
class Connected:
    """A world and the double at ``address``."""

    world: World
    address: str

    def filed_there(self, *written: dict[str, Any], papers: dict[str, Any] | None = None) -> None:
        """Files with the double, as it writes filings."""
        double.told(self.address, "/_double/filings", {"filings": list(written), "papers": papers or {}})

    def mirrored_there(self, *written: dict[str, Any]) -> None:
        """Lets the double tell of dossiers that other systems have."""
        double.told(self.address, "/_double/filings", {"mirrors": list(written)})

    def faults(self, **shares: float) -> None:
        """Sets the shares of faults of the double."""
        import json
        import urllib.request

        body = json.dumps({"faults": shares, "seed": 7, "seconds": 0.01}).encode()
        sent = urllib.request.Request(f"{self.address}/_double/faults", body, method="PUT")  # noqa: S310 - loopback
        sent.add_header("Content-Type", "application/json")
        urllib.request.urlopen(sent, timeout=10).close()  # noqa: S310 - as above

    def work(self) -> None:
        """Pulls, opens the dossiers, and sends the answers."""
        jobs.pull_filings(self.world.runtime)
        jobs.take_filings(self.world.runtime)
        jobs.answer_filings(self.world.runtime)
        self.world.check()

    def rows(self) -> dict[str, Any]:
        """The filings by key."""
        with self.world.reading() as connection:
            return {row.key: row for row in connection.execute(select(filings).order_by(filings.c.id))}

    def code_of(self, key: str) -> str:
        """The code of the dossier of a filing."""
        with self.world.reading() as connection:
            joined = select(dossiers.c.code).join(filings, filings.c.dossier_id == dossiers.c.id)
            return str(connection.execute(joined.where(filings.c.key == key)).scalar_one())

    def answers(self) -> list[tuple[str, str]]:
        """The filing and the kind of each answer that the double was given, in order."""
        return [(one["MaHoSoTrucTuyen"], one["KetQua"]) for one in double.answers_of(self.address)]

    def outbox(self) -> list[Any]:
        with self.world.reading() as connection:
            return list(connection.execute(select(filing_answers).order_by(filing_answers.c.id)))


@contextmanager
def connected(world: World, folder: Path) -> Iterator[Connected]:
    """The world with the double beside it."""
    with running("tests.doubles.portal_filings", folder / "double") as there:
        settings = FilingSettings(url=there.address, token="x", secrets=(SECRET,), form=None)
        form = read_filing_form()
        own = replace(world.runtime.settings, filings=settings)
        world.runtime = replace(
            world.runtime, settings=own, filing_form=form, filing_source=HttpFilings(settings, form)
        )
        yield Connected(world, there.address)


def land(key: str, world: World, *, papers: bool = False, **changes: Any) -> dict[str, Any]:
    """A filing of land, with everything in order unless told otherwise."""
    told = [double.paper(f"/tep/{key}-{one}", PDF, one) for one in ("don", "gcn")] if papers else []
    usual = {"procedure": LAND, "filed_at": world.now, "ToKhai": FIELDS, "TaiLieuNop": told}
    return double.written(key, **(usual | changes))


def contents(key: str, lie: str = "", content: bytes = PDF) -> dict[str, Any]:
    """The papers of such a filing, as the double keeps them."""
    return {f"/tep/{key}-{one}": {"content": content.hex(), "lie": lie} for one in ("don", "gcn")}
