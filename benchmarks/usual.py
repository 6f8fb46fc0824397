"""The usual way: what a team writes in a week with Flask-SQLAlchemy and marshmallow, on the same tables.

Models with relations, a decorator that signs in, a service that checks and changes objects, one commit, and a schema
that dumps the dossier. It has no workflow files, no routing and no arithmetic of working time; it writes the same rows.
"""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
import json
import os
from collections.abc import Callable
from typing import Any

from flask import Flask, Response, g, jsonify, request
from flask_sqlalchemy import SQLAlchemy
from marshmallow import Schema, fields
from sqlalchemy import BigInteger, DateTime, LargeBinary
from sqlalchemy.dialects.postgresql import JSONB

app = Flask("usual", static_folder=None)
app.config["SQLALCHEMY_DATABASE_URI"] = os.environ.get("DATABASE_URL", "postgresql+psycopg://")
app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {"pool_size": 8, "max_overflow": 0, "pool_pre_ping": True}
db = SQLAlchemy(app)
Moment = DateTime(timezone=True)

STEPS = {
    ("drafting", "submit"): ("signing", "specialist", "leader", False),
    ("signing", "send_back"): ("drafting", "leader", "specialist", True),
}
"""(state, action) → target, who may, who is next, whether a reason is needed."""


class Person(db.Model):  # type: ignore[name-defined,misc]
    __tablename__ = "people"
    id = db.Column(BigInteger, primary_key=True)
    name = db.Column(db.Text)
    active = db.Column(db.Integer)
    memberships = db.relationship("Membership")


class Token(db.Model):  # type: ignore[name-defined,misc]
    __tablename__ = "tokens"
    hash = db.Column(db.String, primary_key=True)
    person_id = db.Column(BigInteger, db.ForeignKey("people.id"))
    expires_at = db.Column(Moment)
    revoked_at = db.Column(Moment)
    person = db.relationship("Person")


class Membership(db.Model):  # type: ignore[name-defined,misc]
    __tablename__ = "memberships"
    person_id = db.Column(BigInteger, db.ForeignKey("people.id"), primary_key=True)
    office = db.Column(db.String, primary_key=True)
    role = db.Column(db.String, primary_key=True)
    valid_from = db.Column(db.Date, primary_key=True)
    valid_to = db.Column(db.Date)


class Dossier(db.Model):  # type: ignore[name-defined,misc]
    __tablename__ = "dossiers"
    id = db.Column(BigInteger, primary_key=True)
    code = db.Column(db.String)
    procedure = db.Column(db.String)
    release = db.Column(db.String)
    state = db.Column(db.String)
    portal = db.Column(db.Integer)
    version = db.Column(db.Integer)
    head = db.Column(db.String)
    channel = db.Column(db.String)
    intake_office = db.Column(db.String)
    handler_office = db.Column(db.String)
    offices = db.Column(JSONB)
    holder_office = db.Column(db.String)
    holder_role = db.Column(db.String)
    holder_id = db.Column(BigInteger)
    entered_at = db.Column(Moment)
    opened_at = db.Column(Moment)
    step_due_at = db.Column(Moment)
    filed_at = db.Column(Moment)
    received_at = db.Column(Moment)
    due_at = db.Column(Moment)
    promised_at = db.Column(Moment)
    clock = db.Column(db.String)
    finished_at = db.Column(Moment)
    supplements = db.Column(db.Integer)
    applicant = db.relationship("Applicant", uselist=False)
    documents = db.relationship("Document")
    fees = db.relationship("Fee")
    clocks = db.relationship("Clock", cascade="all, delete-orphan")


class Applicant(db.Model):  # type: ignore[name-defined,misc]
    __tablename__ = "applicants"
    dossier_id = db.Column(BigInteger, db.ForeignKey("dossiers.id"), primary_key=True)
    name = db.Column(db.Text)
    phone = db.Column(db.String)
    email = db.Column(db.String)
    form = db.Column(JSONB)


class Document(db.Model):  # type: ignore[name-defined,misc]
    __tablename__ = "documents"
    id = db.Column(BigInteger, primary_key=True)
    dossier_id = db.Column(BigInteger, db.ForeignKey("dossiers.id"))
    key = db.Column(db.String)
    original = db.Column(db.Integer)
    certified = db.Column(db.Integer)
    copy = db.Column(db.Integer)
    removed_at = db.Column(Moment)


class Fee(db.Model):  # type: ignore[name-defined,misc]
    __tablename__ = "fees"
    dossier_id = db.Column(BigInteger, db.ForeignKey("dossiers.id"), primary_key=True)
    key = db.Column(db.String, primary_key=True)
    vnd = db.Column(db.Integer)
    settled_at = db.Column(Moment)


class JournalEntry(db.Model):  # type: ignore[name-defined,misc]
    __tablename__ = "journal"
    dossier_id = db.Column(BigInteger, db.ForeignKey("dossiers.id"), primary_key=True)
    number = db.Column(db.Integer, primary_key=True, autoincrement=False)
    at = db.Column(Moment)
    act = db.Column(db.String)
    actor = db.Column(db.String)
    body = db.Column(db.Text)
    hash = db.Column(db.String)


class JournalPrivate(db.Model):  # type: ignore[name-defined,misc]
    __tablename__ = "journal_private"
    dossier_id = db.Column(BigInteger, primary_key=True, autoincrement=False)
    number = db.Column(db.Integer, primary_key=True, autoincrement=False)
    salt = db.Column(LargeBinary)
    data = db.Column(JSONB)


class Notice(db.Model):  # type: ignore[name-defined,misc]
    __tablename__ = "outbox"
    id = db.Column(BigInteger, primary_key=True)
    key = db.Column(db.String)
    dossier_id = db.Column(BigInteger, db.ForeignKey("dossiers.id"))
    channel = db.Column(db.String)
    recipient = db.Column(db.String)
    template = db.Column(db.String)
    data = db.Column(JSONB)
    created_at = db.Column(Moment)
    status = db.Column(db.String)
    attempts = db.Column(db.Integer)
    next_attempt_at = db.Column(Moment)


class Webhook(db.Model):  # type: ignore[name-defined,misc]
    __tablename__ = "webhooks"
    id = db.Column(BigInteger, primary_key=True)
    office = db.Column(db.String)
    active = db.Column(db.Integer)


class Clock(db.Model):  # type: ignore[name-defined,misc]
    __tablename__ = "clocks"
    dossier_id = db.Column(BigInteger, db.ForeignKey("dossiers.id"), primary_key=True)
    kind = db.Column(db.String, primary_key=True)
    subject = db.Column(db.String, primary_key=True)
    due_at = db.Column(Moment, primary_key=True)
    fired_at = db.Column(Moment)


class IdempotencyKey(db.Model):  # type: ignore[name-defined,misc]
    __tablename__ = "idempotency"
    actor = db.Column(db.String, primary_key=True)
    key = db.Column(db.String, primary_key=True)
    request_hash = db.Column(LargeBinary)
    status = db.Column(db.Integer)
    headers = db.Column(JSONB)
    body = db.Column(LargeBinary)
    created_at = db.Column(Moment)


class ActionSchema(Schema):
    action = fields.String(required=True)
    reason = fields.String(load_default=None)
    note = fields.String(load_default=None)


class DossierSchema(Schema):
    code = fields.String()
    version = fields.Integer()
    procedure = fields.String()
    state = fields.String()
    portal = fields.Integer()
    holder_office = fields.String()
    holder_role = fields.String()
    holder_id = fields.Integer()
    clock = fields.String()
    received_at = fields.DateTime()
    due_at = fields.DateTime()
    promised_at = fields.DateTime()
    finished_at = fields.DateTime()
    supplements = fields.Integer()
    applicant = fields.Nested("ApplicantSchema")


class ApplicantSchema(Schema):
    name = fields.String()
    phone = fields.String()
    email = fields.String()


def signed_in(view: Callable[..., Response]) -> Callable[..., Response]:
    @functools.wraps(view)
    def checked(*args: Any, **named: Any) -> Response:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        token = db.session.get(Token, hashlib.sha256(given.encode()).hexdigest())
        if token is None or token.revoked_at or token.expires_at < dt.datetime.now(dt.UTC):
            return _problem(401, "not signed in")
        g.person = token.person
        return view(*args, **named)

    return checked


@app.post("/api/v1/dossiers/<code>/actions")
@signed_in
def take_action(code: str) -> Response:
    asked = ActionSchema().load(request.get_json())
    key = request.headers.get("Idempotency-Key", "")
    actor = f"staff:{g.person.id}"
    earlier = db.session.get(IdempotencyKey, (actor, key))
    if earlier is not None:
        return Response(earlier.body, earlier.status, content_type="application/json")
    dossier = Dossier.query.filter_by(code=code).with_for_update().one_or_none()
    if dossier is None:
        return _problem(404, "no such dossier")
    if dossier.version != int(request.headers["If-Match"].strip('"')):
        return _problem(412, "changed meanwhile")
    step = STEPS.get((dossier.state, asked["action"]))
    if step is None:
        return _problem(409, "not possible now")
    target, role, next_role, needs_reason = step
    office = dossier.offices["handler"]
    today = dt.datetime.now(dt.UTC).date()
    if not any(one.office == office and one.role == role and one.valid_from <= today for one in g.person.memberships):
        return _problem(403, "not yours")
    if needs_reason and not asked["reason"]:
        return _problem(422, "a reason is needed")
    if not dossier.documents or any(fee.vnd < 0 for fee in dossier.fees):
        return _problem(409, "papers are missing")
    _move(dossier, asked, target, next_role, actor)
    db.session.flush()
    body = json.dumps(DossierSchema().dump(dossier)).encode()
    db.session.add(
        IdempotencyKey(
            actor=actor,
            key=key,
            request_hash=hashlib.sha256(request.get_data()).digest(),
            status=200,
            headers={},
            body=body,
            created_at=dt.datetime.now(dt.UTC),
        )
    )
    db.session.commit()
    return Response(body, 200, content_type="application/json")


def _move(dossier: Dossier, asked: dict[str, Any], target: str, next_role: str, actor: str) -> None:
    now = dt.datetime.now(dt.UTC)
    source, previous = dossier.state, dossier.head
    dossier.state, dossier.holder_role, dossier.entered_at, dossier.opened_at = target, next_role, now, None
    dossier.step_due_at, dossier.holder_id = now + dt.timedelta(days=1), None
    dossier.version += 1
    changes = {"state": target, "holder_role": next_role, "entered_at": now.isoformat()}
    entry = {"act": asked["action"], "actor": actor, "from": source, "changes": changes, "previous": previous}
    body = json.dumps(entry, sort_keys=True)
    dossier.head = hashlib.sha256(body.encode()).hexdigest()
    shared = {"dossier_id": dossier.id, "number": dossier.version}
    db.session.add(JournalEntry(**shared, at=now, act=asked["action"], actor=actor, body=body, hash=dossier.head))
    if asked["reason"]:
        db.session.add(JournalPrivate(**shared, salt=os.urandom(16), data={"reason": asked["reason"]}))
    for clock in list(dossier.clocks):
        if clock.fired_at is None and clock.kind == "step":
            dossier.clocks.remove(clock)
    dossier.clocks.append(Clock(kind="step", subject=target, due_at=dossier.step_due_at))
    for hook in Webhook.query.filter_by(active=1):
        db.session.add(
            Notice(
                key=f"{dossier.id}:{dossier.version}:dossier.state_changed:webhook:{hook.id}:webhook",
                dossier_id=dossier.id,
                channel="webhook",
                recipient=f"webhook:{hook.id}",
                template="dossier.state_changed",
                data={
                    "code": dossier.code,
                    "state": target,
                    "version": dossier.version,
                    "office": dossier.handler_office,
                },
                created_at=now,
                status="waiting",
                attempts=0,
                next_attempt_at=now,
            )
        )


def _problem(status: int, why: str) -> Response:
    db.session.rollback()
    answer = jsonify(error=why)
    answer.status_code = status
    return answer
