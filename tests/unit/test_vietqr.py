"""The text of a transfer code, its reference and amounts, read back by plain code of the tests."""

from __future__ import annotations

import datetime as dt
import re

import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from engine.rules.payments.accounts import Account, Accounts, clash
from engine.rules.payments.amounts import whole_dong
from engine.rules.payments.reference import MOST_CHARGES, numbers_of, reference_of, references_in
from engine.rules.payments.verdict import judged
from engine.rules.payments.vietqr import crc16, transfer_text
from web.qr import Qr, qr_of

BANK, NUMBER = "970415", "0011001932418"


def read_back(text: str) -> dict[str, str]:
    """The fields of EMVCo's format by their way (``38.01.00``), read without the code that writes them."""
    assert int(text[-4:], 16) == by_hand(text[:-4])
    return dict(_fields(text, ""))


def _fields(text: str, way: str) -> list[tuple[str, str]]:
    found = []
    while text:
        name, length = text[:2], int(text[2:4])
        value, text = text[4 : 4 + length], text[4 + length :]
        assert len(value) == length
        found += _fields(value, f"{way}{name}.") if f"{way}{name}" in ("38", "38.01", "62") else [(way + name, value)]
    return found


def by_hand(text: str) -> int:
    """CRC-16/CCITT-FALSE as a remainder of polynomials over the bits of the message."""
    bits = int.from_bytes(text.encode(), "big") << 16
    length = 8 * len(text.encode())
    bits ^= 0xFFFF << length
    for place in reversed(range(16, length + 16)):
        if bits >> place & 1:
            bits ^= 0x11021 << (place - 16)
    return bits & 0xFFFF


def photographed(code: Qr, scale: int = 4) -> Image.Image:
    """The picture that a browser draws of the SVG path."""
    picture = Image.new("L", (code.size * scale, code.size * scale), 255)
    draw = ImageDraw.Draw(picture)
    for x, y, width in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\3z", code.path):
        left, top = int(x) * scale, int(y) * scale
        draw.rectangle((left, top, left + int(width) * scale - 1, top + scale - 1), fill=0)
    return picture


def test_crc_of_the_published_examples() -> None:
    """The check value of CRC-16/CCITT-FALSE; Napas' example of a static code; a code of the project subiz/vietqr."""
    assert crc16(b"123456789") == by_hand("123456789") == 0x29B1
    napas = "00020101021138570010A00000072701270006970403011200110123456780208QRIBFTTA53037045802VN6304"
    assert crc16(napas.encode()) == 0xF4E5
    assert transfer_text(BANK, NUMBER, 120_000, "ung ho lu lut") == (
        "00020101021238570010A00000072701270006970415011300110019324180208QRIBFTTA"
        "530370454061200005802VN62170813ung ho lu lut6304C15C"
    )


def test_a_telephone_reads_account_amount_and_reference_from_the_picture() -> None:
    reference = reference_of(4711, 1)
    code = qr_of(transfer_text(BANK, NUMBER, 54_000, reference))
    seen = zxingcpp.read_barcodes(photographed(code))
    assert len(seen) == 1
    told = read_back(seen[0].text)
    assert told["38.00"] == "A000000727" and told["38.02"] == "QRIBFTTA"
    assert (told["38.01.00"], told["38.01.01"]) == (BANK, NUMBER)
    assert (told["53"], told["54"], told["58"], told["62.08"]) == ("704", "54000", "VN", reference)
    assert (told["00"], told["01"]) == ("01", "12")


@given(st.integers(1, 32**7 - 1), st.integers(1, MOST_CHARGES), st.integers(1, 10**10))
def test_every_charge_is_read_back(dossier: int, number: int, vnd: int) -> None:
    reference = reference_of(dossier, number)
    assert numbers_of(reference) == (dossier, number)
    told = read_back(transfer_text(BANK, NUMBER, vnd, reference))
    assert (told["54"], told["62.08"]) == (str(vnd), reference)


@given(st.integers(1, 32**7 - 1), st.integers(1, MOST_CHARGES), st.data())
def test_a_mistyped_reference_names_no_other_dossier(dossier: int, number: int, data: st.DataObject) -> None:
    told = reference_of(dossier, number)
    place = data.draw(st.integers(2, 12))
    letter = data.draw(st.sampled_from("0123456789ABCDEFGHJKMNPQRSTVWXYZ").filter(lambda one: one != told[place]))
    assert numbers_of(told[:place] + letter + told[place + 1 :]) is None
    if place < 12 and told[place] != told[place + 1]:
        assert numbers_of(told[:place] + told[place + 1] + told[place] + told[place + 2 :]) is None


@pytest.mark.parametrize("noise", ["{}", "MBVCB.77.{}.CT tu 0011", "ck {} le phi", "MCMC{}MC"])
def test_a_reference_is_found_in_what_banks_make_of_it(noise: str) -> None:
    told = reference_of(99, 3)
    for written in (told, told.lower(), f"{told[:6]} {told[6:]}", f"{told[:5]}-{told[5:9]}.{told[9:]}"):
        assert references_in(noise.format(written)) == (told,)


@pytest.mark.parametrize(
    "wrong",
    [("970415", "1", 0, "A"), ("970415", "1", 5, ""), ("970415", "1", 5, "ủng hộ"), ("970415", "1" * 99, 5, "A")],
)
def test_what_does_not_fit_is_refused(wrong: tuple[str, str, int, str]) -> None:
    with pytest.raises(ValueError, match=r"transfer|field"):
        transfer_text(*wrong)


@given(st.integers(-(10**12), 10**12))
def test_amounts_in_every_form_of_banks(vnd: int) -> None:
    sign, plain = ("-" if vnd < 0 else ""), abs(vnd)
    dots, commas = f"{plain:,}".replace(",", "."), f"{plain:,}"
    for told in (str(plain), dots, commas, f"{dots},00", f"{commas}.00", dots.replace(".", " "), f"{commas} VND"):
        assert whole_dong(sign + told) == vnd
        assert whole_dong(f"({told})") == -plain


@pytest.mark.parametrize(
    "told", ["", "-", "abc", "1.2.3", "1,5", "1.234,567", "--5", "(-5)", "5,-", "1e5", "٣", "1" * 16]
)
def test_what_is_no_amount_of_whole_dong(told: str) -> None:
    assert whole_dong(told) is None


@given(
    st.integers(1, 200), st.integers(1, 100), st.integers(0, 100), st.integers(0, 60), st.integers(0, 60), st.booleans()
)
def test_no_dong_is_lost_by_a_verdict(vnd: int, charged: int, before: int, one: int, two: int, ended: bool) -> None:
    found = judged(vnd, charged, before, {"a": one, "b": two}, ended=ended)
    assert sum(found.parts.values()) + found.surplus == vnd
    assert found.parts.get("a", 0) <= one and found.parts.get("b", 0) <= two


def test_an_office_has_one_account_a_day() -> None:
    def account(first: str, last: str | None = None, office: str = "A") -> Account:
        until = dt.date.fromisoformat(last) if last else None
        return Account(
            office=office,
            bin=BANK,
            number=NUMBER,
            holder="X",
            bank="Y",
            valid_from=dt.date.fromisoformat(first),
            valid_to=until,
        )

    known = Accounts((account("2026-01-01", "2026-07-01"), account("2026-07-01"), account("2026-01-01", office="B")))
    assert known.of("A", dt.date(2026, 6, 30)) is known.all[0]
    assert known.of("A", dt.date(2026, 7, 1)) is known.all[1]
    assert known.of("A", dt.date(2025, 12, 31)) is None and known.of("C", dt.date(2026, 7, 1)) is None
    assert clash(known.all[:1], account("2026-06-30")) is known.all[0]
    assert clash(known.all[:1], account("2026-07-01")) is None
