"""How place names are compared, and where in a text names of units may stand."""

from __future__ import annotations

import datetime as dt
import unicodedata

import pytest

from engine.rules.territory.place_index import LONGEST_NAME, SPANS_PER_UNIT, Claim, Hit, PlaceIndex, claims_of
from engine.rules.territory.place_names import KindWords, bare_alias, bare_key, kind_words, marked_key, slug, words_of
from engine.rules.territory.units import Level, Unit

D24, D25 = dt.date(2024, 1, 1), dt.date(2025, 1, 1)
CITY, DISTRICT, COMMUNE = frozenset({"district", "province"}), frozenset({"district"}), frozenset({"commune"})
PROVINCE = frozenset({"province"})


@pytest.mark.parametrize(
    ("text", "size", "levels", "weak"),
    [
        *((text, 2, CITY, False) for text in ("thành phố X", "Thanh pho X", "THÀNH PHỐ X")),
        *((text, 1, CITY, False) for text in ("tp X", "TP. X", "T.P. X", "t. p. X", "tphcm", "TPHCM")),
        *((text, 1, PROVINCE, weak) for text, weak in (("tỉnh X", False), ("T. Cao", True), ("province X", False))),
        *((text, 1, DISTRICT, weak) for text, weak in (("quận 1", False), ("Q.1", True), ("q10", True), ("Q 1", True))),
        *((text, 1, DISTRICT, weak) for text, weak in (("huyện X", False), ("H. X", True), ("district 1", False))),
        *((text, size, DISTRICT, False) for text, size in (("thị xã X", 2), ("TX X", 1), ("t.x. X", 1), ("txabc", 1))),
        *((text, 1, COMMUNE, weak) for text, weak in (("phường 1", False), ("P1", True), ("f1", True), ("x1", True))),
        *(
            (text, 1, COMMUNE, False)
            for text in ("ph 1", "ward 1", "commune X", "xã X", "xa X", "đk X", "dk X", "tt X")
        ),
        *((text, 2, COMMUNE, False) for text in ("thị trấn X", "thi tran X", "đặc khu X")),
    ],
)
def test_words_that_announce_a_kind(text: str, size: int, levels: frozenset[Level], weak: bool) -> None:
    found = kind_words(words_of(text), 0)
    assert found is not None
    assert (found.size, found.levels, found.weak) == (size, levels, weak)


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("thành phố", ("thanh_pho", "thanh_pho_tw")),
        ("tp", ("thanh_pho", "thanh_pho_tw")),
        ("district", ("quan", "huyen", "thi_xa", "thanh_pho")),
        ("quận", ("quan",)),
        ("huyện", ("huyen",)),
        ("thị xã", ("thi_xa",)),
        ("tx", ("thi_xa",)),
        ("phường", ("phuong",)),
        ("ward", ("phuong",)),
        ("xã", ("xa",)),
        ("commune", ("xa",)),
        ("thị trấn", ("thi_tran",)),
        ("tt", ("thi_tran",)),
        ("đặc khu", ("dac_khu",)),
        ("tỉnh", ("tinh",)),
    ],
)
def test_the_kinds_that_they_announce(text: str, kinds: tuple[str, ...]) -> None:
    found = kind_words(words_of(text), 0)
    assert found == KindWords(len(text.split()), kinds, weak=False)


@pytest.mark.parametrize("text", ["xá", "quẩn", "thành, phố", "thành phổ", "thí xã", "thanh", "phượng", "", "đường"])
def test_words_that_announce_nothing(text: str) -> None:
    assert kind_words(words_of(text), 0) is None


def test_two_words_go_before_one_and_the_end_of_the_text_is_no_word() -> None:
    words = words_of("số 1 thị xã")
    assert [kind_words(words, at) and kind_words(words, at).size for at in range(5)] == [None, None, 2, 1, None]  # type: ignore[union-attr]
    assert kind_words(words_of("xã thị"), 1) is None


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_words_know_whether_a_part_begins_with_them(form: str) -> None:
    words = words_of(unicodedata.normalize(form, "Số 05, đường  Lê-Lợi;(P.1)\n Ðà Nẵng"))
    assert [(word.text, word.first) for word in words] == [
        *(("số", True), ("05", False), ("đường", True), ("lê", False), ("lợi", False)),
        *(("p", True), ("1", False), ("đà", True), ("nẵng", False)),
    ]
    assert [word.bare for word in words] == ["so", "5", "duong", "le", "loi", "p", "1", "da", "nang"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        *(
            ("Hòa Bình", "Hoà Bình"),
            ("Mỹ Quý", "Mĩ Quí"),
            ("Kỳ Sơn", "Kì Sơn"),
            ("Ea H'leo", "Ea Hleo"),
            ("P 01", "P 1"),
        ),
        *(("Đắk Lắk", "ĐẮK LẮK"), ("Lê Lợi", "lê  lợi"), ("Thuỷ", "Thủy"), ("Ea H’leo", "Ea Hʼleo"), ("Q 000", "Q 0")),
    ],
)
def test_spellings_that_mean_the_same(one: str, other: str) -> None:
    assert marked_key(words_of(one)) == marked_key(words_of(other))
    assert bare_key(words_of(one)) == bare_key(words_of(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        *(
            ("Hòa", "Hoá"),
            ("Hỏa", "Hõa"),
            ("Hòa", "Họa"),
            ("Hoa", "Hòa"),
            ("Hỏa", "Họa"),
            ("Hóa", "Họa"),
            ("Hõa", "Họa"),
        ),
        *(("Tan", "Tân"), ("Tan", "Tăn"), ("Tân", "Tăn"), ("Tho", "Thơ"), ("Thô", "Thơ"), ("Da", "Đa"), ("Tu", "Tư")),
    ],
)
def test_names_that_only_accents_tell_apart(one: str, other: str) -> None:
    assert marked_key(words_of(one)) != marked_key(words_of(other))
    assert bare_key(words_of(one)) == bare_key(words_of(other))


def test_a_final_y_is_i_but_not_after_a_vowel_or_at_the_beginning() -> None:
    keys = {name: bare_key(words_of(name)) for name in ("Mỹ", "Quý", "Tây", "Yên", "Hòa Bình", "Lý", "Sỹ")}
    assert keys == {
        "Mỹ": "mi",
        "Quý": "qui",
        "Tây": "tay",
        "Yên": "yen",
        "Hòa Bình": "hoabinh",
        "Lý": "li",
        "Sỹ": "si",
    }
    assert bare_alias("myquy") == "miqui"
    assert marked_key(words_of("Mỹ")) == "mi4"


@pytest.mark.parametrize(
    ("token", "pieces"),
    [("p1", "p 1"), ("q10", "q 10"), ("f100", "f 100"), ("tphcm", "tp hcm"), ("ttx", "ttx"), ("ttxy", "tt xy")],
)
def test_glued_words_are_taken_apart(token: str, pieces: str) -> None:
    assert " ".join(word.text for word in words_of(token)) == pieces
    assert " ".join(word.text for word in words_of("p1000")) == "p1000", "no ward has four digits"


def test_zeros_before_a_number_are_dropped_but_not_the_last_one() -> None:
    assert [word.bare for word in words_of("Phường 01, 000, 100")] == ["phuong", "1", "0", "100"]
    assert [word.text for word in words_of("01")] == ["01"]


def test_a_name_as_workflow_files_write_it() -> None:
    assert slug("Thành phố Long  Khánh") == "thanh-pho-long-khanh"


def unit(code: str, name: str, kind: str = "xa", level: Level = "commune", **more: object) -> Unit:
    return Unit(code, level, kind, name, None, **({"valid_from": D24} | more))  # type: ignore[arg-type]


THANH, THANH_ = unit("1", "Xã Thanh An"), unit("2", "Xã Thạnh An")
WARD_1 = unit("3", "Phường 1", "phuong", aliases=("cho",))
LONG = unit("4", "Xã Một Hai Ba Bốn Năm Sáu Bảy Tám")
QUAN = unit("5", "Quận Một", "quan", "district", aliases=("quancu",))
NEWER = unit("6", "Xã Thanh An", valid_from=D25)
LIEN = unit("7", "Phường Phương Liên", "phuong")
INDEX = PlaceIndex([THANH, THANH_, WARD_1, LONG, QUAN, NEWER, LIEN])


def hits(text: str, on: dt.date | None = D24) -> list[Hit]:
    return INDEX.hits(words_of(text), on)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Xã Thanh An", ["0-3 Thanh 0 announced", "1-3 Thanh 0", "0-3 Thạnh 1 announced", "1-3 Thạnh 1"]),
        ("Thạnh An", ["0-2 Thanh 2", "0-2 Thạnh 0"]),
        ("Thành An", ["0-2 Thanh 2", "0-2 Thạnh 2"]),
        ("ở Thanh An", ["1-3 Thanh 0", "1-3 Thạnh 1"]),
        ("thanh an", ["0-2 Thanh 1", "0-2 Thạnh 1"]),
        ("Huyện Thanh An", ["1-3 Thanh 0", "1-3 Thạnh 1"]),  # announced as another kind
        ("Thanh, An", []),
        ("xã, Thanh An", ["1-3 Thanh 0", "1-3 Thạnh 1"]),
        ("1", []),
        ("phường 1", ["0-2 1 0 announced"]),
        ("phường cho", ["0-2 1 1 announced alias", "1-2 1 1 alias"]),
        ("quận cho", ["1-2 1 1 alias"]),  # an alias of another level
        ("quận cũ", ["0-2 Một 1 alias"]),
        ("một hai ba bốn năm sáu bảy tám", ["0-8 Một 0", "0-1 Một 0"]),
        ("phuong lien", ["0-2 Phương 1"]),
        ("phuong lien, xom", ["0-2 Phương 1"]),
        ("phuong lien xom", []),  # words of a kind, and then a name that is not whole
        ("Phương Liên xóm", ["0-2 Phương 0"]),
    ],
)
def test_where_names_may_stand(text: str, found: list[str]) -> None:
    told = [
        f"{hit.start}-{hit.end} {hit.unit.short_name.split()[0]} {hit.doubt}"
        + " announced" * hit.announced
        + " alias" * hit.alias
        for hit in sorted(hits(text), key=lambda hit: hit.unit.code)
    ]
    assert told == found


def test_units_that_begin_later_are_found_only_when_no_day_is_asked_for() -> None:
    found = {hit.unit for hit in hits("Xã Thanh An")}
    assert found == {THANH, THANH_}
    assert {hit.unit for hit in hits("Xã Thanh An", D25)} == {hit.unit for hit in hits("Xã Thanh An", None)}
    assert {hit.unit for hit in hits("Xã Thanh An", D25)} == {THANH, THANH_, NEWER}


def test_of_a_name_repeated_without_end_the_last_and_the_announced_ones_are_kept() -> None:
    text = "xã thanh an " + "thanh an " * 6
    places = [(hit.start, hit.announced) for hit in hits(text) if hit.unit == THANH]
    assert places == [(0, True), (11, False), (13, False)]
    assert len(places) == SPANS_PER_UNIT


def test_a_name_may_have_as_many_words_as_the_longest_and_no_more() -> None:
    assert LONGEST_NAME == 8
    nine = unit("9", "Xã A B C D E F G H I")
    index = PlaceIndex([nine, unit("8", "Xã B C D E F G H I")])
    assert [hit.unit.code for hit in index.hits(words_of("a b c d e f g h i"), D24)] == ["8"]


def test_hits_overlap_when_they_share_a_word() -> None:
    one = Hit(2, 4, THANH, False, 0, False)
    shares = {span: one.overlaps(Claim(*span, COMMUNE)) for span in ((0, 2), (0, 3), (3, 4), (4, 6), (2, 4), (0, 9))}
    assert shares == {(0, 2): False, (0, 3): True, (3, 4): True, (4, 6): False, (2, 4): True, (0, 9): True}


@pytest.mark.parametrize(
    ("text", "claims"),
    [
        ("Xã Xyz Abc", [Claim(0, 3, COMMUNE)]),
        ("Xã Xyz, Quận Mười", [Claim(0, 2, COMMUNE), Claim(2, 4, DISTRICT)]),
        ("nhà ở xã Xyz", [Claim(2, 4, COMMUNE)]),  # no commas: anywhere
        ("số 1, nhà ở xã Xyz", []),  # with commas: at the beginning of a part
        ("số 1, ở Xã Thanh An", [Claim(3, 6, COMMUNE)]),  # or before a known name
        ("Xã Thanh An xóm Đông", [Claim(0, 3, COMMUNE)]),
        ("p Xyz", []),  # a lone letter says too little
        ("p 1", [Claim(0, 2, COMMUNE)]),
        ("Tỉnh lộ 8", []),
        ("Tỉnh", [Claim(0, 1, PROVINCE)]),
        ("xã xã Xyz", [Claim(0, 3, COMMUNE), Claim(1, 3, COMMUNE)]),
        ("Một, nhà", [Claim(0, 1, DISTRICT)]),  # a whole part is the name of a district
        ("nhà, Một", [Claim(1, 2, DISTRICT)]),
        ("ở Một, nhà", []),
        ("Một nhà", []),
        ("Thanh An, nhà", []),  # a commune's name alone may be a hamlet
        ("", []),
    ],
)
def test_where_a_text_says_that_a_unit_is_named(text: str, claims: list[Claim]) -> None:
    words = words_of(text)
    assert claims_of(words, INDEX.hits(words, D24)) == claims
