"""The settings of an installation: environment variables, read once and checked before anything starts.

Come here to add a setting or to change a default. A wrong value stops the start with a sentence that names the
variable.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import ipaddress
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Formatter
from typing import TypedDict

from engine.database_settings import database_address
from engine.file_settings import S3Settings, s3_settings
from engine.filing_settings import FilingSettings, filings_from
from engine.payment_settings import PaymentSettings, payments_from
from engine.population_settings import PopulationSettings, population_from
from engine.portal_settings import PortalSettings, portal_from
from engine.security.private_files import make_private_folder
from engine.session_settings import ProviderSettings, SessionSettings
from engine.setting_values import WrongSetting, address, choice, flag, networks, number, path
from engine.signing_settings import SigningSettings, signing_from
from engine.trace_settings import TraceSettings, traces_from
from engine.upload_settings import Bound, UploadSettings

NAMING_DAYS = ("filing", "decision", "print")
NAMES_ON_PAPER = {
    "01": "filing",  # proves which office received the dossier: a reprint must equal the paper that the citizen holds
    "02": "print",  # says where to bring the missing papers, so the office's present name counts
    "03": "decision",  # 03 to 05 are acts of an authority, which signed under the name of that day
    "04": "decision",
    "05": "decision",
    "06": "print",  # travels with the dossier and names its present offices; each row has a day of its own
    "07": "print",  # the register of an office under its present name; earlier names are printed below it
}
"""The day that decides the names of offices on each form: of filing, of the act that it reports, or of printing."""
FORM_SIGNS = {"01": "TNHS", "02": "HDHS", "03": "TCTN", "04": "PXL", "05": "TBD", "06": "KSHS"}
"""The sign behind the number of each form (``12/TNHS``). That of 01 is the 2018 form's, the others are not verified."""
CODE_FIELDS = frozenset({"agency", "yy", "mm", "dd", "sequence"})


class SecretKeys:
    """The keys of ``MOTCUA_SECRET_KEYS``, or one kept in ``data``/``secret-key``, which is made when it is first used.

    So a command that only reads leaves nothing behind.
    """

    def __init__(self, given: tuple[str, ...], data: Path) -> None:
        self._known, self._data = given, data

    def made(self) -> tuple[str, ...]:
        """The keys, newest first."""
        self._known = self._known or (_kept_key(self._data),)
        return self._known


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The checked settings of an installation."""

    data: Path
    database_url: str
    redis_url: str
    public_url: str
    keys: SecretKeys
    code_template: str
    smtp_url: str | None
    mail_from: str
    sms_webhook_url: str | None
    notice_file: Path | None
    checkpoint_folder: Path
    webhook_allow_private: bool
    event_feed: bool
    max_upload_bytes: int
    proxy_hops: int
    internal_from: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]
    rate_limits: bool
    fast_path: bool
    log_level: str
    log_json: bool
    pool_size: int
    prepared_statements: bool
    owner_database_url: str | None
    names_on_paper: Mapping[str, str]
    late_entry_days: int
    reopen_days: int
    similar_days: int
    uploads: UploadSettings
    s3: S3Settings | None
    claim_grace_minutes: int
    seen_after_days: int
    form_signs: Mapping[str, str]
    payments: PaymentSettings
    sessions: SessionSettings
    population: PopulationSettings | None
    reuse_needs_consent: bool
    portal: PortalSettings | None
    filings: FilingSettings
    signing: SigningSettings
    traces: TraceSettings | None

    @property
    def secret_keys(self) -> tuple[str, ...]:
        """Newest first; older ones still verify (rotation)."""
        return self.keys.made()


def settings_from(environment: Mapping[str, str]) -> Settings:
    """Settings from environment variables (names in docs/operations.md). Raises WrongSetting."""
    data, database = _data(environment), _database_url(environment)
    redis = _redis_url(environment, data)
    return Settings(
        data=data,
        database_url=database,
        redis_url=redis,
        public_url=_public_url(environment),
        keys=SecretKeys(_given_keys(environment), data),
        code_template=_code_template(environment.get("MOTCUA_CODE_TEMPLATE", "{agency}-{yy}{mm}{dd}-{sequence:04d}")),
        smtp_url=address(environment, "MOTCUA_SMTP_URL", ("smtp://", "smtps://")),
        mail_from=environment.get("MOTCUA_MAIL_FROM", "motcua@localhost"),
        sms_webhook_url=address(environment, "MOTCUA_SMS_URL", ("http://", "https://")),
        notice_file=path(environment, "MOTCUA_NOTICE_FILE"),
        checkpoint_folder=path(environment, "MOTCUA_CHECKPOINT_FOLDER") or data / "checkpoints",
        webhook_allow_private=flag(environment, "MOTCUA_WEBHOOK_ALLOW_PRIVATE", False),
        event_feed=flag(environment, "MOTCUA_EVENT_FEED", False),
        max_upload_bytes=number(environment, "MOTCUA_MAX_UPLOAD_BYTES", 20_000_000, 1_000, 1_000_000_000),
        proxy_hops=number(environment, "MOTCUA_PROXY_HOPS", 0, 0, 5),
        internal_from=networks(environment, "MOTCUA_INTERNAL_FROM", "127.0.0.0/8,::1/128"),
        rate_limits=flag(environment, "MOTCUA_RATE_LIMITS", True),
        fast_path=flag(environment, "MOTCUA_FAST_PATH", True),
        log_level=choice(environment, "MOTCUA_LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR")),
        log_json=flag(environment, "MOTCUA_LOG_JSON", True),
        pool_size=number(environment, "MOTCUA_POOL_SIZE", 8, 1, 200),
        prepared_statements=flag(environment, "MOTCUA_PREPARED_STATEMENTS", True),
        owner_database_url=_owner_database_url(environment),
        late_entry_days=number(environment, "MOTCUA_LATE_ENTRY_DAYS", 5, 0, 60),
        uploads=_uploads(environment),
        reopen_days=number(environment, "MOTCUA_REOPEN_DAYS", 90, 0, 3650),
        similar_days=number(environment, "MOTCUA_SIMILAR_DAYS", 30, 0, 365),
        names_on_paper=_names_on_paper(environment.get("MOTCUA_NAMES_ON_PAPER", "")),
        claim_grace_minutes=number(environment, "MOTCUA_CLAIM_GRACE_MINUTES", 30, 0, 10_080),
        seen_after_days=number(environment, "MOTCUA_SEEN_AFTER_DAYS", 5, 0, 3_650),
        form_signs=_form_signs(environment.get("MOTCUA_FORM_SIGNS", "")),
        sessions=_sessions(environment),
        reuse_needs_consent=flag(environment, "MOTCUA_REUSE_NEEDS_CONSENT", False),
        **_connections(environment),
    )


class _Connections(TypedDict):
    s3: S3Settings | None
    payments: PaymentSettings
    population: PopulationSettings | None
    portal: PortalSettings | None
    filings: FilingSettings
    signing: SigningSettings
    traces: TraceSettings | None


def _connections(environment: Mapping[str, str]) -> _Connections:
    return {
        "s3": s3_settings(environment, place) if (place := environment.get("MOTCUA_FILES")) else None,
        "payments": payments_from(environment),
        "population": population_from(environment),
        "portal": portal_from(environment),
        "filings": filings_from(environment),
        "signing": signing_from(environment),
        "traces": traces_from(environment),
    }


def _public_url(environment: Mapping[str, str]) -> str:
    public_url = environment.get("MOTCUA_PUBLIC_URL", "http://127.0.0.1:8000").rstrip("/")
    if not re.fullmatch(r"https?://[^\s/]+(/[^\s]*)?", public_url):
        raise WrongSetting(name="MOTCUA_PUBLIC_URL", why="it must be an http or https address")
    return public_url


def missing_database(environment: Mapping[str, str]) -> Path | None:
    """The file of the SQLite database if it does not exist; None if it does, or if the database is a server's.

    Creates nothing. Raises WrongSetting.
    """
    file = _database_url(environment).removeprefix("sqlite:///")
    return None if file.startswith("postgresql") or Path(file).exists() else Path(file)


def _uploads(environment: Mapping[str, str]) -> UploadSettings:
    return UploadSettings(
        dossier=Bound(
            number(environment, "MOTCUA_MAX_DOSSIER_PAPERS", 500, 1, 100_000),
            number(environment, "MOTCUA_MAX_DOSSIER_BYTES", 600_000_000, 1_000, 1_000_000_000_000),
        ),
        step=Bound(
            number(environment, "MOTCUA_MAX_STEP_PAPERS", 100, 1, 100_000),
            number(environment, "MOTCUA_MAX_STEP_BYTES", 200_000_000, 1_000, 1_000_000_000_000),
        ),
        asked=Bound(
            number(environment, "MOTCUA_MAX_ASKED_PAPERS", 20, 1, 10_000),
            number(environment, "MOTCUA_MAX_ASKED_BYTES", 60_000_000, 1_000, 1_000_000_000_000),
        ),
        clamd=address(environment, "MOTCUA_CLAMD", ("unix://", "tcp://")),
        clamd_seconds=number(environment, "MOTCUA_CLAMD_SECONDS", 20, 1, 120),
        unscanned=choice(environment, "MOTCUA_CLAMD_SILENT", "REFUSE", ("REFUSE", "TAKE")) == "TAKE",
    )


def _sessions(environment: Mapping[str, str]) -> SessionSettings:
    return SessionSettings(
        idle=dt.timedelta(minutes=number(environment, "MOTCUA_SESSION_IDLE_MINUTES", 30, 1, 1440)),
        longest=dt.timedelta(hours=number(environment, "MOTCUA_SESSION_HOURS", 12, 1, 24)),
        proof=dt.timedelta(minutes=number(environment, "MOTCUA_PROOF_MINUTES", 10, 1, 60)),
        second_factor=flag(environment, "MOTCUA_SECOND_FACTOR", True),
        provider=_provider(environment),
    )


def _provider(environment: Mapping[str, str]) -> ProviderSettings | None:
    discovery = environment.get("MOTCUA_OIDC_DISCOVERY_URL")
    if not discovery:
        return None
    if not re.fullmatch(r"https://\S+|http://(127\.0\.0\.1|localhost)(:\d+)?/\S*", discovery):
        raise WrongSetting(name="MOTCUA_OIDC_DISCOVERY_URL", why="it must be an https address, or one of this machine")
    for name in ("MOTCUA_OIDC_CLIENT_ID", "MOTCUA_OIDC_CLIENT_SECRET"):
        if not environment.get(name):
            raise WrongSetting(name=name, why="it is needed with MOTCUA_OIDC_DISCOVERY_URL")
    return ProviderSettings(
        discovery_url=discovery,
        client_id=environment["MOTCUA_OIDC_CLIENT_ID"],
        client_secret=environment["MOTCUA_OIDC_CLIENT_SECRET"],
        trusted_second_factor=flag(environment, "MOTCUA_OIDC_SECOND_FACTOR", False),
    )


def _redis_url(environment: Mapping[str, str], data: Path) -> str:
    redis = environment.get("REDIS_URL") or f"unix://{data / 'redis.sock'}"
    if not redis.startswith(("redis://", "rediss://", "unix://")):
        raise WrongSetting(name="REDIS_URL", why="it must start with redis://, rediss:// or unix://")
    return redis


def _data(environment: Mapping[str, str]) -> Path:
    return Path(environment.get("MOTCUA_DATA", "var")).absolute()


def _database_url(environment: Mapping[str, str]) -> str:
    return database_address(environment, "DATABASE_URL", f"sqlite:///{_data(environment) / 'motcua.sqlite'}")


def _owner_database_url(environment: Mapping[str, str]) -> str | None:
    name = "MOTCUA_OWNER_DATABASE_URL"
    return database_address(environment, name, "") if environment.get(name) else None


def _given_keys(environment: Mapping[str, str]) -> tuple[str, ...]:
    given = tuple(key for key in environment.get("MOTCUA_SECRET_KEYS", "").split(",") if key)
    if any(len(key) < 32 for key in given):
        raise WrongSetting(name="MOTCUA_SECRET_KEYS", why="each key must have at least 32 characters")
    return given


def _kept_key(data: Path) -> str:
    path = data / "secret-key"
    if not path.exists():
        make_private_folder(data)
        fresh = data / f"secret-key.{secrets.token_hex(4)}"
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_hex(32))
        with contextlib.suppress(FileExistsError):  # of two processes that start at once, the first one's key is used
            path.hardlink_to(fresh)
        fresh.unlink()
    return path.read_text().strip()


def _code_template(template: str) -> str:
    """The template of dossier codes, checked. The default is Circular 01/2018, art. 19.

    It is a setting because the pattern of 2025 is not verified against its text.
    """
    try:
        named = {field for _, field, _, _ in Formatter().parse(template) if field is not None}
        if not {"agency", "sequence"} <= named or not named <= CODE_FIELDS:
            raise ValueError("it needs {agency} and {sequence}; {yy}, {mm} and {dd} may be used")
        template.format(agency="H22", yy="25", mm="07", dd="01", sequence=1)
    except (ValueError, KeyError, IndexError) as error:
        raise WrongSetting(name="MOTCUA_CODE_TEMPLATE", why=str(error)) from error
    return template


def _form_signs(value: str) -> dict[str, str]:
    """The defaults with the choices of ``01=TNHS,04=PXL`` put over them."""
    chosen: dict[str, str] = {}
    for part in filter(None, (part.strip() for part in value.split(","))):
        number, _, sign = part.partition("=")
        if number not in FORM_SIGNS or number in chosen or not re.fullmatch(r"[\w.\-/]{1,20}", sign):
            why = f'"{part}" is not form=sign, with each form ({", ".join(FORM_SIGNS)}) once and a sign like TNHS'
            raise WrongSetting(name="MOTCUA_FORM_SIGNS", why=why)
        chosen[number] = sign
    return FORM_SIGNS | chosen


def _names_on_paper(value: str) -> dict[str, str]:
    """The defaults with the choices of ``01=filing,07=print`` put over them."""
    chosen: dict[str, str] = {}
    for part in filter(None, (part.strip() for part in value.split(","))):
        number, _, day = part.partition("=")
        if number not in NAMES_ON_PAPER or day not in NAMING_DAYS or number in chosen:
            forms, days = ", ".join(NAMES_ON_PAPER), ", ".join(NAMING_DAYS)
            why = f'"{part}" is not form=day, with each form ({forms}) once and a day among {days}'
            raise WrongSetting(name="MOTCUA_NAMES_ON_PAPER", why=why)
        chosen[number] = day
    return NAMES_ON_PAPER | chosen
