"""What a rule of the format is."""

from __future__ import annotations

from typing import Literal, NamedTuple

Severity = Literal["error", "warning", "information"]


class Rule(NamedTuple):
    """A rule: how grave a breach is, and its sentence in both languages, a template for ``str.format``."""

    severity: Severity
    vi: str
    en: str


def error(vi: str, en: str) -> Rule:
    """A file that breaks it is refused."""
    return Rule("error", vi, en)


def warning(vi: str, en: str) -> Rule:
    """Most likely a mistake, yet a file that breaks it can be carried out."""
    return Rule("warning", vi, en)


def information(vi: str, en: str) -> Rule:
    """Worth knowing before publishing."""
    return Rule("information", vi, en)
