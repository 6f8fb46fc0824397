"""What is to be paid now, and the charges by which it can be paid from elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, select

from engine.dossier.case import Case
from engine.rules.payments.accounts import Account
from engine.rules.procedure.portal_status import PortalStatus
from engine.store.payments import charges

_VOID = frozenset({PortalStatus.REFUSED, PortalStatus.WITHDRAWN, PortalStatus.STOPPED})


def payable(case: Case) -> dict[str, int]:
    """What is due now, đồng by key: while the dossier is worked on, not yet what is paid at the return."""
    ended, fees = PortalStatus(case.row["portal"]).ended, case.release.fees
    due = {fee.key: fee.due for fee in case.money().fees if fee.due}
    return {key: vnd for key, vnd in due.items() if ended or key not in fees or fees[key].collect != "on_return"}


def receiving_account(case: Case) -> Account | None:
    """The account of the office that the applicant deals with today; None where transfers are not taken."""
    return case.unit.runtime.accounts.of(case.counter, case.today)


def ended_without_result(case: Case) -> bool:
    """Whether the dossier was refused, withdrawn or stopped, so that nothing is asked for any more."""
    return PortalStatus(case.row["portal"]) in _VOID


def charges_of(connection: Connection, dossier_id: int) -> Sequence[Row[*tuple[Any, ...]]]:
    """The charges of a dossier, oldest first."""
    mine = select(charges).where(charges.c.dossier_id == dossier_id).order_by(charges.c.number)
    return connection.execute(mine).all()


def is_current(charge: Row[*tuple[Any, ...]], parts: dict[str, int], account: Account) -> bool:
    """Whether a charge asks for exactly this, to this account."""
    same_account = (charge.bin, charge.account) == (account.bin, account.number)
    return charge.status == "open" and charge.parts == parts and same_account
