"""The settings of payments: the gateway, and whether receipts of the counter are numbered."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.security.signed_callback import usable_secret
from engine.setting_values import WrongSetting, address, flag


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentSettings:
    """``url`` is the gateway's address, None where none is connected; ``secrets`` sign its callbacks, newest first."""

    url: str | None
    token: str | None = field(repr=False)
    secrets: tuple[str, ...] = field(repr=False)
    receipt_numbers: bool


def payments_from(environment: Mapping[str, str]) -> PaymentSettings:
    """What the environment says (names in docs/operations.md). Raises WrongSetting."""
    url = address(environment, "MOTCUA_PAYMENT_URL", ("https://", "http://"))
    secrets_ = tuple(one for one in environment.get("MOTCUA_PAYMENT_SECRETS", "").split(",") if one)
    if any(not usable_secret(one) for one in secrets_):
        raise WrongSetting(name="MOTCUA_PAYMENT_SECRETS", why="each must be whsec_ and base64 of 24 bytes or more")
    token = environment.get("MOTCUA_PAYMENT_TOKEN") or None
    if url and not (token and secrets_):
        raise WrongSetting(name="MOTCUA_PAYMENT_URL", why="it needs MOTCUA_PAYMENT_TOKEN and MOTCUA_PAYMENT_SECRETS")
    if token and not re.fullmatch(r"[!-~]{8,500}", token):
        raise WrongSetting(name="MOTCUA_PAYMENT_TOKEN", why="it must be 8 to 500 printable ASCII characters")
    numbers = flag(environment, "MOTCUA_RECEIPT_NUMBERS", False)
    return PaymentSettings(url=url.rstrip("/") if url else None, token=token, secrets=secrets_, receipt_numbers=numbers)
