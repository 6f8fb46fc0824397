"""Remote signing with a provider in a process of its own: many at once, refused, late, forgotten, altered, killed."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pyhanko.pdf_utils.reader import PdfFileReader
from sqlalchemy import select

from adapters.forms.render import render_form
from engine.acts.documents import add_document
from engine.acts.remote_sign import ask_remotely, take_back
from engine.acts.sign_dossier import sign_dossier
from engine.acts.sign_round import ToSign
from engine.jobs.remote_signing import PATIENCE, sign_due
from engine.remote_signing import CallbackForged
from engine.store.documents import documents
from engine.store.remote_signings import items_of, remote_items, signing_with
from engine.store.result_checks import document_of_token
from tests.doubles.process import running
from tests.doubles.signing import SECRET, Signing, signing_doubles
from tests.installation.world import World

SLIP: dict[str, Any] = {
    "head": {"authority": "UBND", "unit": "Trung tâm", "place": "Sài Gòn", "date": "ngày 02 tháng 3 năm 2026"},
    "applicant": {"name": "Nguyễn Văn Mẫu"},
    "request": "Thử",
    "reason": "Thử",
}
PAPER = render_form("03", SLIP)


@pytest.fixture(scope="module")
def doubles(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Signing]:
    with signing_doubles(tmp_path_factory.mktemp("signing")) as made:
        made.enter("leader", "Trần Thị Ký")
        yield made


@pytest.fixture
def signing(doubles: Signing, world: World) -> Signing:
    doubles.told(world.now)
    doubles.at_provider("PUT", "app", {})
    doubles.at_provider("PUT", "options", {"callbacks": False, "alter": 0})
    for double in (doubles.at_provider, doubles.at_authority):
        double("PUT", "faults", {})
    world.runtime = doubles.over(world.runtime)
    return doubles


def to_sign(world: World, number: int, content: bytes = PAPER) -> list[ToSign]:
    """Dossiers that wait for the leader's signature, as the leader saw them."""
    found = []
    for _ in range(number):
        code = world.land_at("signing")
        world.try_act("leader", add_document, code, key="ket_qua", content=content, file_name="giấy.pdf")
        found.append(ToSign(code, "sign", hashlib.sha256(content).hexdigest()))
    return found


def go(world: World, seconds: float = 0) -> None:
    """Lets time pass, and the worker look after what is due."""
    world.now += dt.timedelta(seconds=seconds)
    sign_due(world.runtime, 60)


def statuses(world: World, number: int) -> list[tuple[str, str | None]]:
    with world.reading() as connection:
        return [(one.status, one.code) for one in items_of(connection, number)]


def confirm(signing: Signing, refused: tuple[str, ...] = ()) -> None:
    waiting = [one for one in signing.requests() if any(paper["status"] == "PENDING" for paper in one["documents"])]
    for one in waiting:
        signing.at_provider("POST", "confirmed", {"transaction": one["transaction_id"], "refused": list(refused)})


def paper_of(world: World, code: str) -> Any:
    with world.reading() as connection:
        wanted = select(documents).where(documents.c.dossier_id == world.row(code)["id"], documents.c.key == "ket_qua")
        return connection.execute(wanted).mappings().one()


class TestSigning:
    def test_many_are_confirmed_at_once_and_one_is_refused_in_the_app(self, world: World, signing: Signing) -> None:
        wanted = to_sign(world, 3)
        (number,) = world.act("leader", ask_remotely, wanted)
        go(world)
        assert statuses(world, number) == [("prepared", None)] * 3
        assert {world.row(one.dossier)["state"] for one in wanted} == {"signing"}
        confirm(signing, refused=("2",))
        go(world, 10)
        assert statuses(world, number) == [("done", None), ("refused", "refused-in-app"), ("done", None)]
        assert [world.row(one.dossier)["state"] for one in wanted] == ["ready", "signing", "ready"]
        with world.reading() as connection:
            row = signing_with(connection, number)
            assert row is not None and (row.status, row.next_at) == ("ended", None)
            assert "Từ chối trong ứng dụng" in (items_of(connection, number)[1].why_vi or "")
        world.check()

    def test_the_signed_file_holds_what_was_seen_and_lasts(self, world: World, signing: Signing) -> None:
        (one,) = to_sign(world, 1)
        world.act("leader", ask_remotely, [one])
        go(world)
        confirm(signing)
        go(world, 10)
        paper = paper_of(world, one.dossier)
        content = world.runtime.files.read(paper["storage_key"])
        assert content.startswith(PAPER) and hashlib.sha256(content).hexdigest() == paper["sha256"]
        about = paper["signature"]["about"]
        assert (about["signer"], about["level"]) == ("Trần Thị Ký", "B-LTA")
        assert paper["signature"]["seen"] == one.sha256
        entry = world.entries(one.dossier)[-1]
        assert (entry["act"], entry["data"]["signature"], entry["actor"]) == (
            "sign",
            "PAdES",
            world.actor("leader").label,
        )
        reader = PdfFileReader(io.BytesIO(content))
        assert len(reader.embedded_regular_signatures) == len(reader.embedded_timestamp_signatures) == 1
        assert "/DSS" in reader.root
        with world.reading() as connection:
            assert document_of_token(connection, paper["signature"]["check"]) == paper["id"]

    def test_a_refused_one_is_asked_again_or_signed_here(self, world: World, signing: Signing) -> None:
        first, second = wanted = to_sign(world, 2)
        world.act("leader", ask_remotely, wanted)
        go(world)
        confirm(signing, refused=("1", "2"))
        go(world, 10)
        world.act("leader", sign_dossier, first.dossier, "sign", sha256=first.sha256)
        (again,) = world.act("leader", ask_remotely, [second])
        go(world)
        confirm(signing)
        go(world, 10)
        assert statuses(world, again) == [("done", None)]
        assert [world.row(one.dossier)["state"] for one in wanted] == ["ready", "ready"]

    def test_what_is_with_the_provider_is_not_asked_twice(self, world: World, signing: Signing) -> None:
        wanted = to_sign(world, 2)
        world.act("leader", ask_remotely, wanted[:1])
        (second,) = world.act("leader", ask_remotely, wanted)
        assert statuses(world, second) == [("refused", "already-asked"), ("waiting", None)]

    def test_what_is_taken_back_is_not_signed_even_if_it_is_confirmed(self, world: World, signing: Signing) -> None:
        (one,) = to_sign(world, 1)
        (number,) = world.act("leader", ask_remotely, [one])
        go(world)
        assert world.act("leader", take_back, number) == 1
        confirm(signing)
        go(world, 10)
        assert statuses(world, number) == [("refused", "request-taken-back")]
        assert world.row(one.dossier)["state"] == "signing"

    def test_a_paper_that_changed_is_refused(self, world: World, signing: Signing) -> None:
        before, after = to_sign(world, 2)
        (number,) = world.act("leader", ask_remotely, [ToSign(before.dossier, "sign", "0" * 64), after])
        go(world)
        assert statuses(world, number) == [("refused", "paper-changed"), ("prepared", None)]
        world.act("leader", sign_dossier, after.dossier, "sign", sha256=after.sha256)  # overtaken, and signed here
        confirm(signing)
        go(world, 10)
        assert statuses(world, number)[1] == ("refused", "action-not-in-state")
        assert paper_of(world, after.dossier)["signature"]["algorithm"] == "Ed25519"

    def test_what_is_no_pdf_is_refused_in_words(self, world: World, signing: Signing) -> None:
        wanted = to_sign(world, 1, b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n")
        (number,) = world.act("leader", ask_remotely, wanted)
        go(world)
        assert statuses(world, number) == [("refused", "signing-failed")]

    def test_a_person_without_a_certificate_there_is_told(self, world: World, signing: Signing) -> None:
        (one,) = to_sign(world, 1)
        (number,) = world.act("specialist", ask_remotely, [one])
        go(world)
        assert statuses(world, number) == [("refused", "no-credential")]


class TestTrouble:
    def test_what_is_not_confirmed_in_time_waits_again(self, world: World, signing: Signing) -> None:
        (one,) = to_sign(world, 1)
        (number,) = world.act("leader", ask_remotely, [one])
        go(world)
        go(world, 11 * 60)
        assert statuses(world, number) == [("refused", "not-confirmed")]

    def test_an_altered_signature_is_found_and_refused(self, world: World, signing: Signing) -> None:
        (one,) = to_sign(world, 1)
        (number,) = world.act("leader", ask_remotely, [one])
        go(world)
        signing.at_provider("PUT", "options", {"alter": 1})
        confirm(signing)
        go(world, 10)
        assert statuses(world, number) == [("refused", "remote-signing-failed")]
        assert world.row(one.dossier)["state"] == "signing"

    def test_a_provider_that_is_down_is_asked_again_and_then_given_up(self, world: World, signing: Signing) -> None:
        wanted = to_sign(world, 2)
        (number,) = world.act("leader", ask_remotely, wanted[:1])
        signing.at_provider("PUT", "faults", {"faults": {"error": 1.0}})
        go(world)
        assert statuses(world, number) == [("waiting", None)]
        with world.reading() as connection:
            row = signing_with(connection, number)
            assert row is not None and "HTTP 500" in (row.trouble_vi or "")
        signing.at_provider("PUT", "faults", {})
        go(world, 20)
        assert statuses(world, number) == [("prepared", None)]
        signing.at_provider("PUT", "faults", {"faults": {"error": 1.0}})
        go(world, 11 * 60)
        assert statuses(world, number) == [("prepared", None)]
        go(world, PATIENCE.total_seconds())
        assert statuses(world, number) == [("refused", "remote-signing-failed")]

    def test_a_request_whose_answer_was_lost_is_sent_once(self, world: World, signing: Signing) -> None:
        (one,) = to_sign(world, 1)
        before = len(signing.requests())
        (number,) = world.act("leader", ask_remotely, [one])
        go(world)  # takes the certificate first
        assert len(signing.requests()) == before + 1
        with world.database.begin() as connection:  # as if the worker had died before it kept the answer
            connection.exec_driver_sql(
                f"UPDATE remote_signings SET status = 'asked', reference = NULL WHERE id = {number}"
            )
        go(world, 70)
        assert len(signing.requests()) == before + 1
        confirm(signing)
        go(world, 10)
        assert statuses(world, number) == [("done", None)]

    def test_a_request_that_the_provider_forgot_is_sent_again(self, world: World, signing: Signing) -> None:
        (one,) = to_sign(world, 1)
        (number,) = world.act("leader", ask_remotely, [one])
        go(world)
        for kept in (signing.folder / "provider" / "requests").glob("*.json"):
            kept.unlink()
        go(world, 10)
        confirm(signing)
        go(world, 10)
        assert statuses(world, number) == [("done", None)]

    def test_a_revoked_certificate_signs_nothing(self, world: World, signing: Signing) -> None:
        made = signing.enter("deputy", "Lê Văn Thu")
        (one,) = to_sign(world, 1)
        (number,) = world.act("deputy", ask_remotely, [one])
        signing.revoke(made)
        go(world)
        assert statuses(world, number) == [("refused", "certificate-unfit")]

    def test_a_silent_authority_delays_and_loses_nothing(self, world: World, signing: Signing) -> None:
        (one,) = to_sign(world, 1)
        (number,) = world.act("leader", ask_remotely, [one])
        go(world)
        confirm(signing)
        signing.at_authority("PUT", "faults", {"faults": {"error": 1.0}})
        go(world, 10)
        assert statuses(world, number) == [("signed", None)]
        signing.at_authority("PUT", "faults", {})
        go(world, 30)
        assert statuses(world, number) == [("done", None)]


def test_a_callback_counts_only_with_its_signature_and_while_it_is_fresh(
    doubles: Signing, world: World, signing: Signing
) -> None:
    import hmac

    remote, body = signing.remote(), b'{"request_id": "a", "transaction_id": "b", "documents": []}'
    stamp = str(int(world.now.timestamp()))
    right = hmac.new(SECRET.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    headers = {"x-timestamp": stamp, "x-signature": right}
    assert remote.read_callback(headers, body, world.now).key == "a"
    for wrong in (
        {},
        headers | {"x-signature": "0" * 64},
        headers | {"x-timestamp": "1"},
        headers | {"x-timestamp": "x"},
    ):
        with pytest.raises(CallbackForged):
            remote.read_callback(wrong, body, world.now)
    with pytest.raises(CallbackForged):
        remote.read_callback(headers, body + b" ", world.now)
    with pytest.raises(CallbackForged):
        remote.read_callback(headers, body, world.now + dt.timedelta(hours=1))


def test_the_provider_keeps_its_requests_over_a_restart(world: World, tmp_path: Path) -> None:
    with signing_doubles(tmp_path / "own") as signing:
        signing.enter("leader", "Trần Thị Ký")
        signing.told(world.now)
        world.runtime = signing.over(world.runtime)
        (one,) = to_sign(world, 1)
        (number,) = world.act("leader", ask_remotely, [one])
        go(world)
        signing.provider.kill()
        go(world, 10)
        port = int(signing.provider.address.rpartition(":")[2])
        with running("tests.doubles.remote_signer", signing.folder / "provider", port) as again:
            signing.provider = again
            confirm(signing)
            go(world, 30)
            assert statuses(world, number) == [("done", None)]
    with world.reading() as connection:
        assert connection.execute(select(remote_items.c.status)).scalars().all() == ["done"]
