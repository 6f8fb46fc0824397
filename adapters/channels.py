"""Chooses the adapter of each notice channel from the settings; used by ``cli.compose``."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from adapters.public_address import place_of
from engine.errors import wrong
from engine.ports import DeliveryFailed, Message, Notifier
from engine.settings import Settings

_SETTINGS = {"email": "MOTCUA_SMTP_URL or MOTCUA_NOTICE_FILE", "sms": "MOTCUA_SMS_URL or MOTCUA_NOTICE_FILE"}


class ChannelNotifier:
    """Notifier that hands each message to the adapter of its channel."""

    def __init__(self, adapters: Mapping[str, Notifier]) -> None:
        self._adapters = dict(adapters)

    def send(self, message: Message) -> str:
        """Sends by the channel's adapter; returns its reference. Raises DeliveryFailed.

        For a channel without an adapter the failure is temporary, since an operator may set it up later.
        """
        adapter = self._adapters.get(message.channel)
        if adapter is None:
            setting = _SETTINGS.get(message.channel)
            why = f"set {setting}" if setting else "this installation has no adapter for this channel"
            raise DeliveryFailed(permanent=False, channel=message.channel, why=why)
        return adapter.send(message)


def notifier_from(settings: Settings, *, echo: Callable[[str], None] | None = None) -> ChannelNotifier:
    """The notifier of this installation: e-mail by SMTP and SMS by the gateway where set, webhooks always.

    Without those settings, e-mail and SMS go into the notice file where that is set. ``echo`` is called with a line for
    each notice in the file. Raises a Refusal on a wrong setting.
    """
    # late: the worker alone sends, and their libraries take a tenth of the start of a command
    from adapters.email import EmailNotifier
    from adapters.notice_file import FileNotifier
    from adapters.sms import SmsNotifier
    from adapters.webhook import WebhookNotifier

    adapters: dict[str, Notifier] = {"webhook": WebhookNotifier(allow_private=settings.webhook_allow_private)}
    if settings.notice_file is not None:
        sink = FileNotifier(settings.notice_file, echo=echo)
        adapters |= {"email": sink, "sms": sink}
    if settings.smtp_url is not None:
        adapters["email"] = EmailNotifier(settings.smtp_url, settings.mail_from)
    if settings.sms_webhook_url is not None:
        adapters["sms"] = SmsNotifier(settings.sms_webhook_url)
    return ChannelNotifier(adapters)


def receiver_check(settings: Settings) -> Callable[[str], None]:
    """The check of a webhook's URL before it is added, the same as before every delivery. It raises InvalidInput."""

    def check(url: str) -> None:
        try:
            place_of(url, channel="webhook", allow_private=settings.webhook_allow_private)
        except DeliveryFailed as failed:
            why = str(failed.facts["why"])
            raise wrong(
                "url", f"không gửi được thông báo tới địa chỉ này ({why})", f"cannot be used: {why}"
            ) from failed

    return check
