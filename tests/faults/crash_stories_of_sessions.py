"""The acts on how people sign in, ready to be killed in: sessions, preferences, second factor, provider's subjects."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

import pyotp

from engine.acts.staff import own_sessions, second_factor
from engine.acts.staff.idle_sessions import end_idle_sessions
from engine.acts.staff.provider_subjects import bind_subject, unbind_subjects
from engine.acts.staff.sign_in import open_session, page_token_hash, renew_hash
from engine.rules.journal.staff_entries import token_id
from engine.security.one_time_codes import SECONDS, fresh_secret
from engine.store.page_sessions import page_sessions, preferences, provider_subjects, recovery_codes, second_factors
from engine.store.people import people, tokens
from engine.store.sessions import replace_password
from engine.store.staff_journal import staff_journal
from tests.faults.crash_stage import Deed, Stage, Story
from tests.faults.crash_stories_of_staff import newcomer

_ISSUER, _WHY = "https://sso.example.vn", "theo quyết định"
_LATER = dt.timedelta(minutes=5)


def _now(stage: Stage, act: Callable[..., Any], *arguments: Any, **named: Any) -> Callable[[], Any]:
    return stage.direct(act, *arguments, now=stage.world.now, **named)


def _session(stage: Stage, person: int) -> str:
    """The hash of a session of pages that begins now."""
    token, _ = stage.world.try_act("system", open_session, person, pages=True)
    return page_token_hash(token)


def totp_code(secret: str, at: dt.datetime) -> str:
    """The code of a second factor at a moment."""
    return pyotp.TOTP(secret).at(int(at.timestamp()))


def _protected(stage: Stage) -> tuple[int, str, tuple[str, ...]]:
    """A newcomer with a second factor: the person, its secret and the recovery codes."""
    person, secret = newcomer(stage), fresh_secret()
    given = person, secret, totp_code(secret, stage.world.now), None
    return person, secret, stage.world.try_act("system", second_factor.set_second_factor, *given)


def _ended(stage: Stage, hashed: str) -> Callable[[], int]:
    return stage.rows(tokens, hash=hashed, revoked_at=stage.world.now)


def one_ended(stage: Stage) -> Deed:
    person = newcomer(stage)
    hashed = _session(stage, person)
    return Deed(_now(stage, own_sessions.end_session, person, token_id(hashed)), _ended(stage, hashed))


def others_ended(stage: Stage) -> Deed:
    person = newcomer(stage)
    kept, other = _session(stage, person), _session(stage, person)
    return Deed(_now(stage, own_sessions.end_sessions, person, kept), _ended(stage, other))


def idle_ended(stage: Stage) -> Deed:
    hashed = _session(stage, newcomer(stage))
    late = stage.world.now + stage.world.runtime.settings.sessions.idle + _LATER
    run = stage.direct(end_idle_sessions, now=late)
    return Deed(run, stage.rows(tokens, hash=hashed, revoked_at=late))


def noted(act: Callable[..., None], column: str) -> Callable[[Stage], Deed]:
    """What is kept of a session while it is used: the moment of now in ``column``."""

    def prepare(stage: Stage) -> Deed:
        hashed, late = _session(stage, newcomer(stage)), stage.world.now + _LATER
        return Deed(stage.direct(act, hashed, now=late), stage.rows(page_sessions, hash=hashed, **{column: late}))

    return prepare


def preferred(stage: Stage) -> Deed:
    person = newcomer(stage)
    run = _now(stage, own_sessions.prefer, person, keys_off=True, language="en")
    return Deed(run, stage.rows(people, id=person, language="en"))


def keys_switched(stage: Stage) -> Deed:
    person = newcomer(stage)
    run = _now(stage, own_sessions.switch_keys, person, off=True)
    return Deed(run, stage.rows(preferences, person_id=person, keys_off=1))


def subject_bound(stage: Stage) -> Deed:
    person = newcomer(stage)
    run = _now(stage, bind_subject, person, _ISSUER, f"subject-{person}", _WHY)
    return Deed(run, stage.rows(provider_subjects, person_id=person))


def subjects_unbound(stage: Stage) -> Deed:
    """Two subjects of one person; none of them is left alone."""
    person = newcomer(stage)
    for subject in ("a", "b"):
        stage.world.try_act("system", bind_subject, person, _ISSUER, f"{subject}-{person}", _WHY)
    run = _now(stage, unbind_subjects, person, _WHY)
    return Deed(run, lambda: 1 - stage.number(provider_subjects, person_id=person) // 2)


def factor_set(stage: Stage) -> Deed:
    """The session that was opened with one factor ends with it."""
    person, secret = newcomer(stage), fresh_secret()
    other, kept = _session(stage, person), _session(stage, person)
    run = _now(stage, second_factor.set_second_factor, person, secret, totp_code(secret, stage.world.now), kept)
    return Deed(run, _ended(stage, other))


def code_taken(stage: Stage) -> Deed:
    person, secret, _ = _protected(stage)
    late = stage.world.now + _LATER
    run = stage.direct(second_factor.take_code, person, totp_code(secret, late), now=late)
    return Deed(run, stage.rows(second_factors, person_id=person, last_step=int(late.timestamp()) // SECONDS))


def recovery_code_taken(stage: Stage) -> Deed:
    person, _, codes = _protected(stage)
    run = _now(stage, second_factor.take_code, person, codes[0])
    return Deed(run, stage.rows(recovery_codes, person_id=person, used_at=stage.world.now))


def codes_given_afresh(stage: Stage) -> Deed:
    person, *_ = _protected(stage)
    run = _now(stage, second_factor.fresh_recovery_codes, person)
    return Deed(run, stage.rows(staff_journal, act="fresh-recovery-codes", subject=person))


def factor_removed(stage: Stage) -> Deed:
    person, *_ = _protected(stage)
    run = _now(stage, second_factor.remove_second_factor, person, _WHY)

    def count() -> int:
        left = stage.number(second_factors, person_id=person), stage.number(recovery_codes, person_id=person)
        return int(left == (0, 0))

    return Deed(run, count)


def hash_renewed(stage: Stage) -> Deed:
    person, stored, fresh = newcomer(stage), "an outdated hash", "$argon2id$v=19$m=65536,t=3,p=4$bWF1$bWF1"
    stage.world.try_act("system", lambda unit: replace_password(unit.begin(), person, stored))
    return Deed(_now(stage, renew_hash, person, stored, fresh), stage.rows(people, id=person, password=fresh))


_OWN, _FACTOR = "staff.own_sessions", "staff.second_factor"
STORIES_OF_SESSIONS: Mapping[str, Story] = {
    "end a session": Story({f"{_OWN}.end_session"}, one_ended),
    "end the other sessions": Story({f"{_OWN}.end_sessions", f"{_OWN}.end_others"}, others_ended),
    "end idle sessions": Story({"staff.idle_sessions.end_idle_sessions"}, idle_ended),
    "keep that a session is used": Story({f"{_OWN}.keep_seen"}, noted(own_sessions.keep_seen, "seen_at")),
    "keep that a person has proven it": Story({f"{_OWN}.keep_proven"}, noted(own_sessions.keep_proven, "proven_at")),
    "prefer": Story({f"{_OWN}.prefer", f"{_OWN}.switch_keys"}, preferred),
    "switch keys": Story({f"{_OWN}.switch_keys"}, keys_switched),
    "bind a subject": Story({"staff.provider_subjects.bind_subject"}, subject_bound),
    "unbind subjects": Story({"staff.provider_subjects.unbind_subjects"}, subjects_unbound),
    "set a second factor": Story({f"{_FACTOR}.set_second_factor", f"{_OWN}.end_others"}, factor_set),
    "take a code of the app": Story({f"{_FACTOR}.take_code"}, code_taken),
    "take a recovery code": Story({f"{_FACTOR}.take_code", "staff.record.record_staff"}, recovery_code_taken),
    "give fresh recovery codes": Story(
        {f"{_FACTOR}.fresh_recovery_codes"}, codes_given_afresh, again="the codes of the last time are the good ones"
    ),
    "remove a second factor": Story({f"{_FACTOR}.remove_second_factor"}, factor_removed),
    "renew a hash": Story({"staff.sign_in.renew_hash"}, hash_renewed),
}
