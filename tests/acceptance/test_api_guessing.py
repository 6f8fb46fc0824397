"""Nothing is learned by guessing: what is absent, wrong or not one's own is answered alike, after the same work.

That the same work takes the same time is measured, not tested: ``python -m benchmarks.lookup_timing``.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest import mock

import argon2
import pytest

from tests.installation.served import ServedInstallation, served_copy
from tests.spoken import spoken

ABSENT = "H26740-260302-9999"


def test_an_absent_dossier_costs_what_a_wrong_receipt_code_does(both_installations: ServedInstallation) -> None:
    installation = both_installations
    filed = installation.filed()
    for typed in ("AAAAA-AAAAA", "a", "", "Đ" * 40, filed["receipt_code"]):
        wrong = _looked_up(installation, filed["code"], typed if typed != filed["receipt_code"] else "BBBBB-BBBBB")
        absent = _looked_up(installation, ABSENT, typed)
        assert wrong == absent, typed


def test_every_secret_is_tried_whether_the_dossier_exists_or_not(tmp_path: Path) -> None:
    installation = served_copy(tmp_path, MOTCUA_SECRET_KEYS="k" * 40 + "," + "o" * 40)
    filed = installation.filed()
    told = _looked_up(installation, filed["code"], "AAAAA-AAAAA")
    assert told == _looked_up(installation, ABSENT, "AAAAA-AAAAA")
    assert told[2] == 2
    installation.close()


def test_an_unknown_name_costs_what_a_wrong_password_does(both_installations: ServedInstallation) -> None:
    def sign_in(name: str) -> tuple[Any, ...]:
        return _work(
            both_installations,
            "/api/v1/sessions",
            {"username": name, "password": "khong-dung"},
            argon2.PasswordHasher,
            "verify",
        )

    sign_in("counter")  # opens the connection
    wrong, unknown = sign_in("counter"), sign_in("khong-co-ai")
    assert wrong == unknown
    assert wrong[2] == 1


@pytest.mark.parametrize("known", ["revoked", "of another", "shorter", "absent"])
def test_a_link_that_opens_nothing_tells_nothing(installation: ServedInstallation, known: str) -> None:
    filed, other = installation.filed(), installation.filed()
    token = {
        "revoked": filed["link_token"],
        "of another": other["link_token"][::-1],
        "shorter": filed["link_token"][:-1],
        "absent": "A" * 32,
    }[known]
    if known == "revoked":
        with installation.runtime.database.begin() as connection:
            connection.exec_driver_sql("UPDATE dossiers SET link_hash = '0' WHERE code = ?", (filed["code"],))
    answer = installation.anyone().get(f"/api/v1/status/{token}")
    never = installation.anyone().get(f"/api/v1/status/{'Z' * 32}")
    assert _plain(answer) == _plain(never)


def _looked_up(installation: ServedInstallation, code: str, typed: str) -> tuple[Any, ...]:
    return _work(installation, "/api/v1/status-lookups", {"code": code, "receipt_code": typed}, hmac, "digest")


def _work(installation: ServedInstallation, path: str, body: dict[str, str], of: Any, counted: str) -> tuple[Any, ...]:
    """What an attempt is answered, what it says to the database, and how often it computes what takes time."""
    computed: Callable[..., Any] = getattr(of, counted)
    counting = mock.patch.object(of, counted, autospec=True, side_effect=computed)
    with counting as computing, spoken(installation.runtime.database) as said:
        answer = installation.anyone().post(path, body)
    assert answer.status_code in (401, 404, 422), answer.text
    asked = [statement for statement in said if statement != ";"]  # the pool asks so whether a connection lives
    return _plain(answer), asked, computing.call_count


def _plain(answer: Any) -> tuple[Any, ...]:
    """Status, headers and body without the request's own id."""
    headers = {name: value for name, value in answer.headers.items() if name not in ("X-Request-Id",)}
    return answer.status_code, headers, {key: value for key, value in answer.json.items() if key != "instance"}
