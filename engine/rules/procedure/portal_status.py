"""The ten status codes of the National Public Service Portal; every state of every workflow maps to exactly one.

The names are those in public code bases of provinces, of which three independent ones agree.
"""

from __future__ import annotations

import enum

from engine.text import Text


class PortalStatus(enum.IntEnum):
    """A status code, with its name in both languages (``text``) and its meaning for the dossier.

    >>> PortalStatus(5).text.en, PortalStatus.SUPPLEMENT.asks, PortalStatus.SUPPLEMENT.ended
    ('Supplement requested', True, False)
    """

    REGISTERED = 1
    RECEIVED = 2
    REFUSED = 3
    IN_PROCESS = 4
    SUPPLEMENT = 5
    OBLIGATION = 6
    WITHDRAWN = 7
    STOPPED = 8
    READY = 9
    RETURNED = 10

    @property
    def text(self) -> Text:
        """The name of the status."""
        return _NAMES[self]

    @property
    def ended(self) -> bool:
        """Whether processing has ended, with or without a result."""
        return self in _ENDED

    @property
    def settled(self) -> bool:
        """Whether processing has ended and counts in reports of ended dossiers; a refusal at intake does not count."""
        return self.ended and self is not PortalStatus.REFUSED

    @property
    def asks(self) -> bool:
        """Whether the reason of the last step is addressed to the applicant."""
        return self in _ASKS


_ENDED = frozenset(
    {
        PortalStatus.REFUSED,
        PortalStatus.WITHDRAWN,
        PortalStatus.STOPPED,
        PortalStatus.READY,
        PortalStatus.RETURNED,
    }
)
_ASKS = frozenset({PortalStatus.REFUSED, PortalStatus.SUPPLEMENT, PortalStatus.OBLIGATION, PortalStatus.STOPPED})
_NAMES = {
    PortalStatus.REGISTERED: Text(vi="Mới đăng ký", en="Newly registered"),
    PortalStatus.RECEIVED: Text(vi="Được tiếp nhận", en="Received"),
    PortalStatus.REFUSED: Text(vi="Không được tiếp nhận", en="Refused at intake"),
    PortalStatus.IN_PROCESS: Text(vi="Đang xử lý", en="In process"),
    PortalStatus.SUPPLEMENT: Text(vi="Yêu cầu bổ sung giấy tờ", en="Supplement requested"),
    PortalStatus.OBLIGATION: Text(vi="Yêu cầu thực hiện nghĩa vụ tài chính", en="Financial obligation to be met"),
    PortalStatus.WITHDRAWN: Text(vi="Công dân yêu cầu rút hồ sơ", en="Withdrawn by the applicant"),
    PortalStatus.STOPPED: Text(vi="Dừng xử lý", en="Processing stopped"),
    PortalStatus.READY: Text(vi="Đã xử lý xong", en="Result ready"),
    PortalStatus.RETURNED: Text(vi="Đã trả kết quả", en="Result returned"),
}
