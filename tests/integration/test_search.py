"""Search without accents over both databases: who finds what, and that it keeps up with what happens to a dossier."""

from __future__ import annotations

import unicodedata

import pytest
from sqlalchemy import create_engine, delete, insert, select, update
from sqlalchemy.pool import NullPool

from engine.acts.file_dossier import file_dossier
from engine.acts.rebuild_search import _terms_before, rebuild_search
from engine.acts.rectify import rectify
from engine.acts.transfer import transfer
from engine.store.dossier_lists import list_dossiers
from engine.store.dossiers import applicants, dossier_offices, dossiers
from engine.store.list_filters import Filters
from engine.store.migrate import downgrade, upgrade
from engine.store.reports import finished_by_day
from engine.store.search import key_of, key_rows, keys_asked, province_scope, search_keys
from engine.transaction import UnitOfWork
from tests.installation.world import APPLICANT, BRANCH, LONG_KHANH, PROVINCE, World
from tests.postgres_server import OWNER


@pytest.fixture
def peach(world: World) -> str:
    """The code of Mrs Đào's dossier, among others."""
    for name in ("Đặng Thị Hồng", "Nguyễn Văn Đạo", "Trần Thị Bé"):
        world.try_act("counter", file_dossier, world.filing(applicant=APPLICANT | {"name": name}))
    return world.file(applicant=APPLICANT | {"name": unicodedata.normalize("NFD", "Đặng Thị Đào")}).case.code


def found(world: World, who: str, text: str, **filters: str) -> list[str]:
    with world.reading() as connection:
        rows = list_dossiers(connection, world.actor(who), Filters(text=text, **filters), world.now)
    return [row["code"] for row in rows]


def test_words_without_accents_in_any_order(world: World, peach: str) -> None:
    for text in (
        "dang thi dao",
        "ĐÀO ĐẶNG",
        "đào  thị",
        *(unicodedata.normalize(f, "Đặng Đào") for f in ("NFC", "NFD")),
    ):
        assert found(world, "counter", text) == [peach], text
    assert len(found(world, "counter", "dao")) == 2  # Đào and Đạo
    assert len(found(world, "counter", "thi")) == 3
    assert found(world, "counter", peach.lower()) == [peach]
    assert len(found(world, "counter", APPLICANT["phone"])) == 4  # one and the same telephone
    for text in ("da", "%", "_", "dang bé", "dao 99"):
        assert found(world, "counter", text) == [], text


def test_only_who_may_see_a_dossier_finds_it(world: World, peach: str) -> None:
    seen = {
        who
        for who in ("counter", "other_counter", "far_counter", "monitor", "asked", "admin")
        if found(world, who, "đào")
    }
    assert seen == {"counter", "monitor"}
    assert found(world, "counter", "đặng đào", holder_office=LONG_KHANH) == [peach]
    assert found(world, "counter", "đặng đào", holder_office=BRANCH) == []
    assert found(world, "monitor", "đặng đào", state="checking") == []


def test_an_office_that_gets_a_part_finds_it_from_then_on(world: World) -> None:
    code = world.land_at("checking")
    assert found(world, "province_specialist", "mau van") == []
    world.act("leader", transfer, code, PROVINCE, "Vượt thẩm quyền", "QĐ 1/2026")
    assert found(world, "province_specialist", "mau van") == [code]
    assert found(world, "specialist", "mau van") == [code]
    consistent(world)


def test_a_name_put_right_is_found_and_the_wrong_one_no_longer(world: World, peach: str) -> None:
    applicant = {"name": "Đặng Thị Mơ"}
    world.act("counter", rectify, peach, "ghi sai tên", applicant=applicant)
    for who in ("counter", "monitor"):
        assert found(world, who, "dang mo") == [peach]
        assert found(world, who, "dang dao") == []
    consistent(world)


def test_the_migration_finds_and_counts_what_was_there_before_it(world: World, peach: str) -> None:
    done = update(dossiers).where(dossiers.c.code == peach)
    done = done.values(portal=9, finished_at=dossiers.c.filed_at, promised_at=dossiers.c.filed_at)
    world.try_act("system", lambda unit: unit.begin().execute(done))
    url = world.database.url
    owner = url if url.drivername.startswith("sqlite") else url.set(username=OWNER)
    told = owner.render_as_string(hide_password=False)
    with world.reading() as connection:
        before = set(map(tuple, connection.execute(select(search_keys))))
    downgrade(told, "0001")
    upgrade(told)
    with create_engine(told, poolclass=NullPool).connect() as connection:
        assert set(map(tuple, connection.execute(select(search_keys)))) == before
        (row,) = connection.execute(select(finished_by_day)).all()
    assert (row.office, row.day, row.finished, row.late) == (BRANCH, world.now.date(), 1, 0)


def test_three_words_are_added_to_what_was_there_and_taken_away_again(world: World, peach: str) -> None:
    code = world.file(applicant=APPLICANT | {"name": "Công ty Một Hai Ba Bốn Năm Sáu"}).case.code
    url = world.database.url
    owner = url if url.drivername.startswith("sqlite") else url.set(username=OWNER)
    told = owner.render_as_string(hide_password=False)
    downgrade(told, "0005")
    assert not has_keys(world, "đào thị đặng") and not has_keys(world, "ba sáu hai")
    assert has_keys(world, "đào đặng")
    upgrade(told)
    assert found(world, "counter", "đào đặng") == [peach]
    assert (found(world, "monitor", "đào thị đặng"), found(world, "counter", "ba sáu hai")) == ([peach], [code])
    consistent(world)


def test_what_was_filed_before_is_found_by_the_words_of_today(world: World) -> None:
    """The rows are put back as the program of before wrote them."""
    long = "Công ty Cổ phần Đầu tư Xây dựng và Phát triển Nông nghiệp Công nghệ cao Hoàng Gia Phú Quý Việt Nam"
    codes = {
        name: world.file(applicant=APPLICANT | {"name": name}).case.code for name in ("H'Ƀlăng Êban", "Y Ngông", long)
    }
    with_scopes = list[tuple[int, str]]()
    with world.reading() as connection:
        for row in connection.execute(select(dossiers)).all():
            parts = select(dossier_offices.c.office).where(dossier_offices.c.dossier_id == row.id)
            offices = connection.execute(parts).scalars()
            with_scopes += [(row.id, scope) for scope in (*offices, province_scope(row.province))]

    def as_before(unit: UnitOfWork) -> None:
        connection = unit.begin()
        connection.execute(delete(search_keys))
        for name, code in codes.items():
            text = f"{code} {name} 0901.234.567 {APPLICANT['identity_number']}".lower()
            text = "".join(c for c in unicodedata.normalize("NFD", text) if unicodedata.category(c) != "Mn")
            text = text.replace("đ", "d")
            (number,) = connection.execute(select(dossiers.c.id).where(dossiers.c.code == code)).one()
            connection.execute(update(dossiers).where(dossiers.c.id == number).values(search=text))
            connection.execute(update(applicants).where(applicants.c.dossier_id == number).values(phone="0901.234.567"))
            terms = _terms_before(text)
            keys = {key_of(scope, term) for of, scope in with_scopes if of == number for term in terms}
            connection.execute(insert(search_keys), [{"key": key, "dossier_id": number} for key in keys])

    world.try_act("system", as_before)
    first, company = codes["H'Ƀlăng Êban"], codes[long]
    tried = {"hblang": [first], "H’Blăng êban": [first], "việt nam phú quý": [company], long: [company]}
    assert not any(found(world, "counter", text) for text in tried)
    assert found(world, "counter", "+84 901 234 567") == []
    pages = list(rebuild_search(world.runtime, page=2))
    assert [page.dossiers for page in pages] == [2, 1]
    for text, wanted in tried.items():
        assert found(world, "counter", text) == wanted, text
    assert len(found(world, "counter", "+84 901 234 567")) == 3
    assert found(world, "counter", first.partition("-")[2]) == [first]
    consistent(world)
    assert [page.dossiers for page in rebuild_search(world.runtime, after=pages[0].last)] == [1]
    consistent(world)
    assert found(world, "counter", "ƀlang") == [first], "an old way of typing stays possible"


def test_a_corrected_telephone_is_found_and_the_former_one_no_longer(world: World) -> None:
    code = world.file(applicant=APPLICANT | {"phone": "+84 (0)90 111 22 33"}).case.code
    assert found(world, "counter", "0901.112.233") == [code]
    world.act("counter", rectify, code, "đổi số", applicant={"phone": "0902 111 222"})
    assert (found(world, "counter", "0901112233"), found(world, "counter", "84902111222")) == ([], [code])
    consistent(world)


def has_keys(world: World, text: str) -> bool:
    """Whether the index holds all keys of a search at LONG_KHANH; an older schema has nothing else to ask."""
    with world.reading() as connection:
        kept = set(connection.execute(select(search_keys.c.key)).scalars())
    return any(kept.issuperset(keys) for keys in keys_asked(LONG_KHANH, text))


def consistent(world: World) -> None:
    """Every dossier stands under exactly the words of its row, for those who may see it."""
    with world.reading() as connection:
        kept = set(map(tuple, connection.execute(select(search_keys))))
        wanted = set()
        for row in connection.execute(select(dossiers)).all():
            parts = select(dossier_offices.c.office).where(dossier_offices.c.dossier_id == row.id)
            scopes = [*connection.execute(parts).scalars(), province_scope(row.province)]
            wanted |= {(one["key"], one["dossier_id"]) for one in key_rows(row.id, scopes, row.search)}
    assert kept == wanted
