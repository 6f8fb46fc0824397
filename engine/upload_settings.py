"""The settings of uploads: how much a dossier takes, and the scanner for malicious programs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bound:
    """How many papers, and how many bytes of files, are taken together."""

    papers: int
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadSettings:
    """``dossier`` bounds all papers that a dossier ever got, also those taken off: their files are kept.

    ``step`` bounds what staff add until the dossier moves on, ``asked`` what the applicant sends for one request.
    ``clamd`` is the address of the scanner, None without one; ``unscanned`` takes files while it does not answer.
    """

    dossier: Bound
    step: Bound
    asked: Bound
    clamd: str | None
    clamd_seconds: int
    unscanned: bool
