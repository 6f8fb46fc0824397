"""Composes one process: settings, database, catalogue, adapters and the bell become a ``Runtime``.

Used by every command and by ``wsgi``. Tests compose with settings of their own.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog
from sqlalchemy.exc import SQLAlchemyError

from adapters.channels import ChannelNotifier, notifier_from, receiver_check
from adapters.clamd import ClamdScanner
from adapters.files_local import LocalFiles
from adapters.files_moving import MovableFiles, MovingFiles
from adapters.local_signer import LocalSigner
from cli.main import DatabaseUnusable
from cli.payment_setup import payment_setup
from engine.catalogue import Catalogue
from engine.clock import told_clock, utc_now
from engine.connection_ports import PopulationData, Portal
from engine.errors import NotFound, Refusal, in_log
from engine.file_settings import S3Settings
from engine.ports import Files, IdentityProvider, NoScanner, Scanner, Signer
from engine.remote_signing import RemoteSigning
from engine.security.private_files import keep_private
from engine.setting_values import WrongSetting
from engine.settings import Settings, missing_database, settings_from
from engine.store.sql.schema import open_database
from engine.transaction import Runtime

if TYPE_CHECKING:
    from adapters.tracing import Tracing

log = structlog.get_logger("motcua.start")

TOLD_CLOCK = "MOTCUA_TOLD_CLOCK"
"""The variable with the path of a file that sets the time (ISO 8601), for demonstrations; never set in production."""


def compose(
    settings: Settings,
    *,
    pooled: bool = True,
    now: Callable[[], dt.datetime] | None = None,
    ring: Callable[[], None] | None = None,
    trace: Tracing | None = None,
) -> Runtime:
    """The dependencies of a process. ``pooled`` is False for a process of one thread that ends soon.

    The catalogue has connections of its own: a read within an act must not wait for the pool that the act itself
    occupies. No connection is opened yet.
    """
    keep_private(settings.data)
    payments = payment_setup(settings, os.environ)
    prepared = settings.prepared_statements
    database = open_database(settings.database_url, pool_size=settings.pool_size, pooled=pooled, prepared=prepared)
    if trace is not None:
        trace.listen(database)
    return Runtime(
        database=database,
        settings=settings,
        catalogue=Catalogue(open_database(settings.database_url, pooled=False, prepared=prepared)),
        files=compose_files(settings),
        signer=compose_signer(settings),
        ring=ring or _LateBell(settings.redis_url),
        now=now or clock_from(os.environ),
        scanner=compose_scanner(settings),
        check_receiver=receiver_check(settings),
        provider=compose_provider(settings),
        accounts=payments.accounts,
        wire=payments.wire,
        gateway=payments.gateway,
        population=compose_population(settings),
        **compose_filings(settings),
        remote=compose_remote(settings),
        trace=trace,
    )


class _LateBell:
    """The bell, made when it is first rung: most commands ring none, and its libraries take a fifth of their start."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._bell: Callable[[], None] | None = None

    def __call__(self) -> None:
        if self._bell is None:
            from engine.jobs.queue import Bell

            try:
                self._bell = Bell(self._url)
            except ValueError:  # an address that no worker listens at either
                return
        self._bell()


def compose_from_environment(*, pooled: bool = True) -> Runtime:
    """``compose`` with the environment's settings, for a command on an existing database.

    Raises WrongSetting, DatabaseUnusable; then nothing was created.
    """
    settings = settings_from(os.environ)
    if (file := missing_database(os.environ)) is not None:
        raise DatabaseUnusable(why=f"{file} does not exist")
    return compose(settings, pooled=pooled)


def read_ahead(runtime: Runtime) -> None:
    """Fills the catalogue's cache before the first request, and before gunicorn forks.

    So the workers share it, and a dead one is replaced at once. A database that does not answer yet does not prevent
    the start.
    """
    try:
        with contextlib.suppress(NotFound):  # nothing is published yet
            runtime.catalogue.calendar("vn")
        _ = runtime.catalogue.map
        runtime.catalogue.procedures(runtime.now().date())
    except (SQLAlchemyError, Refusal) as error:
        log.warning("read-ahead", why=in_log(error))


def compose_notifier(settings: Settings, *, echo: Callable[[str], None] | None = None) -> ChannelNotifier:
    """The notifier for all channels. Raises a Refusal on a wrong setting."""
    return notifier_from(settings, echo=echo)


def compose_files(settings: Settings) -> Files:
    """The store of files: the folder of this machine, or the S3 store that is set. Raises WrongSetting."""
    folder = LocalFiles(settings.data / "files")
    if settings.s3 is None:
        return folder
    bucket = compose_bucket(settings.s3)
    return MovingFiles(bucket, folder) if settings.s3.also_folder else bucket


def compose_bucket(given: S3Settings) -> MovableFiles:
    """The files in a bucket. Raises WrongSetting where its libraries are not installed."""
    try:
        from adapters.files_s3 import S3Files  # late: its libraries are installed, and loaded, only where it is used
    except ModuleNotFoundError as missing:
        why = f"the module {missing.name} is not installed; install requirements/s3.lock"
        raise WrongSetting(name="MOTCUA_FILES", why=why) from missing
    return S3Files(given)


def compose_scanner(settings: Settings) -> Scanner:
    """The scanner for uploads, or one that passes everything where none is set. Raises WrongSetting."""
    given = settings.uploads
    if given.clamd is None:
        return NoScanner()
    return ClamdScanner(given.clamd, seconds=given.clamd_seconds, pass_unscanned=given.unscanned)


def compose_provider(settings: Settings) -> IdentityProvider | None:
    """The provider that staff may sign in with; None where none is set."""
    if settings.sessions.provider is None:
        return None
    from adapters.openid_provider import OpenIdProvider  # late: its libraries take a tenth of a start

    return OpenIdProvider(settings.sessions.provider)


def compose_population(settings: Settings) -> PopulationData | None:
    """The population data that intake asks; None where none is set. Raises WrongSetting, PopulationMappingRefused."""
    given = settings.population
    if given is None:
        return None
    from adapters.population import HttpPopulation  # late: few installations have one
    from workflows.population_mapping import SHIPPED, load_population_mapping

    mapping = load_population_mapping(given.mapping or SHIPPED)
    if not mapping.verified:
        log.warning("population-mapping-unverified", file=str(given.mapping or SHIPPED.name))
    return HttpPopulation(given.url, mapping, token=given.token, seconds=given.seconds)


def compose_portal(settings: Settings) -> Portal | None:
    """The national portal; None where none is set. Raises MappingRefused."""
    if settings.portal is None:
        return None
    from adapters.portal import HttpPortal  # late: most installations have none
    from workflows.portal_mapping import SHIPPED, read_mapping

    return HttpPortal(settings.portal, read_mapping(settings.portal.mapping or SHIPPED))


def compose_filings(settings: Settings) -> dict[str, Any]:
    """The source of inbound filings and its form, where one is set. Raises WrongSetting, FilingFormRefused."""
    if settings.filings.url is None:
        return {}
    from adapters.filings import HttpFilings  # late: few processes need its library
    from workflows.filings_file import SHIPPED, read_filing_form

    form = read_filing_form(settings.filings.form or SHIPPED)
    return {"filing_form": form, "filing_source": HttpFilings(settings.filings, form)}


def compose_signer(settings: Settings) -> Signer:
    """The signer of results: the installation's own key, or one that signs within PDF files. Raises WrongSetting."""
    own, given = LocalSigner(settings.data / "signing"), settings.signing
    if given.kind == "LOCAL":
        return own
    from adapters.pades.local import PdfSigner, pkcs12_key  # late: its libraries take half a start
    from adapters.pades.trust import trust_of

    if given.kind == "PKCS11" and given.pkcs11 is not None:
        from adapters.pades.token import pkcs11_key

        return PdfSigner(pkcs11_key(given.pkcs11, given.pin), trust_of(given), own)
    if given.pkcs12 is None:
        raise WrongSetting(name="MOTCUA_SIGNING_PKCS12", why="it must name the file of the key")
    return PdfSigner(pkcs12_key(given.pkcs12, given.pin), trust_of(given), own)


def compose_remote(settings: Settings) -> RemoteSigning | None:
    """The provider of remote signing; None where none is set. Raises WrongSetting, BadConnectionFile."""
    given = settings.signing.remote
    if given is None:
        return None
    from adapters.pades.trust import trust_of  # late, as above
    from adapters.remote_signing import RemoteSigner
    from workflows.remote_signing_file import load_remote_wire

    back = f"{settings.public_url}/api/v1/remote-signing/callbacks"
    return RemoteSigner(given, load_remote_wire(given.mapping), trust_of(settings.signing), back)


def compose_tracing(settings: Settings, process: str) -> Tracing | None:
    """The traces of a process, ``web`` or ``worker``; None where none are kept. Raises WrongSetting."""
    if settings.traces is None:
        return None
    try:
        from adapters.tracing import (
            tracing_from,
        )  # late: its libraries are installed only where it is used
    except ModuleNotFoundError as missing:
        why = f"the module {missing.name} is not installed; install requirements/tracing.lock"
        raise WrongSetting(name="MOTCUA_TRACES_URL", why=why) from missing
    return tracing_from(settings.traces, process)


def clock_from(environment: Mapping[str, str]) -> Callable[[], dt.datetime]:
    """The real clock, or the one set by the file of ``TOLD_CLOCK``. Raises WrongSetting when that is unreadable."""
    told = environment.get(TOLD_CLOCK)
    if not told:
        return utc_now
    clock = told_clock(Path(told))
    try:
        clock()
    except (OSError, ValueError, OverflowError) as error:
        raise WrongSetting(name=TOLD_CLOCK, why=str(error)) from error
    return clock
