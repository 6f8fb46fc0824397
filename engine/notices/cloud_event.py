"""Events as CloudEvents 1.0: the attributes of an event of a dossier, whichever way it is carried.

``source`` is the address of the dossier, and ``sequence`` (a documented extension) the number of its journal entry in
ten digits: within a source, the order of the texts is the order of the changes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final

from engine.ports import Message

STANDARD: Final = "standard"
STRUCTURED: Final = "cloudevents"
BINARY: Final = "cloudevents-binary"
FORMATS: Final = (STANDARD, STRUCTURED, BINARY)
"""How a webhook gets its events: the body of Standard Webhooks, or a CloudEvent in structured or in binary mode."""


def cloud_event(key: str, event: str, at: dt.datetime, facts: Mapping[str, Any], public_url: str) -> dict[str, Any]:
    """The event with its attributes and ``data``; ``key`` is that of its outbox row and the same in every attempt."""
    return {
        "specversion": "1.0",
        "id": key,
        "source": f"{public_url}/api/v1/dossiers/{facts['code']}",
        "type": event,
        "subject": facts["code"],
        "time": at.isoformat(),
        "datacontenttype": "application/json",
        "sequence": f"{facts['entry']:010d}",
        "data": dict(facts),
    }


def cloud_event_message(event: Mapping[str, Any], url: str, secret: str, form: str) -> Message:
    """The message that carries a CloudEvent to a webhook of this format."""
    key = str(event["id"])
    return Message(key, "webhook", url, subject="", body="", data=dict(event), secret=secret, form=form)
