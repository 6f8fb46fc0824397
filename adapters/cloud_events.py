"""Carries CloudEvents 1.0 over HTTP, in structured or in binary mode (the HTTP protocol binding of CloudEvents)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import orjson

_PLAIN = "".join(chr(sign) for sign in range(0x21, 0x7F) if chr(sign) not in '"%')
"""What stands in a header as it is; everything else is percent-encoded (section 3.1.3.2 of the binding)."""


def structured(event: Mapping[str, Any]) -> tuple[dict[str, str], bytes]:
    """Headers and body: the body is the whole event."""
    return {"content-type": "application/cloudevents+json; charset=utf-8"}, orjson.dumps(event)


def binary(event: Mapping[str, Any]) -> tuple[dict[str, str], bytes]:
    """Headers and body: the attributes are headers, and the body is the data alone.

    >>> binary({"id": "1", "subject": "H22 đ", "datacontenttype": "application/json", "data": {}})
    ({'ce-id': '1', 'ce-subject': 'H22%20%C4%91', 'content-type': 'application/json'}, b'{}')
    """
    headers = {
        f"ce-{name}": quote(str(value), safe=_PLAIN)
        for name, value in event.items()
        if name not in ("data", "datacontenttype")
    }
    return headers | {"content-type": event["datacontenttype"]}, orjson.dumps(event["data"])
