"""``motcua serve``: the web process, under gunicorn (threads) or granian. After SIGTERM it finishes its requests."""

from __future__ import annotations

import os
import shutil
from importlib import import_module
from pathlib import Path
from typing import Any

import click
import structlog

from adapters.logging import set_up_logging
from cli.compose import compose
from engine.settings import Settings, settings_from
from server.own_files import check_files_at_start

log = structlog.get_logger("motcua.start")
APPLICATION = "wsgi:app"
GRACE = 30  # seconds for requests in progress after the signal to stop


@click.command()
@click.option("--host", envvar="MOTCUA_HOST", help="Address to listen on; 127.0.0.1, or every one when PORT is set.")
@click.option("--port", envvar="PORT", type=click.IntRange(1, 65535), default=8000, show_default=True)
@click.option("--workers", envvar="WEB_CONCURRENCY", type=click.IntRange(1, 64), default=2, show_default=True)
@click.option("--threads", envvar="MOTCUA_THREADS", type=click.IntRange(1, 64), default=8, show_default=True)
@click.option(
    "--server",
    envvar="MOTCUA_SERVER",
    type=click.Choice(["gunicorn", "granian"]),
    default="gunicorn",
    show_default=True,
)
def serve(host: str | None, port: int, workers: int, threads: int, server: str) -> None:
    """Serve the pages and the interface over HTTP."""
    settings = settings_from(os.environ)  # a wrong value stops here, with a sentence
    set_up_logging(settings, "web")
    address = host or ("0.0.0.0" if os.environ.get("PORT") else "127.0.0.1")  # noqa: S104 - a platform that gives PORT
    for warning in proxy_warnings(settings, address, server):
        log.warning("proxy-contract", why=warning)
    if workers > 1:
        _add_up_metrics(settings)
    if server == "granian":
        check_files_at_start(compose(settings, pooled=False))  # gunicorn loads the application, which checks, itself
    run = _granian if server == "granian" else _gunicorn
    run(address, port, workers, threads)


def proxy_warnings(settings: Settings, host: str, server: str) -> list[str]:
    """What in the settings does not fit the contract with the proxy in front (docs/operations.md)."""
    found = []
    public = not host.startswith("127.") and host not in ("localhost", "::1")
    if settings.public_url.startswith("https://") and settings.proxy_hops == 0:
        found.append("MOTCUA_PUBLIC_URL is https, so a proxy is in front, and MOTCUA_PROXY_HOPS is 0")
    if settings.public_url.startswith("http://") and public:
        found.append("every address is listened on, and MOTCUA_PUBLIC_URL is not https: passwords travel in clear")
    if settings.proxy_hops == 0 and public:
        found.append("every address is listened on without a proxy: slow clients reach the threads themselves")
    if server == "granian":
        found.append("granian has no deadline for slow clients: the proxy must buffer requests")
        found.append("granian takes X_Forwarded_For for X-Forwarded-For: the proxy must drop names with an underscore")
    return found


def _gunicorn(host: str, port: int, workers: int, threads: int) -> None:
    from gunicorn.app.base import BaseApplication
    from gunicorn.glogging import Logger

    from adapters.gunicorn.worker import LaneWorker

    class IntoOurLog(Logger):  # type: ignore[misc]
        def setup(self, cfg: Any) -> None:
            super().setup(cfg)
            self.error_log.handlers.clear()
            self.error_log.propagate = True

    class Application(BaseApplication):  # type: ignore[misc]
        def load_config(self) -> None:
            for name, value in {
                "bind": f"[{host}]:{port}" if ":" in host else f"{host}:{port}",
                "workers": workers,
                "worker_class": LaneWorker,
                "threads": threads,
                "graceful_timeout": GRACE,
                "timeout": 2 * GRACE,
                "keepalive": 5,
                "limit_request_line": 8190,  # the application refuses shorter lines that are still too long
                "worker_tmp_dir": "/dev/shm" if Path("/dev/shm").is_dir() else None,  # noqa: S108 - gunicorn's own file
                "accesslog": None,
                "logger_class": IntoOurLog,
                "child_exit": _forget,
                "preload_app": True,  # the forks share it, and a dead one is replaced at once
                "control_socket_disable": True,
            }.items():
                self.cfg.set(name, value)

        def load(self) -> Any:
            module, _, name = APPLICATION.partition(":")
            return getattr(import_module(module), name)

    Application().run()


def _granian(host: str, port: int, workers: int, threads: int) -> None:
    from granian import Granian
    from granian.constants import Interfaces

    Granian(
        APPLICATION,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=threads,
        workers_kill_timeout=GRACE,
        respawn_failed_workers=True,
        log_dictconfig={"version": 1, "disable_existing_loggers": False},
        websockets=False,
    ).serve()


def _add_up_metrics(settings: Settings) -> None:
    """Makes the processes count into one folder, which is emptied at the start."""
    folder = Path(os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", str(settings.data / "metrics")))
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)


def _forget(_server: Any, worker: Any) -> None:
    """Frees the place and the metrics of a process that has ended."""
    from adapters.gunicorn.worker import forget

    forget(worker)
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        from prometheus_client import multiprocess

        multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]
