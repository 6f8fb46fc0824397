"""Sets up the logging of web, worker and clock: one line an event on standard error, as JSON or as readable text.

The standard library's loggers (rq, gunicorn, alembic) write to the same stream. No line carries personal data: the code
that logs names dossiers and people by number, and an exception is told by its frames and by ``in_log``.
"""

from __future__ import annotations

import logging
import sys
import traceback
from typing import Any, TextIO

import orjson
import structlog

from engine.errors import in_log
from engine.settings import Settings

_QUIETER = dict.fromkeys(("rq", "rq.worker", "rq.job", "rq.cron", "alembic", "transitions"), logging.WARNING)


def set_up_logging(settings: Settings, process: str) -> None:
    """Configures logging; each line names its ``process`` (web, worker, clock). A second call replaces the first."""
    before: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        _named(process),
    ]
    rendered: list[Any] = (
        [structlog.processors.ExceptionRenderer(_frames), structlog.processors.JSONRenderer(serializer=_to_json)]
        if settings.log_json
        else [_console()]
    )
    structlog.configure(
        processors=[*before, *rendered],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(settings.log_level)),
        # Not through the standard library: every request writes a line, and a LogRecord would cost more than the line.
        logger_factory=structlog.BytesLoggerFactory(sys.stderr.buffer)
        if settings.log_json
        else structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    _lead_in_the_others(before, rendered, settings.log_level)


def _lead_in_the_others(before: list[Any], rendered: list[Any], level: str) -> None:
    """Makes the standard library's loggers write the same lines."""
    handler = logging.StreamHandler(sys.stderr)
    remove_meta = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    last = [*rendered[:-1], _as_text(rendered[-1])]
    formatter = structlog.stdlib.ProcessorFormatter(foreign_pre_chain=before, processors=[remove_meta, *last])
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name, least in _QUIETER.items():
        logging.getLogger(name).setLevel(max(least, root.level))


def _to_json(event: dict[str, Any], **_options: Any) -> bytes:
    return orjson.dumps(event, default=repr, option=orjson.OPT_NON_STR_KEYS)


def _as_text(render: Any) -> Any:
    """Wraps a renderer to return text, which the standard library's handlers need."""

    def rendered(logger: Any, method: str, event: dict[str, Any]) -> str:
        line = render(logger, method, event)
        return line.decode() if isinstance(line, bytes) else line

    return rendered


def _named(process: str) -> Any:
    def name(_logger: Any, _method: str, event: dict[str, Any]) -> dict[str, Any]:
        event["process"] = process
        return event

    return name


def _console() -> Any:
    return structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=_write_frames)


def _frames(exc_info: Any) -> str:
    """The chain of an exception, oldest cause first: where each was raised, and what may be told of it."""
    error: BaseException | None = exc_info[1] if isinstance(exc_info, tuple) else exc_info
    parts: list[str] = []
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        parts.append("".join(traceback.format_tb(error.__traceback__)) + in_log(error))
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return "\n\n".join(reversed(parts))


def _write_frames(stream: TextIO, exc_info: Any) -> None:
    stream.write("\n" + _frames(exc_info))
