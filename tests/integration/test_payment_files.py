"""The files that connect an installation with its bank: accounts and mapping, refused with the line that is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from cli.main import main
from cli.payment_setup import payment_setup
from engine.setting_values import WrongSetting
from engine.settings import settings_from
from tests.installation.payments import SECRET
from workflows.connections.accounts_file import COLUMNS, BadAccounts, read_accounts
from workflows.connections.mapping_file import SHIPPED, BadMapping, read_mapping

HEAD = ",".join(COLUMNS)
GOOD = "TT-26080,970415,0011001932418,TRUNG TAM MAU,Ngân hàng Mẫu,2026-01-01,"


def test_the_shipped_mapping_is_unverified_and_whole() -> None:
    wire = read_mapping()
    assert not wire.verified
    assert wire.create.path == "/payments" and wire.headers["id"] == "webhook-id"


@pytest.mark.parametrize(
    ("before", "after", "line"),
    [
        ("verified: false", "verified: no", 9),
        ("verified: false", "verified: false\nmore: 1", 10),
        ("    path: /payments\n", "", 14),
        ("path: /payments/{key}", "path: /payments", 19),
        ("path: /payments\n", "path: payments\n", 14),
        ("items: transactions", "items: [a]", 20),
        ("callback: data", "callback: a b", 33),
        ("paid: [PAID]", "paid: []", 31),
        ("other: [PENDING, FAILED, EXPIRED]", "other: [PAID]", 32),
        ("signature: webhook-signature", "sign: x", 35),
        ("    day: [Ngày giao dịch", "    tag: [Ngày giao dịch", 41),
        ('"%d/%m/%Y", ', '"%d/%m", ', 48),
        ("gateway:", "gateway: &a", 11),
        ("    key: [Số tham chiếu", "    key: [Số tham chiếu\n\tx", 42),
    ],
)
def test_a_wrong_mapping_is_refused_at_its_line(tmp_path: Path, before: str, after: str, line: int) -> None:
    text = SHIPPED.read_text()
    assert before in text
    (tmp_path / "payments.yaml").write_text(text.replace(before, after, 1))
    with pytest.raises(BadMapping) as caught:
        read_mapping(tmp_path / "payments.yaml")
    assert abs(int(str(caught.value.facts["line"])) - line) <= 3, caught.value.sentence("en")
    assert caught.value.sentence("vi") != caught.value.sentence("en")


def test_accounts_are_read_with_their_days(tmp_path: Path) -> None:
    path = tmp_path / "accounts.csv"
    path.write_text(f"\ufeff{HEAD}\n{GOOD[:-1]},2026-07-01\n{GOOD.replace('2026-01-01', '2026-07-01')}\n")
    assert [one.valid_from.month for one in read_accounts(path).all] == [1, 7]
    assert read_accounts(tmp_path / "none.csv").all == ()


@pytest.mark.parametrize(
    ("rows", "line"),
    [
        ("office,bin\n", 1),
        (f"{HEAD}\n{GOOD}\n{GOOD}\n", 3),
        (f"{HEAD}\n{GOOD.replace('970415', '9704')}\n", 2),
        (f"{HEAD}\n{GOOD.replace('0011001932418', '001 100')}\n", 2),
        (f"{HEAD}\n{GOOD.replace('TRUNG TAM MAU', '')}\n", 2),
        (f"{HEAD}\n{GOOD.replace('2026-01-01', '01/01/2026')}\n", 2),
        (f"{HEAD}\n{GOOD}2025-01-01\n", 2),
        (f"{HEAD}\n{GOOD},\n", 2),
        (f"{HEAD}\n{GOOD[:-1]}\n", 2),
        ("\xff", 1),
    ],
)
def test_wrong_accounts_are_refused_at_their_line(tmp_path: Path, rows: str, line: int) -> None:
    path = tmp_path / "accounts.csv"
    path.write_bytes(rows.encode("latin-1", "replace") if rows == "\xff" else rows.encode())
    with pytest.raises(BadAccounts) as caught:
        read_accounts(path)
    assert caught.value.facts["line"] == line


def test_the_command_shows_what_is_connected(tmp_path: Path) -> None:
    folder = tmp_path / "content" / "connections"
    folder.mkdir(parents=True)
    (folder / "accounts.csv").write_text(f"{HEAD}\n{GOOD}\n")
    environment = {"MOTCUA_CONTENT": str(tmp_path / "content")}
    told = CliRunner().invoke(main, ["--lang", "en", "payments", "check"], env=environment)
    assert told.exit_code == 0 and "TT-26080: 970415 0011001932418" in told.output and "not verified" in told.output
    (folder / "accounts.csv").write_text(f"{HEAD}\n{GOOD}\n{GOOD}\n")
    told = CliRunner().invoke(main, ["--lang", "en", "payments", "check"], env=environment)
    assert told.exit_code == 1 and "accounts.csv, line 3" in told.output


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ({"MOTCUA_PAYMENT_URL": "gateway"}, "MOTCUA_PAYMENT_URL"),
        ({"MOTCUA_PAYMENT_URL": "https://gateway.example"}, "MOTCUA_PAYMENT_URL"),
        ({"MOTCUA_PAYMENT_SECRETS": "whsec_AAAA"}, "MOTCUA_PAYMENT_SECRETS"),
        ({"MOTCUA_PAYMENT_TOKEN": "two words here"}, "MOTCUA_PAYMENT_TOKEN"),
    ],
)
def test_wrong_settings_stop_the_start(given: dict[str, str], name: str) -> None:
    with pytest.raises(WrongSetting) as caught:
        settings_from(given)
    assert caught.value.facts["name"] == name


def test_a_gateway_is_chosen_by_its_settings(tmp_path: Path) -> None:
    given = {"MOTCUA_PAYMENT_URL": "https://gateway.example/", "MOTCUA_PAYMENT_TOKEN": "a-token-of-the-office"}
    settings = settings_from(given | {"MOTCUA_PAYMENT_SECRETS": SECRET, "MOTCUA_DATA": str(tmp_path)})
    assert "token" not in repr(settings.payments) and SECRET not in repr(settings)
    made = payment_setup(settings, {})
    assert made.gateway is not None and made.wire is not None
    none = payment_setup(settings_from({"MOTCUA_DATA": str(tmp_path)}), {})
    assert (none.gateway, none.wire, none.accounts.all) == (None, None, ())
