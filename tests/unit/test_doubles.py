"""The doubles fail as they are told, and only then."""

from __future__ import annotations

import pytest
from flask import Flask, Response, request
from flask.testing import FlaskClient

from tests.doubles.faults import Faults, give_faults


@pytest.fixture
def counting() -> tuple[Flask, Faults, list[bytes]]:
    app, kept = Flask("double"), list[bytes]()

    @app.post("/keep")
    def keep() -> Response:
        if not faults.struck("forget"):
            kept.append(request.get_data())
        return Response("kept")

    faults = give_faults(app)
    return app, faults, kept


def _set(client: FlaskClient, shares: dict[str, float]) -> int:
    return client.put("/_double/faults", json={"faults": shares, "seconds": 0}).status_code


@pytest.mark.parametrize(
    ("kind", "status", "times"),
    [
        ("slow", 200, 1),
        ("error", 500, 0),
        ("refuse", 422, 0),
        ("lost_answer", 502, 1),
        ("twice", 200, 2),
        ("forget", 200, 0),
    ],
)
def test_each_fault_does_what_it_says(
    counting: tuple[Flask, Faults, list[bytes]], kind: str, status: int, times: int
) -> None:
    app, _, kept = counting
    client = app.test_client()
    assert _set(client, {kind: 1.0}) == 204
    assert client.post("/keep", data=b"one").status_code == status
    assert kept == [b"one"] * times
    assert _set(client, {}) == 204
    assert client.post("/keep", data=b"two").status_code == 200
    assert kept[-1] == b"two"


def test_down_closes_without_an_answer(counting: tuple[Flask, Faults, list[bytes]]) -> None:
    app, faults, kept = counting
    faults.set({"down": 1.0})
    with pytest.raises(ConnectionAbortedError):
        app.test_client().post("/keep", data=b"one")
    assert kept == []


def test_a_fault_that_does_not_exist_is_refused(counting: tuple[Flask, Faults, list[bytes]]) -> None:
    app, _, _ = counting
    assert _set(app.test_client(), {"earthquake": 1.0}) == 400


def test_shares_strike_about_as_often_as_they_say() -> None:
    faults = Faults()
    faults.set({"error": 0.2, "slow": 0.1}, seed=3)
    drawn = [faults.draw() for _ in range(2000)]
    assert 320 < drawn.count("error") < 480 and 140 < drawn.count("slow") < 260
