"""The jobs of the connection to the national portal: telling what waits, and comparing both sides once a night."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import structlog

from engine.acts.portal.compare import compare_with_portal
from engine.acts.portal.tell import Line, tell_portal
from engine.clock import LOCAL, civil_day
from engine.connection_ports import Portal
from engine.errors import Refusal
from engine.store.portal_comparing import last_comparison
from engine.transaction import Runtime

BATCH = 500
log = structlog.get_logger("motcua.portal")


@dataclass(slots=True)
class Connected:
    """The portal as this process reaches it, and whether it answers."""

    portal: Portal
    line: Line = field(default_factory=Line)


def tell_waiting(runtime: Runtime, connected: Connected, seconds: float) -> None:
    """Tells batch by batch until nothing is due, the portal rests, or the time is up."""
    latest = time.monotonic() + seconds
    while (left := latest - time.monotonic()) > 0:
        done = tell_portal(runtime, connected.portal, BATCH, seconds=left, line=connected.line)
        if not done.taken:
            return
        log.info("told", taken=done.taken, sent=done.sent, again=done.waiting, parked=done.parked)
        if done.sent + done.parked == 0:
            return


def compare_nightly(runtime: Runtime, portal: Portal, seconds: float) -> None:
    """Goes on with a comparison, and begins one after the hour of the settings if the day had none yet."""
    if not _comparison_due(runtime):
        return
    try:
        done = compare_with_portal(runtime, portal, seconds=seconds)
    except Refusal as refusal:
        log.warning("comparison-broke-off", why=refusal.sentence("en"))
    else:
        log.info("compared", pairs=done.pairs, differing=done.differing, gone=done.gone, ended=done.ended)


def _comparison_due(runtime: Runtime) -> bool:
    settings, now = runtime.settings.portal, runtime.now()
    if settings is None:
        return False
    with runtime.database.connect().execution_options(motcua_read_only=True) as connection:
        last = last_comparison(connection)
    if last is not None and last.finished_at is None and last.error is None:
        return True
    begun_today = last is not None and civil_day(last.started_at) == civil_day(now)
    return not begun_today and now.astimezone(LOCAL).hour >= settings.compare_at
