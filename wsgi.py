"""The WSGI application ``app`` of the web process; ``motcua serve`` or any WSGI server serves it."""

from __future__ import annotations

import gc

gc.disable()  # until the end of this file: a start makes hardly any garbage, and collecting takes a sixth of its time

import os

from adapters.forms.render import render_form
from adapters.logging import set_up_logging
from api.app import create_app
from cli.compose import compose, compose_tracing, read_ahead
from engine.jobs.queue import Bell, DistantBell
from engine.settings import settings_from
from server.own_files import check_files_at_start
from web.app import register_pages

_settings = settings_from(os.environ)
set_up_logging(_settings, "web")
_settings.keys.made()  # before the process forks, and where an unreadable file stops the start
_tracing = compose_tracing(_settings, "web")
_runtime = compose(_settings, ring=DistantBell(Bell(_settings.redis_url)), trace=_tracing)
check_files_at_start(_runtime)
read_ahead(_runtime)
_runtime.database.dispose()  # the workers that are forked open their own
app = create_app(_runtime, render_form=render_form, pages=register_pages)
if _tracing is not None:
    from adapters.tracing import trace_requests  # late: its libraries are installed only where traces are kept

    trace_requests(app, _tracing)

# The content read above stays as long as the process, so the collector need not traverse it. Its marks would also give
# each forked worker a copy of the memory pages.
gc.collect()
gc.freeze()
gc.enable()
