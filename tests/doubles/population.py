"""The population data as the mapping file assumes them: people that were told to it, and outcomes by field.

``PUT /_double/people`` with a list of ``{"citizenId", "fullName", "dateOfBirth", "residence"}`` sets whom it knows.
``GET /_double/asked`` lists the questions, without the values that were asked. Faults are those of ``faults``.
"""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

from flask import Flask, Response, jsonify, request

from tests.doubles.faults import give_faults
from tests.doubles.process import serve

FIELDS = ("citizenId", "fullName", "dateOfBirth", "residence")


def make(_folder: Path) -> Flask:
    """The program; it forgets everything when it ends."""
    app, people, asked, lock = Flask(__name__), dict[str, dict[str, str]](), list[dict[str, Any]](), threading.Lock()
    faults = give_faults(app)

    @app.put("/_double/people")
    def set_people() -> Response:
        with lock:
            people.clear()
            people.update({one["citizenId"]: one for one in request.get_json()})
        return Response("", 204)

    @app.get("/_double/asked")
    def get_asked() -> Response:
        return jsonify(asked)

    @app.post("/identity/compare")
    def compare() -> Response:
        told = request.get_json()
        with lock:
            asked.append({"fields": sorted(set(told) & set(FIELDS)), "purpose": told.get("purpose")})
            known = people.get(told.get("citizenId", ""))
        if not told.get("purpose"):
            return Response('{"error": "no purpose"}', 422, mimetype="application/json")
        if faults.struck("forget"):
            return Response("<html>", 200)
        if known is None:
            return jsonify({"citizenId": "MISMATCH"} | dict.fromkeys(FIELDS[1:], "UNKNOWN"))
        return jsonify({name: _outcome(told.get(name), known.get(name)) for name in FIELDS})

    return app


def _outcome(told: str | None, known: str | None) -> str:
    if not told or not known:
        return "UNKNOWN"
    return "MATCH" if told.casefold().split() == known.casefold().split() else "MISMATCH"


if __name__ == "__main__":
    serve(make)
