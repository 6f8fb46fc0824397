"""The web process: the interface around one runtime. ``motcua serve`` serves it, as can any WSGI server."""

from __future__ import annotations

import gc

gc.disable()  # until the end of this file: a start makes hardly any garbage, and searching for it takes a sixth of it

import os

from adapters.forms.render import render_form
from adapters.logging import set_up_logging
from api.app import create_app
from cli.compose import compose, read_ahead
from engine.jobs.queue import Bell, DistantBell
from engine.settings import settings_from

_settings = settings_from(os.environ)
set_up_logging(_settings, "web")
_runtime = compose(_settings, ring=DistantBell(Bell(_settings.redis_url)))
read_ahead(_runtime)
app = create_app(_runtime, render_form=render_form)

# What was read ahead stays as long as the process. The collector need not walk through it, and writing its marks into
# it would give each forked worker a copy of its own.
gc.collect()
gc.freeze()
gc.enable()
