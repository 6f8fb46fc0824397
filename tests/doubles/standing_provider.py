"""A provider of remote signing within the process, which says what it is told to say: for pages and for deaths."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.ports import Signature
from engine.remote_signing import CallbackForged, PreparedPdf, RemoteAnswer, RemoteAnswers, RemoteDocument


@dataclass
class StandingStill:
    """A provider within the process: it says what it is told to say."""

    minutes: int = 10
    poll_seconds: int = 5
    most: int = 100
    says: dict[str, RemoteAnswer] = field(default_factory=dict)
    asked: list[tuple[RemoteDocument, ...]] = field(default_factory=list)

    def credential(self, username: str) -> str | None:
        return username

    def certificates(self, credential: str, at: dt.datetime) -> tuple[str, ...]:
        return ("pem",)

    def prepare(self, content: bytes, certificates: tuple[str, ...], *, check: str) -> PreparedPdf:
        return PreparedPdf(content=content, digest=b"d", attributes=b"a", start=0, end=1, hash="0" * 64)

    def ask(self, key: str, credential: str, documents: tuple[RemoteDocument, ...]) -> str:
        self.asked.append(documents)
        return "T-1"

    def answers(self, key: str, transaction: str) -> RemoteAnswers | None:
        return RemoteAnswers(key=key, transaction=transaction, documents=tuple(self.says.values()))

    def read_callback(self, headers: Mapping[str, str], body: bytes, now: dt.datetime) -> RemoteAnswers:
        if headers.get("x-signature") != "right":
            raise CallbackForged()
        return RemoteAnswers(key="", transaction=body.decode(), documents=tuple(self.says.values()))

    def finish(self, prepared: PreparedPdf, value: bytes, certificates: tuple[str, ...], at: dt.datetime) -> Signature:
        return Signature("PAdES", "v", "pem", content=prepared.content + b"\n%%signed\n")

    def say(self, *states: str) -> None:
        """From now on it says this of the documents, in order."""
        told = {"signed": b"raw"}
        self.says = {
            str(place): RemoteAnswer(id=str(place), state=state, value=told.get(state), reason="chưa đúng tên")  # type: ignore[arg-type]
            for place, state in enumerate(states, 1)
        }
