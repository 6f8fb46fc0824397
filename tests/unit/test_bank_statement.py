"""Bank files in the forms of banks, what their lines are beside what is known, and the files of an installation."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.rules.payments.matching import Booked, Known, matched
from engine.rules.payments.reference import reference_of, references_in
from engine.rules.payments.statement import Statement, StatementUnreadable, read_statement
from engine.rules.payments.wire import MessageUnreadable, Paid, StatementForm, TransactionForm, paid_in

FORM = StatementForm(
    columns={
        "day": ("Ngày giao dịch", "Date"),
        "key": ("Số tham chiếu", "Reference number"),
        "text": ("Nội dung", "Description"),
        "amount": ("Số tiền",),
        "credit": ("Credit",),
        "debit": ("Debit",),
        "account": ("Số tài khoản",),
    },
    days=("%d/%m/%Y", "%d/%m/%Y %H:%M:%S", "%Y-%m-%d"),
)
ONE, TWO = reference_of(7, 1), reference_of(8, 1)
HEAD = "Ngày giao dịch;Số tham chiếu;Số tiền;Nội dung\n"
ACCOUNT = "0011001932418"


def read(text: str | bytes, account: str | None = ACCOUNT) -> Statement:
    return read_statement(text if isinstance(text, bytes) else text.encode(), FORM, account)


@pytest.mark.parametrize(
    "amount", ["54.000,00", "54,000.00", "54000", "54 000", "+54.000", "54.000 VND", '"54,000"', "54.000 đ"]
)
@pytest.mark.parametrize("bom", ["", "\ufeff"])
def test_reads_every_form_of_an_amount(amount: str, bom: str) -> None:
    found = read(f"{bom}SAO KÊ;;;\n;;;\n{HEAD}02/03/2026;FT1;{amount};nop {ONE.lower()} le phi\nTổng;;54.000;\n")
    (line,) = found.lines
    assert (line.vnd, line.day, line.reference, line.text) == (54_000, dt.date(2026, 3, 2), ONE, None)
    assert (found.doubled, found.faults) == ([], [])


def test_reads_credit_and_debit_with_commas_and_utf_16() -> None:
    text = f'Date,Reference number,Credit,Debit,Description\n2026-03-02,A1,"54,000",,{ONE}\n2026-03-02,A1,,5000,fee\n'
    found = read(text.encode("utf-16"))
    assert [(one.key, one.vnd) for one in found.lines] == [("A1", 54_000), ("A1/out", -5_000)]
    assert found.lines[1].text == "fee"


def test_doubled_lines_count_once_and_contradictions_are_faults() -> None:
    line = f"02/03/2026;FT1;54.000;{ONE}\n"
    found = read(HEAD + line + line + f"02/03/2026;FT1;55.000;{ONE}\n")
    assert [one.key for one in found.lines] == ["FT1"]
    assert found.doubled == [3] and [number for number, _ in found.faults] == [4]


@pytest.mark.parametrize(
    "line",
    [
        "02/03/0026;FT1;1;x",
        "02/03/9026;FT1;1;x",
        "02/03/2026;FT1;999999999999999;x",
        "32/03/2026;FT1;1;x",
        "02/03/2026;FT1;một;x",
        "02/03/2026;F T;1;x",
        "02/03/2026;FT1;;x",
        "02/03/2026;FT1;1,5;x",
    ],
)
def test_a_line_that_is_wrong_stops_no_other(line: str) -> None:
    found = read(f"{HEAD}{line}\n02/03/2026;FT2;5000;y\n")
    assert [one.key for one in found.lines] == ["FT2"]
    ((number, why),) = found.faults
    assert number == 2 and why.vi != why.en


@pytest.mark.parametrize("head", [HEAD, "Ngày giao dịch;Số tham chiếu;Nội dung;Số tiền\n"])
@pytest.mark.parametrize("closed", ["", '"'])
def test_a_quotation_mark_of_the_payer_loses_no_line_in_silence(head: str, closed: str) -> None:
    def row(key: str, words: str) -> str:
        return f"02/03/2026;{key};5000;{words}\n" if head == HEAD else f"02/03/2026;{key};{words};5000\n"

    found = read(head + row("FT1", "x") + row("FT2", '"Nam nop') + row("FT3", f"nop {closed}y") + row("FT4", "z"))
    assert {"FT1"} <= {one.key for one in found.lines} <= {"FT1", "FT4"}
    assert [why.vi.partition(",")[0] for _, why in found.faults] == ["dấu ngoặc kép mở mà không đóng"]


def test_words_of_several_lines_are_one_text() -> None:
    (line,) = read(f'{HEAD}02/03/2026;FT1;5000;"nop le phi\nho so, {ONE}; cam on"\n').lines
    assert line.reference == ONE


def test_a_file_without_an_account_needs_one() -> None:
    found = read(f"{HEAD}02/03/2026;FT1;5000;x\n", None)
    assert not found.lines and len(found.faults) == 1


@pytest.mark.parametrize(
    "content", [b"", b"a;b\n1;2\n", b"\xff\xff\x00", b"PK\x03\x04" * 50, b"\x00" * 9, b'"' * 200_000]
)
def test_what_is_no_bank_file_is_refused(content: bytes) -> None:
    with pytest.raises(StatementUnreadable) as caught:
        read(content)
    assert "{" not in caught.value.sentence("vi") + caught.value.sentence("en")


@given(st.binary(max_size=300))
def test_no_bytes_break_the_reader(content: bytes) -> None:
    with suppress(StatementUnreadable):
        read(HEAD.encode() + content)


def transaction(**changes: Any) -> Paid | None:
    form = TransactionForm(
        {name: name for name in ("key", "reference", "vnd", "at", "status")}, frozenset({"PAID"}), frozenset()
    )
    usual = {"key": "G1", "reference": ONE, "vnd": 54_000, "at": "2026-03-02T08:00:00+07:00", "status": "PAID"}
    return paid_in(form, usual | changes)


@pytest.mark.parametrize("vnd", [54_000, 54_000.0, "54000", "54.000", "54000.00"])
def test_an_amount_is_read_in_each_form_of_json(vnd: object) -> None:
    paid = transaction(vnd=vnd)
    assert paid is not None and paid.vnd == 54_000


@pytest.mark.parametrize("reference", ["", "nop\nle  phi\t" + ONE, "x" * 5_000, "\x00\u202e" + ONE])
def test_whatever_the_payer_wrote_the_money_has_come(reference: str) -> None:
    paid = transaction(reference=reference)
    assert paid is not None and len(paid.reference) <= 200 and (paid.reference.isprintable())
    assert references_in(paid.reference) == ((ONE,) if ONE in reference else ())


@pytest.mark.parametrize(
    "changes",
    [
        {"vnd": 54_000.5},
        {"vnd": float("inf")},
        {"vnd": 10**18},
        {"vnd": True},
        {"vnd": -1},
        {"at": "9999-12-31T23:00:00Z"},
        {"at": 1_772_413_200_000},
        {"at": -1},
        {"reference": None},
        {"reference": ["x"]},
        {"key": ""},
        {"status": "SOON"},
    ],
)
def test_what_the_mapping_does_not_say_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(MessageUnreadable):
        transaction(**changes)


def booked(key: str, vnd: int = 54_000, reference: str | None = ONE, **more: Any) -> Booked:
    return Booked(account=ACCOUNT, key=key, day=dt.date(2026, 3, 2), vnd=vnd, reference=reference, **more)


def known(number: int, vnd: int = 54_000, reference: str | None = ONE, bank_key: str | None = None) -> Known:
    day = dt.date(2026, 3, 2)
    return Known(id=number, account=ACCOUNT, day=day, vnd=vnd, reference=reference, bank_key=bank_key)


OPEN, PAID = {ONE: "open", TWO: "open"}, {ONE: "paid"}
COVERED = [(ACCOUNT, dt.date(2026, 3, 1), dt.date(2026, 3, 3))]


@pytest.mark.parametrize(
    ("lines", "ours", "charges", "kinds"),
    [
        ([booked("a")], [known(1)], PAID, ["matched"]),
        ([booked("a")], [known(1, bank_key="a")], PAID, ["matched"]),
        ([booked("a")], [], OPEN, ["missing_here"]),
        ([booked("a"), booked("b")], [known(1)], PAID, ["matched", "double"]),
        ([booked("a", 50_000)], [known(1)], PAID, ["differs"]),
        ([booked("a", 50_000), booked("b")], [known(1)], PAID, ["matched", "double"]),
        ([booked("a", reference=None)], [], OPEN, ["unknown"]),
        ([booked("a", reference=reference_of(99, 1))], [], OPEN, ["unknown"]),
        ([booked("a", -5_000, None)], [], OPEN, ["outgoing"]),
        ([booked("a", -54_000)], [known(-1, -54_000)], PAID, ["matched"]),
        ([], [known(1)], PAID, ["missing_there"]),
        ([booked("a", closed=True, reference=None)], [], OPEN, []),
        ([booked("a")], [known(1, bank_key="z")], PAID, ["double", "missing_there"]),
    ],
)
def test_each_transaction_has_its_kind(
    lines: list[Booked], ours: list[Known], charges: dict[str, str], kinds: list[str]
) -> None:
    found = matched(lines, ours, charges, COVERED)
    assert sorted(one.kind for one in found) == sorted(kinds)


def test_what_no_file_covers_is_not_missed() -> None:
    assert matched([], [known(1)], PAID, [(ACCOUNT, dt.date(2026, 3, 3), dt.date(2026, 3, 4))]) == []
    assert matched([], [known(1)], PAID, [("other", dt.date(2026, 3, 1), dt.date(2026, 3, 4))]) == []
