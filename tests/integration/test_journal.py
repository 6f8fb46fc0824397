"""The journal can only grow, and whoever changes it behind the program's back is found, with the first broken entry."""

from __future__ import annotations

import pytest
from sqlalchemy import create_engine, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from engine.acts.add_note import add_note
from engine.journal.check import Finding, Tally, check_journal
from engine.store.journal import journal, journal_private
from tests.installation.world import World
from tests.postgres_server import OWNER

CHANGES = [
    "UPDATE journal SET actor = 'staff:99'",
    "UPDATE journal SET body = '{}' WHERE number = 1",
    "DELETE FROM journal",
    "DELETE FROM journal WHERE number = 2",
]


class TestOnlyGrowing:
    @pytest.mark.parametrize("statement", CHANGES)
    def test_the_application_cannot_change_or_delete(self, world: World, statement: str) -> None:
        code = world.land_at("accepted")
        before = world.entries(code)
        with pytest.raises(DBAPIError, match=r"append-only|permission denied"), world.database.begin() as connection:
            connection.execute(text(statement))
        assert world.entries(code) == before

    @pytest.mark.parametrize("statement", [CHANGES[0], CHANGES[2], "TRUNCATE journal CASCADE"])
    def test_nor_can_the_owner_of_the_tables(self, world: World, statement: str) -> None:
        if world.database.dialect.name == "sqlite":
            return  # SQLite knows no roles and no TRUNCATE
        code = world.land_at("accepted")
        before = world.entries(code)
        owner = world.database.url.set(username=OWNER)
        with (
            pytest.raises(DBAPIError, match="append-only"),
            create_engine(owner, poolclass=NullPool).begin() as connection,
        ):
            connection.execute(text(statement))
        assert world.entries(code) == before

    @pytest.mark.postgresql
    def test_the_application_cannot_lift_the_guard(self, postgres_url: str) -> None:
        for statement in (
            "TRUNCATE journal CASCADE",
            "ALTER TABLE journal DISABLE TRIGGER ALL",
            "DROP TRIGGER journal_no_change ON journal",
            "SET session_replication_role = replica",
        ):
            refused = pytest.raises(DBAPIError, match=r"permission denied|must be owner")
            with refused, create_engine(postgres_url, poolclass=NullPool).connect() as connection:
                connection.execute(text(statement))

    def test_replacing_an_entry_is_a_change(self, world: World) -> None:
        world.land_at("accepted")
        if world.database.dialect.name == "sqlite":
            replacing = "INSERT OR REPLACE INTO journal SELECT * FROM journal"
        else:
            replacing = (
                "INSERT INTO journal SELECT * FROM journal ON CONFLICT ON CONSTRAINT pk_journal DO UPDATE SET act = ''"
            )
        with pytest.raises(DBAPIError), world.database.begin() as connection:
            connection.execute(text(replacing))


class TestFindingChanges:
    """Dossier 1 (four entries) and dossier 2 (two entries), changed by somebody who owns the machine."""

    @pytest.mark.parametrize(
        ("statement", "number", "word"),
        [
            ("UPDATE journal SET body = replace(body, 'checking', 'signing') WHERE number = 3", 3, "hash"),
            ("UPDATE journal SET hash = '0' WHERE number = 2", 2, "hash"),
            ("UPDATE journal SET actor = 'staff:99' WHERE number = 2", 2, "columns"),
            ("UPDATE journal SET at = '2026-01-01 00:00:00' WHERE number = 4", 4, "columns"),
            ("DELETE FROM journal WHERE number = 2", 2, "missing"),
            ("DELETE FROM journal WHERE number = 4", 4, "end"),
            ("DELETE FROM journal", 1, "end"),
            ("UPDATE journal SET number = 9 - number WHERE number > 2", 3, "missing"),
            ("UPDATE dossiers SET state = 'ready'", 4, "state"),
            ("UPDATE dossiers SET due_at = '2030-01-01 00:00:00'", 4, "due_at"),
            ("UPDATE dossiers SET version = 3", 5, "end"),
            ("UPDATE dossiers SET head = '0'", 5, "end"),
            ('UPDATE journal_private SET data = \'{"text": "other"}\' WHERE number = 4', 4, "private"),
            ("DELETE FROM journal_private WHERE number = 1", 1, "private"),
            ("UPDATE journal_private SET number = 2 WHERE number = 4", 2, "private"),
        ],
    )
    def test_the_first_broken_entry_is_named(self, world: World, statement: str, number: int, word: str) -> None:
        one, _ = self.two_dossiers(world)
        where = " AND" if "WHERE" in statement else " WHERE"
        own = "id = 1" if "UPDATE dossiers" in statement else "dossier_id = 1"
        world.tamper(f"{statement}{where} {own}")
        (finding,) = check_journal(world.database, Tally())
        assert (finding.code, finding.number) == (one, number)
        assert word in finding.en and finding.vi

    def test_entries_swapped_between_two_dossiers(self, world: World) -> None:
        one, two = self.two_dossiers(world)
        swap = "UPDATE journal SET dossier_id = {} WHERE dossier_id = {} AND number = 2"
        world.tamper(swap.format(9, 1), swap.format(1, 2), swap.format(2, 9))
        assert [(found.code, found.number) for found in self.findings(world)] == [(one, 2), (two, 2)]

    def test_whole_histories_swapped_between_two_dossiers(self, world: World) -> None:
        one, two = self.two_dossiers(world)
        for table in ("journal", "journal_private"):
            swap = f"UPDATE {table} SET dossier_id = {{}} WHERE dossier_id = {{}}"
            world.tamper(swap.format(9, 1), swap.format(1, 2), swap.format(2, 9))
        last = "SELECT hash, number FROM journal WHERE dossier_id = dossiers.id ORDER BY number DESC LIMIT 1"
        world.tamper(f"UPDATE dossiers SET (head, version) = ({last})")
        assert [(found.code, found.number) for found in self.findings(world)] == [(one, 1), (two, 1)]

    def test_a_dossier_gone_with_its_whole_journal(self, world: World) -> None:
        one, two = self.two_dossiers(world)
        for table in ("journal", "journal_private", "applicants"):
            world.tamper(f"DELETE FROM {table} WHERE dossier_id = 2")
        world.tamper("DELETE FROM dossiers WHERE id = 2")
        (finding,) = self.findings(world)
        assert (finding.code, finding.number) == ("TT-26080 2026-03-02", 0)
        assert "1 dossiers are missing" in finding.en
        assert self.findings(world, one) == []
        assert self.findings(world, two) == []  # nothing is known of it

    def test_one_dossier_alone_can_be_checked(self, world: World) -> None:
        one, two = self.two_dossiers(world)
        world.tamper("UPDATE dossiers SET state = 'ready' WHERE id = 1")
        tally = Tally()
        assert [found.code for found in check_journal(world.database, tally, one)] == [one]
        assert (tally.dossiers, tally.entries) == (1, 4)
        assert self.findings(world, two) == []

    def test_more_dossiers_than_a_page_are_all_read(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        self.two_dossiers(world)
        monkeypatch.setattr("engine.journal.check.PAGE", 1)
        tally = Tally()
        assert list(check_journal(world.database, tally)) == []
        assert (tally.dossiers, tally.entries) == (2, 6)

    def two_dossiers(self, world: World) -> tuple[str, str]:
        one, two = world.land_at("checking"), world.land_at("accepted")
        world.act("specialist", add_note, one, "một ghi chú")
        return one, two

    def findings(self, world: World, code: str | None = None) -> list[Finding]:
        return list(check_journal(world.database, Tally(), code))


class TestPersonalData:
    def test_erasing_the_private_parts_keeps_the_chain(self, world: World) -> None:
        code = world.land_at("checking")
        world.act("specialist", add_note, code, "bí mật")
        with world.database.begin() as connection:
            connection.execute(journal_private.update().values(data={}, salt=b"", erased_at=world.now))
        world.check()

    def test_no_entry_holds_personal_data(self, world: World) -> None:
        code = world.land_at("checking")
        world.act("specialist", add_note, code, "bí mật")
        world.do("specialist", code, "ask", reason="thiếu chữ ký ông Mẫu")
        with world.reading() as connection:
            bodies = " ".join(connection.execute(select(journal.c.body)).scalars())
            hidden = " ".join(map(str, connection.execute(select(journal_private.c.data)).scalars()))
        for secret in ("Nguyễn Văn Mẫu", "075090000001", "0900000001", "mau@example.vn", "bí mật", "thiếu chữ ký"):
            assert secret not in bodies
            assert secret in hidden

    def test_every_salt_is_fresh(self, world: World) -> None:
        code = world.land_at("checking")
        for _ in range(3):
            world.act("specialist", add_note, code, "same text")
        with world.reading() as connection:
            salts = connection.execute(select(journal_private.c.salt)).scalars().all()
        assert len({bytes(salt) for salt in salts}) == len(salts) >= 4
        assert {len(bytes(salt)) for salt in salts} == {16}
