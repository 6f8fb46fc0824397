"""One way of logging for web, worker and clock: a line an event on standard error, as JSON or for a person's eyes.

The standard library's loggers (rq, gunicorn, alembic) are led into the same stream. No line carries personal data: the
code that logs names dossiers and people by number.
"""

from __future__ import annotations

import logging
import sys
from typing import Any

import structlog

from engine.settings import Settings

_QUIETER = dict.fromkeys(("rq", "rq.worker", "rq.job", "rq.cron", "alembic", "transitions"), logging.WARNING)


def set_up_logging(settings: Settings, process: str) -> None:
    """Every line says which ``process`` (web, worker, clock, command) wrote it. Calling it again starts anew."""
    before: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        _named(process),
    ]
    after = structlog.processors.JSONRenderer(ensure_ascii=False) if settings.log_json else _console()
    structlog.configure(
        processors=[*before, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(settings.log_level)),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=before,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                after,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.log_level)
    for name, level in _QUIETER.items():
        logging.getLogger(name).setLevel(max(level, root.level))


def _named(process: str) -> Any:
    def name(_logger: Any, _method: str, event: dict[str, Any]) -> dict[str, Any]:
        event["process"] = process
        return event

    return name


def _console() -> Any:
    return structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback)
