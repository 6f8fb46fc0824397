"""The doubles beside a demonstration: each starts, knows the demonstration, and answers to the settings it is given."""

from __future__ import annotations

import datetime as dt
import json
import urllib.request
from pathlib import Path

import pytest

from adapters.filings import HttpFilings
from adapters.pades.trust import trust_of
from adapters.payment_gateway import HttpGateway
from adapters.portal import HttpPortal
from adapters.remote_signing import RemoteSigner
from cli.compose import compose_population
from cli.demo.doubles import connected
from cli.demo.other_sides import DOUBLES
from engine.connection_ports import PersonAsked
from engine.settings import Settings, settings_from
from tests.installation.runtime import environment_over
from workflows.connections.accounts_file import read_accounts
from workflows.connections.mapping_file import read_mapping as read_payments
from workflows.filings_file import read_filing_form
from workflows.portal_mapping import read_mapping
from workflows.remote_signing_file import load_remote_wire

BASE = "http://127.0.0.1:9"


def test_every_double_is_started_and_answers_to_its_settings(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MOTCUA_CONTENT", raising=False)
    with connected(tmp_path, BASE, lively=True) as environment:
        told = capsys.readouterr().out
        assert all(double.what in told for double in DOUBLES) and f"{BASE}/quan-tri/doi-soat" in told
        settings = settings_from(environment_over("sqlite:////tmp/x", tmp_path, **environment))
        _portal_and_filings(settings)
        _money_and_people(settings, environment["MOTCUA_CONTENT"])
        _signing(settings)
    with connected(tmp_path, BASE, lively=True) as again:
        assert again == environment  # the certificates name these addresses
        settings = settings_from(environment_over("sqlite:////tmp/x", tmp_path, **again))
        _signing(settings)


def test_the_modules_are_all_doubles_that_there_are() -> None:
    folder = Path(__file__).parents[1] / "doubles"
    programs = {path.stem for path in folder.glob("*.py") if "serve(make" in path.read_text("utf-8")}
    assert {double.module.rpartition(".")[2] for double in DOUBLES} == programs


def _portal_and_filings(settings: Settings) -> None:
    assert settings.portal is not None
    assert list(HttpPortal(settings.portal, read_mapping()).listed("")) == []
    filings = HttpFilings(settings.filings, read_filing_form())
    assert {one["KenhThucHien"] for one in filings.page("filings", "", 100).items} == {"2", "4"}
    assert len(filings.page("mirrors", "", 100).items) == 1


def _money_and_people(settings: Settings, content: str) -> None:
    assert read_accounts(Path(content) / "connections" / "accounts.csv").of("TT-26740", dt.date(2026, 3, 2)) is not None
    gateway = HttpGateway(settings.payments.url or "", settings.payments.token or "", read_payments())
    key = gateway.create("MC000001", 75_000, "lệ phí").key
    body = json.dumps({"reference": "MC000001", "vnd": 75_000, "tell": True}).encode()
    kind = {"Content-Type": "application/json"}
    paid = urllib.request.Request(f"{settings.payments.url}/_double/pay", body, kind)  # noqa: S310 - loopback
    urllib.request.urlopen(paid, timeout=20).close()  # noqa: S310 - loopback
    assert len(gateway.transactions(key)) == 1
    population = compose_population(settings)
    assert population is not None
    asked = PersonAsked("079190000001", "Nguyễn Thị Mẫu", "1990-11-04", "Số 1 đường Mẫu", "tiếp nhận", "1")
    assert set(_outcomes(population.compare(asked))) == {"match"}


def _outcomes(outcome: object) -> list[str]:
    return [str(getattr(outcome, name)) for name in ("number", "name", "born", "address")]


def _signing(settings: Settings) -> None:
    remote, trust = settings.signing.remote, trust_of(settings.signing)
    assert remote is not None
    signer = RemoteSigner(remote, load_remote_wire(), trust, f"{BASE}/api/v1/remote-signing/callbacks")
    credential = signer.credential("lanhdao.saigon")
    assert credential is not None and signer.credential("tiepnhan.saigon") is None
    assert signer.certificates(credential, dt.datetime.now(dt.UTC))
