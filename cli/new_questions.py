"""The questions of ``motcua workflows new``: each is asked once, and again where its answer cannot be used."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

import click

from cli.output import Day, language, say
from engine.clock import civil_day, utc_now
from engine.errors import Conflict, Refusal
from engine.rules.territory.units import Level
from engine.text import Text
from workflows.offices import read_bodies
from workflows.schema import PROCEDURE_CODE
from workflows.shapes import matches

LEVELS: tuple[Level, ...] = ("commune", "province")
_OTHER = "KHAC"


class AnswerMissing(Refusal):
    """A command that cannot ask lacks an answer."""

    code = "answer-missing"
    vi = "Chưa có {options}: ghi trong lệnh, hoặc chạy trong cửa sổ dòng lệnh để được hỏi."
    en = "Missing {options}: give them on the command line, or run this in a terminal to be asked."


class WorkflowKnown(Conflict):
    """There is a workflow file of this procedure."""

    code = "workflow-known"
    vi = "Thủ tục {procedure} đã có tệp quy trình. Sửa tệp đó và tăng version."
    en = "Procedure {procedure} has a workflow file. Change that one and raise its version."


@dataclass(frozen=True, slots=True)
class Known:
    """What the answers are held against: the procedures that have a file, and the fields of administration."""

    procedures: Collection[str]
    sectors: Mapping[str, Text]


@dataclass(frozen=True, slots=True)
class _Question:
    """One question. ``default`` None: it must be answered. ``told`` is said before it is asked."""

    name: str
    words: Text
    default: Any = None
    kind: Any = None
    told: tuple[Text, ...] = ()


def answered(given: Mapping[str, Any], known: Known) -> dict[str, Any]:
    """The options, with answers for those that were not given. Raises AnswerMissing where nobody can be asked."""
    answers, asks = dict(given), at_a_terminal()
    empty = (None, (), "")
    if not asks:
        needed = [one.name for one in _questions(answers, known) if one.default is None]
        lacking = [name for name in needed if answers[name] in empty]
        if lacking:
            raise AnswerMissing(options=["PROCEDURE" if name == "procedure" else f"--{name}" for name in lacking])
    elif answers["procedure"]:
        must_be_new(str(answers["procedure"]).strip(), known)
    names = [one.name for one in _questions(answers, known)]
    for name in names:
        if answers[name] in (None, ()):
            question = next(one for one in _questions(answers, known) if one.name == name)
            answers[name] = _ask(question) if asks else question.default
    return answers


def must_be_new(procedure: str, known: Known) -> None:
    """Requires a code without a workflow file. Raises WorkflowKnown."""
    if procedure in known.procedures:
        raise WorkflowKnown(procedure=procedure)


def bodies_of(level: str) -> tuple[str, ...]:
    """The kinds of offices on a level."""
    return tuple(sorted({one.body for one in read_bodies() if one.level == level}))


def at_a_terminal() -> bool:
    return sys.stdin.isatty()


def _questions(answers: Mapping[str, Any], known: Known) -> tuple[_Question, ...]:
    level = answers["level"] or LEVELS[0]
    fields = {**known.sectors, _OTHER: Text("lĩnh vực khác", "another field")}
    sectors = tuple(Text(f"  {code}: {name.vi}", f"  {code}: {name.en}") for code, name in sorted(fields.items()))
    return (
        _Question(
            "procedure",
            Text("Mã thủ tục, như 1.013225", "Code of the procedure, such as 1.013225"),
            kind=_checked(lambda code: _code_fault(code, known)),
        ),
        _Question("name", Text("Tên tiếng Việt", "Name in Vietnamese")),
        _Question("english", Text("Tên tiếng Anh", "Name in English"), ""),
        _Question(
            "legal",
            Text("Căn cứ pháp lý, cách nhau bằng dấu phẩy", "Legal references, separated by commas"),
            kind=_list,
        ),
        _Question("sector", Text("Mã lĩnh vực", "Code of the field"), _OTHER, told=sectors),
        _Question(
            "days",
            Text("Thời hạn, ngày làm việc (0: trong ngày)", "Time limit in working days (0: the same day)"),
            kind=click.IntRange(0, 365),
        ),
        _Question("fee", Text("Phí, lệ phí, đồng (0: không)", "Fee in đồng (0: none)"), 0, click.IntRange(0)),
        _Question("level", Text("Cấp giải quyết", "Level that decides"), LEVELS[0], click.Choice(LEVELS)),
        _Question(
            "body",
            Text("Loại cơ quan giải quyết", "Kind of the office that decides"),
            "authority",
            click.Choice(bodies_of(level)),
        ),
        _Question("first_day", Text("Ngày đầu áp dụng", "First day"), _tomorrow(), Day()),
    )


def _ask(question: _Question) -> Any:
    for line in question.told:
        click.echo(say(line.vi, line.en), err=True)
    words, plain = say(question.words.vi, question.words.en), question.kind
    named: dict[str, Any] = {"value_proc": plain} if callable(plain) and not isinstance(plain, click.ParamType) else {}
    kind = None if named else plain
    return click.prompt(words, default=question.default, type=kind, err=True, **named)


def _tomorrow() -> dt.date:
    return civil_day(utc_now()) + dt.timedelta(days=1)


def _checked(fault: Callable[[str], str | None]) -> Callable[[str], str]:
    """Reads an answer; one with a fault is asked for again."""

    def read(answer: str) -> str:
        wrong = fault(answer.strip())
        if wrong is not None:
            raise click.UsageError(wrong)
        return answer.strip()

    return read


def _code_fault(code: str, known: Known) -> str | None:
    if not matches(PROCEDURE_CODE.pattern, code):
        return say(
            f'"{code}" không phải mã thủ tục: một chữ số, dấu chấm và sáu chữ số',
            f'"{code}" is no code of a procedure: a digit, a dot and six digits',
        )
    if code in known.procedures:
        return WorkflowKnown(procedure=code).sentence(language())
    return None


def _list(answer: str) -> tuple[str, ...]:
    found = tuple(one.strip() for one in answer.split(",") if one.strip())
    if not found:
        raise click.UsageError(say("cần ít nhất một căn cứ", "one reference at least is needed"))
    return found
