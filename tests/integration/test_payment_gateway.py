"""The payment gateway as a process of its own: charges announced, callbacks of every kind, polling, refunds."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest
import requests
from sqlalchemy import select
from standardwebhooks.webhooks import Webhook
from werkzeug.serving import make_server

from adapters.payment_gateway import HttpGateway
from engine.acts.receive_payment import receive_payment
from engine.acts.refunds import NotByGateway, order_refund
from engine.acts.settle_refund import NothingToRefund, settle_refund
from engine.acts.work_payments import work_payments
from engine.connection_ports import GatewayFailed
from engine.store.payments import charges, incoming_payments, refund_orders
from tests.doubles.process import Running, free_port, running
from tests.installation.application import application
from tests.installation.payments import SECRET, taking_payments, transfer
from tests.installation.world import LONG_KHANH, World
from tests.integration.test_acts_fees import sums
from tests.integration.test_charges import NOON, asked
from workflows.connections.mapping_file import read_mapping

PATH = "/api/v1/connections/payments"


class Connected:
    """A world, its interface over HTTP, and the gateway's double."""

    def __init__(self, world: World, bank: Running, port: int) -> None:
        self.world, self.bank, self.port = world, bank, port
        self.losing = False

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        answer = requests.request(method, f"{self.bank.address}{path}", json=body, timeout=10)
        assert answer.status_code < 300, answer.text
        return answer.json() if answer.content else None

    def pays(self, reference: str, vnd: int = 54_000) -> str:
        body = {"reference": reference, "vnd": vnd, "at": NOON.isoformat()}
        return str(self.ask("POST", "/_double/pay", body)["transaction"])

    def tells(self, **how: Any) -> list[int]:
        told = self.ask("POST", "/_double/tell", {"now": self.world.now.isoformat(), **how})
        found: list[int] = told["answers"]
        return found

    def works(self) -> dict[str, int]:
        return dict(work_payments(self.world.runtime, 20.0))

    def faulty(self, **shares: float) -> None:
        self.ask("PUT", "/_double/faults", {"faults": shares})

    def rows(self, table: Any) -> list[Any]:
        with self.world.reading() as connection:
            return list(connection.execute(select(table)).all())


@pytest.fixture
def connected(world: World, tmp_path: Path) -> Iterator[Connected]:
    with running("tests.doubles.bank", tmp_path / "bank") as bank:
        world.runtime = _with_gateway(world, bank)
        app, port = application(world.runtime, render_form=None), free_port()
        made = Connected(world, bank, port)
        server = make_server("127.0.0.1", port, _losing(app.wsgi_app, made), threaded=True)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        made.ask("PUT", "/_double/settings", {"secret": SECRET, "callback": f"http://127.0.0.1:{port}{PATH}"})
        yield made
        server.shutdown()
        thread.join()


def _with_gateway(world: World, bank: Running) -> Any:
    settings = world.runtime.settings
    paying = replace(settings.payments, secrets=(SECRET,))
    gateway = HttpGateway(bank.address, "a token of the office", read_mapping())
    runtime = taking_payments(world.runtime, LONG_KHANH, gateway=gateway)
    return replace(runtime, settings=replace(settings, payments=paying))


def _losing(program: Callable[..., Any], made: Connected) -> Callable[..., Any]:
    """The interface whose answers get lost while ``made.losing``: the process died after its commit."""

    def lossy(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        answer = program(environ, start_response if not made.losing else lambda *_: None)
        if made.losing:
            list(answer)
            raise ConnectionAbortedError("killed between the commit and the answer")
        return answer

    return lossy


class TestCallbacks:
    def test_settle_a_charge_once_however_often_they_come(self, connected: Connected) -> None:
        code = connected.world.land_at("accepted")
        reference = asked(connected.world, code)
        connected.pays(reference)
        assert connected.tells(times=3, keep=True) == [200, 200, 200]
        assert connected.tells() == [200]
        assert sums(connected.world, code) == (54_000, 54_000, 0, 0)
        assert [one["act"] for one in connected.world.entries(code)].count("receive_payment") == 1
        connected.world.check()

    def test_whose_answer_was_lost_are_told_again(self, connected: Connected) -> None:
        code = connected.world.land_at("accepted")
        connected.pays(asked(connected.world, code))
        connected.losing = True
        assert connected.tells() != [200]
        connected.losing = False
        assert sums(connected.world, code)[1] == 54_000  # it was taken, though nobody was told
        assert connected.tells() == [200]
        assert sums(connected.world, code) == (54_000, 54_000, 0, 0)

    def test_out_of_order_and_double(self, connected: Connected) -> None:
        code = connected.world.land_at("accepted")
        reference = asked(connected.world, code)
        connected.pays(reference)
        connected.pays(reference)
        connected.pays("không rõ", 7_000)
        assert connected.tells(order="new") == [200, 200, 200]
        assert sums(connected.world, code) == (54_000, 108_000, 0, 54_000)
        assert sorted(one.outcome for one in connected.rows(incoming_payments)) == ["double", "settled", "unknown"]

    @pytest.mark.parametrize("how", [{"forged": True}, {"ago": 400}, {"ago": -400}])
    def test_that_prove_nothing_change_nothing(self, connected: Connected, how: dict[str, Any]) -> None:
        connected.pays(asked(connected.world, connected.world.land_at("accepted")))
        before = connected.world.everything()
        assert connected.tells(**how) == [401]
        assert connected.world.everything() == before

    def test_with_another_amount_than_before_are_refused(self, connected: Connected) -> None:
        connected.pays(asked(connected.world, connected.world.land_at("accepted")))
        assert connected.tells(keep=True) == [200]
        assert connected.tells(add=1) == [409]

    @pytest.mark.parametrize(
        ("told", "status"),
        [
            ({}, 200),
            ({"status": "FAILED"}, 200),
            ({"status": "LATER"}, 422),
            ({"status": None}, 422),
            ({"amount": 1.5}, 422),
            ({"amount": -5}, 422),
            ({"amount": "5,5"}, 422),
            ({"amount": 10**15}, 422),
            ({"currency": "USD"}, 422),
            ({"paidAt": "now"}, 422),
            ({"paidAt": 10**17}, 422),
            ({"transactionId": ["1"]}, 422),
            ({"transactionId": "x" * 121}, 422),
            ({"merchantReference": "a\x07"}, 200),
            ({"merchantReference": ["a"]}, 422),
        ],
    )
    def test_that_are_genuine_and_odd_are_refused(
        self, connected: Connected, told: dict[str, Any], status: int
    ) -> None:
        usual = {"status": "PAID", "transactionId": "1", "merchantReference": "x", "amount": 5, "currency": "VND"}
        assert self.sent(connected, orjson.dumps({"data": usual | {"paidAt": 1772400000} | told})) == status

    @pytest.mark.parametrize(("body", "status"), [(b"", 400), (b"[]", 400), (b"{}", 422), (b"x" * 70_000, 413)])
    def test_that_are_no_message_are_refused(self, connected: Connected, body: bytes, status: int) -> None:
        assert self.sent(connected, body) == status
        assert connected.rows(incoming_payments) == []

    def sent(self, connected: Connected, body: bytes) -> int:
        now = connected.world.now
        headers = {
            "content-type": "application/json",
            "webhook-id": "n1",
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": Webhook(SECRET).sign("n1", now, body.decode()),
        }
        return requests.post(f"http://127.0.0.1:{connected.port}{PATH}", body, headers=headers, timeout=10).status_code


class TestPolling:
    def test_finds_what_no_callback_told(self, connected: Connected) -> None:
        code = connected.world.land_at("accepted")
        reference = asked(connected.world, code)
        assert connected.works() == {"announced:done": 1}
        assert connected.rows(charges)[0].pay_at == f"https://pay.example/{reference}"
        connected.pays(reference)
        assert connected.works() == {}  # not yet time to ask
        connected.world.now += dt.timedelta(minutes=2)
        assert connected.works() == {"asked:taken": 1}
        assert sums(connected.world, code) == (54_000, 54_000, 0, 0)
        connected.tells()  # and late it comes
        assert sums(connected.world, code) == (54_000, 54_000, 0, 0)
        connected.world.now += dt.timedelta(days=1)
        assert connected.works() == {}

    def test_outlives_every_fault_of_the_gateway(self, connected: Connected) -> None:
        codes = [connected.world.land_at("accepted") for _ in range(3)]
        references = [asked(connected.world, code) for code in codes]
        for fault in ("down", "error", "lost_answer", "twice", "slow"):
            connected.faulty(**{fault: 1.0})
            connected.works()
            connected.world.now += dt.timedelta(minutes=10)
        connected.faulty()
        connected.works()
        assert {one.gateway for one in connected.rows(charges)} == {"created"}
        assert connected.ask("GET", "/_double/counts")["payments"] == 3
        for reference in references:
            connected.pays(reference)
        connected.bank.kill()
        connected.world.now += dt.timedelta(hours=1)
        assert set(connected.works()) == {"asked:failed"}
        assert all("payment gateway" in one.error for one in connected.rows(charges))

    def test_what_the_gateway_refuses_is_not_tried_again(self, connected: Connected) -> None:
        asked(connected.world, connected.world.land_at("accepted"))
        connected.faulty(refuse=1.0)
        assert connected.works() == {"announced:failed": 1}
        row = connected.rows(charges)[0]
        assert (row.gateway, row.next_at) == ("failed", None) and "422" in row.error

    def test_a_payment_that_the_gateway_forgot_is_asked_again(self, connected: Connected) -> None:
        asked(connected.world, connected.world.land_at("accepted"))
        connected.faulty(forget=1.0)
        assert connected.works() == {"announced:done": 1}
        connected.faulty()
        connected.world.now += dt.timedelta(minutes=2)
        assert connected.works() == {"asked:failed": 1}


class TestRefunds:
    def paid_twice(self, connected: Connected) -> str:
        code = connected.world.land_at("accepted")
        reference = asked(connected.world, code)
        connected.pays(reference)
        connected.pays(reference)
        connected.tells()
        return code

    def test_go_back_by_the_gateway(self, connected: Connected) -> None:
        code = self.paid_twice(connected)
        connected.world.act("counter", order_refund, code)
        assert sums(connected.world, code)[3] == 54_000  # not before the gateway has done it
        connected.world.refuse(NothingToRefund, "counter", settle_refund, code, "cash")
        connected.world.refuse(NothingToRefund, "counter", order_refund, code)
        assert connected.works()["refund:done"] == 1
        assert sums(connected.world, code) == (54_000, 54_000, 0, 0)
        assert connected.world.entries(code)[-1]["data"]["outcome"] == "done"
        assert connected.works().get("refund:done") is None
        connected.world.check()

    def test_whose_answer_was_lost_go_back_once(self, connected: Connected) -> None:
        code = self.paid_twice(connected)
        connected.world.act("counter", order_refund, code)
        connected.faulty(lost_answer=1.0)
        connected.works()
        connected.faulty()
        connected.world.now += dt.timedelta(minutes=5)
        assert connected.works()["refund:done"] == 1
        assert connected.ask("GET", "/_double/counts")["refunds"] == 1
        assert sums(connected.world, code)[3] == 0

    def test_that_are_refused_are_left_to_people(self, connected: Connected) -> None:
        code = self.paid_twice(connected)
        connected.ask("PUT", "/_double/settings", {"refunds": "REJECTED"})
        connected.world.act("counter", order_refund, code)
        assert connected.works()["refund:refused"] == 1
        assert connected.rows(refund_orders)[0].error == "closed account"
        assert sums(connected.world, code)[3] == 54_000
        connected.world.act("counter", settle_refund, code, "cash", "PC-1")
        assert sums(connected.world, code)[3] == 0

    def test_that_wait_are_asked_again(self, connected: Connected) -> None:
        code = self.paid_twice(connected)
        connected.ask("PUT", "/_double/settings", {"refunds": "PENDING"})
        connected.world.act("counter", order_refund, code)
        assert connected.works()["refund:waiting"] == 1
        assert connected.rows(refund_orders)[0].status == "waiting"

    def test_of_what_came_by_the_bank_are_made_by_hand(self, connected: Connected) -> None:
        code = connected.world.land_at("accepted")
        reference = asked(connected.world, code)
        for key in ("a", "b"):
            connected.world.act("system", receive_payment, "bank", transfer(f"1:{key}", reference, 54_000, NOON))
        connected.world.refuse(NotByGateway, "counter", order_refund, code)


@pytest.mark.parametrize("url", ["http://127.0.0.1:9", "http://127.0.0.1:0"])
def test_a_gateway_that_is_not_there_is_a_failure_that_may_pass(url: str) -> None:
    with pytest.raises(GatewayFailed) as caught:
        HttpGateway(url, "a token of the office", read_mapping()).create("MC", 1, "x")
    assert not caught.value.permanent
