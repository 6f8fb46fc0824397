"""The signature of a pushed body by Standard Webhooks: the other side of what ``adapters/webhook.py`` sends.

What is signed is the id, the moment and the bytes. A moment more than ``WINDOW`` from ours is refused, so that what was
recorded on the way cannot be sent again later; sent again within the window it is the same filing, known by its key.
"""

from __future__ import annotations

import datetime as dt
import hmac
from collections.abc import Sequence

from flask import Request
from standardwebhooks.webhooks import Webhook

from engine.errors import Refusal
from server.request_body import read_body
from server.strict_json import MAX_JSON_BYTES

WINDOW = dt.timedelta(minutes=5)
_MOST_SIGNATURES = 8


class NotSigned(Refusal):
    """A pushed body is not signed with the secret of this connection, or its moment is too far from ours."""

    code = "body-not-signed"
    status = 401
    vi = "Chữ ký của nội dung gửi đến không đúng, hoặc thời điểm ký lệch quá 5 phút. Kiểm tra khóa chung và đồng hồ."
    en = "What was pushed is not signed as agreed, or five minutes off. Check the shared secret and the clock."


def signed_body(request: Request, secrets: Sequence[str], now: dt.datetime) -> bytes:
    """The bytes of a body that one of the secrets signed. Raises NotSigned, BodyTooLarge, MalformedRequest."""
    content = read_body(request, MAX_JSON_BYTES)
    identifier, told = request.headers.get("webhook-id", ""), request.headers.get("webhook-timestamp", "")
    given = request.headers.get("webhook-signature", "").split(" ")[:_MOST_SIGNATURES]
    if not (identifier and told.isascii() and told.isdigit() and len(told) <= 12):
        raise NotSigned()
    moment = dt.datetime.fromtimestamp(int(told), dt.UTC)
    if abs(moment - now) > WINDOW:
        raise NotSigned()
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        raise NotSigned() from error
    right = [Webhook(secret).sign(identifier, moment, text) for secret in secrets]
    if not any(hmac.compare_digest(one.encode(), other.encode()) for one in right for other in given):
        raise NotSigned()
    return content
