"""``motcua workflows explain``: what a rule of the linter means, why it exists, and how a breach is mended."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any

import click

from cli.output import json_option, say, show
from workflows.explanations import Explanation, explanations, severity_in_words
from workflows.explanations import explain as explained


@click.command()
@click.argument("rule", required=False, metavar="[RULE-ID]")
@json_option
def explain(rule: str | None, as_json: bool) -> None:
    """Explain the rule RULE-ID of the linter: what it means, why it exists, an example wrong and mended.

    Without RULE-ID, list every rule.
    """
    if rule is None:
        every = list(explanations().values())
        show(as_json, [_document(one) for one in every], _list(every))
    else:
        one = explained(rule)
        show(as_json, _document(one), _lines(one))


def _document(one: Explanation) -> dict[str, Any]:
    words = {
        name: {"vi": text.vi, "en": text.en}
        for name, text in (("section", one.section), ("says", one.says), ("why", one.why))
    }
    return {"rule": one.rule, "severity": one.severity, **words, "wrong": one.wrong, "mended": one.mended}


def _list(every: list[Explanation]) -> Iterator[str]:
    for section, ones in groupby(every, key=lambda one: one.section):
        yield say(section.vi, section.en)
        for one in ones:
            kind = severity_in_words(one.severity)
            yield f"  {one.rule:<22} {say(kind.vi, kind.en):<12} {say(one.says.vi, one.says.en)}"
        yield ""


def _lines(one: Explanation) -> Iterator[str]:
    kind = severity_in_words(one.severity)
    yield f"{one.rule} ({say(kind.vi, kind.en)}; {say(one.section.vi, one.section.en)})"
    yield say(one.says.vi, one.says.en)
    yield ""
    yield say(f"Vì sao: {one.why.vi}", f"Why: {one.why.en}")
    for title, text in ((say("Sai:", "Wrong:"), one.wrong), (say("Đúng:", "Mended:"), one.mended)):
        if text:
            yield ""
            yield title
            yield from (f"    {line}" for line in text.splitlines())
