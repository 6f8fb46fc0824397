"""Settings: what the environment says is checked before anything starts."""

from pathlib import Path

import pytest

from engine.setting_values import WrongSetting
from engine.settings import NAMES_ON_PAPER, settings_from

SECRET = "a secret key that has more than 32 characters"


def read(tmp_path: Path, **environment: str):
    return settings_from({"MOTCUA_DATA": str(tmp_path), "MOTCUA_SECRET_KEYS": SECRET} | environment)


def test_everything_has_an_embedded_default(tmp_path: Path) -> None:
    settings = read(tmp_path)
    assert settings.database_url == f"sqlite:///{tmp_path / 'motcua.sqlite'}"
    assert settings.redis_url == f"unix://{tmp_path / 'redis.sock'}"
    assert settings.secret_keys == (SECRET,)
    assert settings.rate_limits and settings.fast_path and not settings.webhook_allow_private


def test_a_plain_postgresql_address_gets_the_driver(tmp_path: Path) -> None:
    assert read(tmp_path, DATABASE_URL="postgresql://a@b/c").database_url == "postgresql+psycopg://a@b/c"


@pytest.mark.parametrize(
    ("given", "read_as"),
    [
        ("postgresql://a:p%40@h1,h2:6432/c", "a:p%40@/c?host=h1,h2&port=5432,6432&target_session_attrs=read-write"),
        ("postgresql+psycopg://[::1]:1,h2:2/c?x=1", "/c?host=%3A%3A1,h2&port=1,2&x=1&target_session_attrs=read-write"),
        ("postgresql://a@/c?host=h1:1&host=h2:2", "a@/c?host=h1:1&host=h2:2&target_session_attrs=read-write"),
        ("postgresql://h1,h2/c?target_session_attrs=any", "/c?host=h1,h2&port=5432,5432&target_session_attrs=any"),
        ("postgresql://a@h1:6432/c?x=1", "a@h1:6432/c?x=1"),
    ],
)
@pytest.mark.parametrize("name", ["DATABASE_URL", "MOTCUA_OWNER_DATABASE_URL"])
def test_several_hosts_are_read_as_libpq_writes_them(tmp_path: Path, name: str, given: str, read_as: str) -> None:
    settings = read(tmp_path, **{name: given})
    found = settings.database_url if name == "DATABASE_URL" else settings.owner_database_url
    assert found == f"postgresql+psycopg://{read_as}"


def test_a_secret_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    first = settings_from({"MOTCUA_DATA": str(tmp_path)}).secret_keys
    assert settings_from({"MOTCUA_DATA": str(tmp_path)}).secret_keys == first
    assert len(first[0]) >= 32
    assert (tmp_path / "secret-key").stat().st_mode & 0o077 == 0


def test_secrets_rotate_newest_first(tmp_path: Path) -> None:
    newer = "another secret key of more than 32 characters"
    assert read(tmp_path, MOTCUA_SECRET_KEYS=f"{newer},{SECRET}").secret_keys == (newer, SECRET)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "mysql://a/b"),
        ("DATABASE_URL", "postgresql://h1:x,h2/b"),
        ("MOTCUA_OWNER_DATABASE_URL", "mysql://a/b"),
        ("MOTCUA_PREPARED_STATEMENTS", "perhaps"),
        ("REDIS_URL", "http://a"),
        ("MOTCUA_PUBLIC_URL", "motcua.example"),
        ("MOTCUA_SECRET_KEYS", "short"),
        ("MOTCUA_CODE_TEMPLATE", "{agency}"),
        ("MOTCUA_CODE_TEMPLATE", "{agency}-{sequence}-{name}"),
        ("MOTCUA_CODE_TEMPLATE", "{agency}-{sequence:zz}"),
        ("MOTCUA_CODE_TEMPLATE", "{agency}-{sequence}-{agency.__class__}"),
        ("MOTCUA_SMTP_URL", "http://mail"),
        ("MOTCUA_SMS_URL", "ftp://gateway"),
        ("MOTCUA_RATE_LIMITS", "perhaps"),
        ("MOTCUA_FAST_PATH", "perhaps"),
        ("MOTCUA_PROXY_HOPS", "6"),
        ("MOTCUA_POOL_SIZE", "many"),
        ("MOTCUA_MAX_UPLOAD_BYTES", "-1"),
        ("MOTCUA_LOG_LEVEL", "LOUD"),
        ("MOTCUA_NAMES_ON_PAPER", "01"),
        ("MOTCUA_NAMES_ON_PAPER", "01=tomorrow"),
        ("MOTCUA_NAMES_ON_PAPER", "08=print"),
        ("MOTCUA_NAMES_ON_PAPER", "01=print,01=filing"),
    ],
)
def test_a_wrong_value_stops_the_start_and_names_the_variable(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(WrongSetting) as refused:
        read(tmp_path, **{name: value})
    assert name in refused.value.sentence("vi")
    assert name in refused.value.sentence("en")


def test_the_day_of_the_names_is_chosen_form_by_form(tmp_path: Path) -> None:
    assert read(tmp_path).names_on_paper == NAMES_ON_PAPER
    chosen = read(tmp_path, MOTCUA_NAMES_ON_PAPER="01=print, 07=filing,").names_on_paper
    assert chosen == NAMES_ON_PAPER | {"01": "print", "07": "filing"}


def test_numbers_and_switches_are_read(tmp_path: Path) -> None:
    settings = read(tmp_path, MOTCUA_POOL_SIZE="3", MOTCUA_LOG_JSON="no", MOTCUA_NOTICE_FILE=str(tmp_path / "sent"))
    assert settings.pool_size == 3
    assert not settings.log_json
    assert settings.notice_file == tmp_path / "sent"


def test_sessions_of_pages_have_careful_defaults(tmp_path: Path) -> None:
    sessions = read(tmp_path).sessions
    assert (sessions.idle.total_seconds(), sessions.longest.total_seconds()) == (1800, 43200)
    assert sessions.second_factor and sessions.provider is None


@pytest.mark.parametrize(
    "environment",
    [
        {"MOTCUA_SESSION_IDLE_MINUTES": "0"},
        {"MOTCUA_SESSION_HOURS": "25"},
        {"MOTCUA_PROOF_MINUTES": "61"},
        {"MOTCUA_OIDC_DISCOVERY_URL": "http://accounts.example.vn/x"},
        {"MOTCUA_OIDC_DISCOVERY_URL": "http://127.0.0.1.example.vn/x"},
        {"MOTCUA_OIDC_DISCOVERY_URL": "https://accounts.example.vn/x"},
        {"MOTCUA_OIDC_DISCOVERY_URL": "https://accounts.example.vn/x", "MOTCUA_OIDC_CLIENT_ID": "motcua"},
    ],
)
def test_a_wrong_setting_of_signing_in_stops_the_start(tmp_path: Path, environment: dict[str, str]) -> None:
    with pytest.raises(WrongSetting) as refused:
        read(tmp_path, **environment)
    assert "MOTCUA_" in refused.value.sentence("en")
