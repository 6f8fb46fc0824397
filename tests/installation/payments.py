"""An installation that takes payments from elsewhere: the accounts of its offices, the shipped mapping, a gateway."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from engine.connection_ports import Gateway
from engine.rules.payments.accounts import Account, Accounts
from engine.rules.payments.wire import Paid
from engine.transaction import Runtime
from workflows.connections.mapping_file import read_mapping

SECRET = "whsec_" + "A" * 40
BANK = "970415"
NUMBER = "0011001932418"


def account(office: str, **changes: Any) -> Account:
    """An account of an office since the beginning of 2026."""
    usual: dict[str, Any] = {
        "office": office,
        "bin": BANK,
        "number": NUMBER,
        "holder": "TRUNG TAM MAU",
        "bank": "Ngân hàng Mẫu",
        "valid_from": dt.date(2026, 1, 1),
    }
    return Account(**(usual | changes))


def taking_payments(runtime: Runtime, *offices: str, gateway: Gateway | None = None) -> Runtime:
    """The same runtime, whose offices have one account together."""
    accounts = Accounts(tuple(account(one) for one in offices))
    return replace(runtime, accounts=accounts, wire=read_mapping(), gateway=gateway)


def transfer(key: str, reference: str, vnd: int, at: dt.datetime) -> Paid:
    """What a payer's transfer tells."""
    return Paid(key=key, reference=reference, vnd=vnd, at=at)
