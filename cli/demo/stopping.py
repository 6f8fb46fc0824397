"""Ends the demonstration in order at every signal that asks for it, so that no child stays behind."""

from __future__ import annotations

import signal
from types import FrameType

ASKING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


def stop_at_signals() -> None:
    """From now on the first of these signals raises KeyboardInterrupt; later ones do not disturb the ending.

    SIGHUP stays ignored where it is, as under nohup.
    """

    def stop(_signum: int, _frame: FrameType | None) -> None:
        for number in ASKING:
            signal.signal(number, signal.SIG_IGN)
        raise KeyboardInterrupt

    for number in ASKING:
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, stop)
