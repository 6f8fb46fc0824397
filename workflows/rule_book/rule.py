"""The type of a rule of the format: its severity and its sentences. ``error`` and ``warning`` make most of them."""

from __future__ import annotations

from typing import Literal, NamedTuple

Severity = Literal["error", "warning", "information"]


class Rule(NamedTuple):
    """A rule: the severity of a finding, and its sentence in both languages, a template for ``str.format``."""

    severity: Severity
    vi: str
    en: str


def error(vi: str, en: str) -> Rule:
    """A rule whose breach makes the file refused."""
    return Rule("error", vi, en)


def warning(vi: str, en: str) -> Rule:
    """A rule whose breach is most likely a mistake; the file can still be used."""
    return Rule("warning", vi, en)


def information(vi: str, en: str) -> Rule:
    """A rule whose finding should be read before publishing."""
    return Rule("information", vi, en)
