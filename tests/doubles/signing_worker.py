"""A worker that does nothing but look after requests for remote signatures, until it is killed."""

from __future__ import annotations

import os
import time

import structlog

from cli.compose import compose
from engine.jobs.remote_signing import sign_due
from engine.settings import settings_from


def main() -> None:
    """Works with the settings of the environment."""
    structlog.configure(processors=[lambda *_: (_ for _ in ()).throw(structlog.DropEvent)])
    runtime = compose(settings_from(os.environ), ring=lambda: None)
    while True:
        if not sign_due(runtime, 5):
            time.sleep(0.1)


if __name__ == "__main__":
    main()
