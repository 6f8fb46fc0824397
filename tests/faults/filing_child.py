"""One process of an installation that takes inbound filings, to be killed at any moment: puller, opener, answerer, web.

python -m tests.faults.filing_child ROLE DATABASE_URL FOLDER ADDRESS_OF_THE_DOUBLE [PORT]
"""

from __future__ import annotations

import datetime as dt
import sys
import time
from dataclasses import replace
from pathlib import Path

from adapters.filings import HttpFilings
from engine.clock import utc_now
from engine.errors import Refusal
from engine.filing_settings import FilingSettings
from engine.jobs import filings as jobs
from engine.transaction import Runtime
from tests.doubles.server import Server
from tests.installation.application import application
from tests.installation.runtime import runtime_over
from workflows.filings_file import read_filing_form

SECRET = "whsec_" + "A" * 43 + "="
ROLES = ("pull", "take", "answer", "web")


def runtime_of(url: str, folder: Path, address: str) -> Runtime:
    """A runtime on the database, connected with the double."""
    own = runtime_over(url, folder, utc_now, pool_size=4)
    settings, form = FilingSettings(url=address, token=None, secrets=(SECRET,), form=None), read_filing_form()
    connected = replace(own.settings, filings=settings)
    return replace(own, settings=connected, filing_form=form, filing_source=HttpFilings(settings, form))


def main(role: str, url: str, folder: str, address: str, port: str = "0") -> None:
    """Does its work until it is killed."""
    jobs.LEASE = dt.timedelta(seconds=3)  # what a dead one had in hand is free again soon
    runtime = runtime_of(url, Path(folder), address)
    if role == "web":
        Server(int(port), application(runtime)).serve_forever()
    while True:
        try:
            done = {"pull": jobs.pull_filings, "take": jobs.take_filings, "answer": jobs.answer_filings}[role](runtime)
        except Refusal:  # the database is busy: the next round tries again
            done = 0
        if not done:
            time.sleep(0.05)


if __name__ == "__main__":
    main(*sys.argv[1:])
