"""Sends notices by SMS, through an HTTP gateway.

Operators have no common protocol for sending an SMS. So the notice goes as ``{"to", "text"}``, signed like a webhook,
to one URL: the gateway of the office's own operator (a brand-name SMS service, or a few lines that translate). The
gateway de-duplicates by ``webhook-id``.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import unquote, urlsplit, urlunsplit

import orjson

from adapters.webhook import post_signed, usable_secret
from engine.ports import DeliveryFailed, Message
from engine.rules.values.telephones import international
from engine.rules.values.wrong_value import WrongValue
from engine.setting_values import WrongSetting

_FEWEST_SIGNS = 10
"""Shorter numbers are those of services, which receive no SMS."""


class SmsNotifier:
    """Notifier for ``sms``: ``message.address`` is a telephone number, ``message.body`` the text.

    The gateway may have a private address and use plain http, since its URL is the office's own setting. An answer of
    410 means that this number will never accept an SMS.
    """

    def __init__(self, url: str, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        """``url`` is ``https://:SECRET@host/path``, the secret (``whsec_…``) percent-encoded. Raises WrongSetting."""
        parts = urlsplit(url)
        self._secret = unquote(parts.password or "")
        if not usable_secret(self._secret):
            raise WrongSetting(
                name="MOTCUA_SMS_URL",
                why="it needs the signing secret shared with the gateway: https://:whsec_…@host/path",
            )
        self._url = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
        self._now = now

    def send(self, message: Message) -> str:
        """Hands the text to the gateway once; returns the ``id`` of its answer or ''. Raises DeliveryFailed."""
        try:
            number = international(message.address)
        except WrongValue:
            number = ""
        if len(number) < _FEWEST_SIGNS:
            raise DeliveryFailed(permanent=True, channel="sms", why="it is not a telephone number")
        return post_signed(
            self._url,
            orjson.dumps({"to": number, "text": message.body}),
            key=message.key,
            secret=self._secret,
            channel="sms",
            at=self._now(),
            allow_private=True,
        )
