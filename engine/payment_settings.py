"""The settings of payments: the gateway, and whether receipts of the counter are numbered."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentSettings:
    """``url`` is the gateway's address, None where none is connected; ``secrets`` sign its callbacks, newest first."""

    url: str | None
    token: str | None = field(repr=False)
    secrets: tuple[str, ...] = field(repr=False)
    receipt_numbers: bool
