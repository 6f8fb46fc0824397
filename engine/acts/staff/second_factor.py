"""The acts on a person's second factor: set it up, take a code, give fresh recovery codes, remove it."""

from __future__ import annotations

from sqlalchemy import delete, insert, select

from engine.acts.staff.own_sessions import end_others
from engine.acts.staff.record import record_staff
from engine.errors import Conflict, wrong
from engine.security.one_time_codes import RECOVERY_CODES, fresh_recovery_code, recovery_hash, step_of
from engine.security.sealing import seal, unseal
from engine.store.page_sessions import recovery_codes, second_factors
from engine.store.second_factors import factor_since, sealed_secret, use_recovery_code, use_step
from engine.store.staff_journal import factor_change, lock_staff
from engine.transaction import UnitOfWork


class FactorStands(Conflict):
    """The person has a second factor already; it is removed before another is set up."""

    code = "second-factor-stands"
    vi = "Tài khoản đã có xác thực hai lớp. Hãy gỡ trước khi thiết lập lại."
    en = "The account has a second factor already. Remove it before setting up another."


class NoFactor(Conflict):
    """The person has no second factor."""

    code = "no-second-factor"
    vi = "Tài khoản chưa có xác thực hai lớp."
    en = "The account has no second factor."


def set_second_factor(unit: UnitOfWork, person: int, secret: str, code: str, session: str | None) -> tuple[str, ...]:
    """Sets up the second factor, proven by a code of the app; returns the recovery codes, which are shown once.

    Every other session of the person ends: it was opened with one factor. Raises InvalidInput, FactorStands.
    """
    step = step_of(secret, code, unit.now)
    if step is None:
        raise wrong(
            "otp", "mã không đúng; hãy nhập mã đang hiện trong ứng dụng", "wrong; type the code the app shows now"
        )
    lock_staff(unit.begin())
    if factor_since(unit.begin(), person) is not None:
        raise FactorStands()
    sealed = seal(unit.runtime.settings.secret_keys[0], secret.encode(), _purpose(person))
    row = {"person_id": person, "secret": sealed, "last_step": step, "created_at": unit.now}
    unit.begin().execute(insert(second_factors), row)
    ended = end_others(unit, person, session)
    record_staff(unit, "set-second-factor", person, [factor_change(person, unit.now), *ended])
    return _fresh_codes(unit, person)


def take_code(unit: UnitOfWork, person: int, code: str) -> bool:
    """Whether this is a code of the person's app, or a recovery code; each is good once."""
    hashed = recovery_hash(code)
    if hashed is not None:
        if taken := use_recovery_code(unit.begin(), person, hashed, unit.now):
            record_staff(unit, "use-recovery-code", person, [])
        return taken
    sealed = sealed_secret(unit.begin(), person)
    keys = unit.runtime.settings.secret_keys
    plain = unseal(keys, sealed, _purpose(person)) if sealed is not None else None
    step = step_of(plain.decode(), code, unit.now) if plain is not None else None
    if plain is None or step is None:
        return False
    return use_step(unit.begin(), person, step, seal(keys[0], plain, _purpose(person)))


def fresh_recovery_codes(unit: UnitOfWork, person: int) -> tuple[str, ...]:
    """Gives new recovery codes; the earlier ones are void. Raises NoFactor."""
    if factor_since(unit.begin(), person) is None:
        raise NoFactor()
    record_staff(unit, "fresh-recovery-codes", person, [])
    return _fresh_codes(unit, person)


def remove_second_factor(unit: UnitOfWork, person: int, reason: str = "") -> None:
    """Removes the second factor and its recovery codes. Raises NoFactor."""
    gone = delete(second_factors).where(second_factors.c.person_id == person).returning(second_factors.c.person_id)
    if unit.begin().execute(gone).first() is None:
        raise NoFactor()
    unit.begin().execute(delete(recovery_codes).where(recovery_codes.c.person_id == person))
    record_staff(unit, "remove-second-factor", person, [factor_change(person, None)], reason)


def has_second_factor(unit: UnitOfWork, person: int) -> bool:
    """Whether a person has a second factor."""
    this = select(second_factors.c.person_id).where(second_factors.c.person_id == person)
    return unit.reader().execute(this).first() is not None


def _fresh_codes(unit: UnitOfWork, person: int) -> tuple[str, ...]:
    codes = tuple(fresh_recovery_code() for _ in range(RECOVERY_CODES))
    unit.begin().execute(delete(recovery_codes).where(recovery_codes.c.person_id == person))
    rows = [{"person_id": person, "hash": recovery_hash(one)} for one in codes]
    unit.begin().execute(insert(recovery_codes), rows)
    return codes


def _purpose(person: int) -> bytes:
    return f"second factor:{person}".encode()
