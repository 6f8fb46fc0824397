"""What connects an installation with its bank and its payment gateway: accounts, mapping, adapter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from engine.connection_ports import Gateway
from engine.rules.payments.accounts import Accounts
from engine.rules.payments.wire import Wire
from engine.settings import Settings
from workflows.connections.accounts_file import read_accounts


@dataclass(frozen=True, slots=True)
class PaymentSetup:
    """``wire`` and ``gateway`` are None where payments from elsewhere are not taken."""

    accounts: Accounts
    wire: Wire | None
    gateway: Gateway | None


def accounts_path(environment: Mapping[str, str]) -> Path | None:
    """The installation's table of accounts, which may not be there; None without a folder of its own."""
    content = environment.get("MOTCUA_CONTENT")
    return Path(content).absolute() / "connections" / "accounts.csv" if content else None


def mapping_path(environment: Mapping[str, str]) -> Path:
    """The mapping file: the installation's own, else the shipped one."""
    from workflows.connections.mapping_file import SHIPPED  # late: most installations take no payments from elsewhere

    content = environment.get("MOTCUA_CONTENT")
    own = Path(content).absolute() / "connections" / "payments.yaml" if content else None
    return own if own is not None and own.is_file() else SHIPPED


def payment_setup(settings: Settings, environment: Mapping[str, str]) -> PaymentSetup:
    """Reads both files and makes the adapter. Raises BadAccounts, BadMapping."""
    path = accounts_path(environment)
    accounts = read_accounts(path) if path is not None else Accounts()
    if not accounts.all and settings.payments.url is None:
        return PaymentSetup(accounts, None, None)
    from workflows.connections.mapping_file import read_mapping

    wire, gateway = read_mapping(mapping_path(environment)), None
    if settings.payments.url is not None:
        from adapters.payment_gateway import HttpGateway  # late: few installations have one

        gateway = HttpGateway(settings.payments.url, settings.payments.token or "", wire)
    return PaymentSetup(accounts, wire, gateway)
