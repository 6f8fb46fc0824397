"""Webhooks and the SMS gateway against real HTTP and HTTPS servers on the loopback interface."""

from __future__ import annotations

import base64
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import quote

import orjson
import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from adapters import webhook
from adapters.public_address import is_public, place_of
from adapters.sms import SmsNotifier
from adapters.webhook import WebhookNotifier, usable_secret
from engine.ports import DeliveryFailed, Message
from engine.setting_values import WrongSetting
from tests.integration.certificates import certificate_for

SECRET = "whsec_" + base64.b64encode(b"a signing secret of 32 bytes ...").decode()
NOTICE = Message(
    key="H22-250701-0001/3/webhook",
    channel="webhook",
    address="",
    subject="",
    body="",
    data={"type": "dossier.received", "data": {"code": "H22-250701-0001", "state": "Được tiếp nhận"}},
    secret=SECRET,
)


@dataclass
class Receiver:
    """What a receiver was sent, and what it answers."""

    status: int = 200
    answer: bytes = b'{"id": "ref-7"}'
    headers: dict[str, str] = field(default_factory=dict)
    raw: bytes | None = None
    seen: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    url: str = ""
    port: int = 0


@contextmanager
def served(receiver: Receiver, context: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            receiver.seen.append((self.path, {key.lower(): value for key, value in self.headers.items()}, body))
            if receiver.raw is not None:
                self.wfile.write(receiver.raw)
                self.wfile.flush()
                self.rfile.read(1)  # until the sender gives up
                return
            self.send_response(receiver.status)
            for name, value in receiver.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(receiver.answer)

        def log_message(self, format: str, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = False  # closing waits for every handler
    server.handle_error = lambda *_: None  # type: ignore[method-assign]  # a refused handshake is a part of a test
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    receiver.port = server.server_port
    receiver.url = f"http://127.0.0.1:{server.server_port}/hooks/a?b=c"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with served(Receiver()) as receiver:
        yield receiver


@pytest.fixture
def resolve_to(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """Make names resolve as told, once each; returns the names that were asked for."""
    real = socket.getaddrinfo

    def prepare(**answers: list[str]) -> list[str]:
        asked: list[str] = []

        def fake(host: str, *arguments: Any, **options: Any) -> Any:
            name = host.replace(".", "_")
            if name not in answers:
                return real(host, *arguments, **options)
            asked.append(host)
            if asked.count(host) > 1:
                raise AssertionError(f"{host} was resolved a second time: it could have answered differently")
            return [entry for ip in answers[name] for entry in real(ip, *arguments, **options)]

        monkeypatch.setattr(socket, "getaddrinfo", fake)
        return asked

    return prepare


def test_the_body_is_the_data_signed_after_standard_webhooks(receiver: Receiver) -> None:
    reference = WebhookNotifier(allow_private=True).send(replace(NOTICE, address=receiver.url))
    path, headers, body = receiver.seen[0]
    assert (reference, path) == ("ref-7", "/hooks/a?b=c")
    assert headers["webhook-id"] == NOTICE.key
    assert headers["host"] == f"127.0.0.1:{receiver.port}"
    assert headers["content-type"] == "application/json"
    assert Webhook(SECRET).verify(body, headers) == NOTICE.data
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(body + b" ", headers)


def test_a_later_attempt_carries_the_same_id_and_its_own_moment(receiver: Receiver) -> None:
    for minute in (1, 2):
        at = datetime(2025, 7, 1, 8, minute, tzinfo=UTC)
        WebhookNotifier(allow_private=True, now=partial(at.replace, second=0)).send(
            replace(NOTICE, address=receiver.url)
        )
    first, second = (headers for _, headers, _ in receiver.seen)
    assert first["webhook-id"] == second["webhook-id"]
    assert int(second["webhook-timestamp"]) - int(first["webhook-timestamp"]) == 60
    assert first["webhook-signature"] != second["webhook-signature"]


def test_a_notice_without_data_carries_its_words(receiver: Receiver) -> None:
    WebhookNotifier(allow_private=True).send(
        replace(NOTICE, address=receiver.url, data={}, subject="Đã nhận", body="Hồ sơ đã nhận.")
    )
    assert orjson.loads(receiver.seen[0][2]) == {"subject": "Đã nhận", "body": "Hồ sơ đã nhận.", "language": "vi"}


@pytest.mark.parametrize(("status", "permanent"), [(410, True), (400, False), (404, False), (429, False), (503, False)])
def test_only_gone_is_permanent(receiver: Receiver, status: int, permanent: bool) -> None:
    receiver.status = status
    with pytest.raises(DeliveryFailed, match=str(status)) as refusal:
        WebhookNotifier(allow_private=True).send(replace(NOTICE, address=receiver.url))
    assert refusal.value.permanent is permanent


def test_a_redirect_is_not_followed(receiver: Receiver) -> None:
    receiver.status, receiver.headers = 307, {"location": receiver.url}
    with pytest.raises(DeliveryFailed, match="redirects are not followed") as refusal:
        WebhookNotifier(allow_private=True).send(replace(NOTICE, address=receiver.url))
    assert not refusal.value.permanent
    assert len(receiver.seen) == 1


@pytest.mark.parametrize("answer", [b"", b"fine", b"[1]", b'{"id": 7}', b"\xff" * 3_000_000])
def test_an_answer_without_a_reference_is_taken_all_the_same(receiver: Receiver, answer: bytes) -> None:
    receiver.answer = answer
    assert WebhookNotifier(allow_private=True).send(replace(NOTICE, address=receiver.url)) == ""


@pytest.mark.parametrize(
    "raw", [b"", b"HTTP/1.1 200 OK\r\nx-slow: ", b"HTTP/1.1 abc\r\n\r\n"], ids=["silent", "half a header", "nonsense"]
)
def test_a_receiver_that_never_finishes_its_answer_is_given_up(
    receiver: Receiver, raw: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook, "SECONDS_IN_ALL", 0.2)
    receiver.raw = raw
    with pytest.raises(DeliveryFailed) as refusal:
        WebhookNotifier(allow_private=True).send(replace(NOTICE, address=receiver.url))
    assert not refusal.value.permanent


def test_a_receiver_that_drips_forever_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """With every byte a socket's own timeout would begin anew."""
    monkeypatch.setattr(webhook, "SECONDS_IN_ALL", 0.3)
    stop = threading.Event()

    with socket.create_server(("127.0.0.1", 0)) as server:

        def drip() -> None:
            line, _ = server.accept()
            with line:
                line.sendall(b"HTTP/1.1 200 OK\r\n")
                while not stop.wait(0.02):
                    try:
                        line.sendall(b"x")
                    except OSError:
                        return

        thread = threading.Thread(target=drip)
        thread.start()
        try:
            with pytest.raises(DeliveryFailed):
                WebhookNotifier(allow_private=True).send(
                    replace(NOTICE, address=f"http://127.0.0.1:{server.getsockname()[1]}/")
                )
        finally:
            stop.set()
            thread.join()


def test_a_taken_notice_stays_taken_when_the_answer_breaks_off(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook, "SECONDS_IN_ALL", 0.2)
    receiver.raw = b"HTTP/1.1 202 Accepted\r\ncontent-length: 500\r\n\r\n{"
    assert WebhookNotifier(allow_private=True).send(replace(NOTICE, address=receiver.url)) == ""


def test_a_receiver_that_is_down_is_a_temporary_failure() -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    with pytest.raises(DeliveryFailed) as refusal:
        WebhookNotifier(allow_private=True).send(replace(NOTICE, address=f"http://127.0.0.1:{port}/"))
    assert not refusal.value.permanent


def test_it_connects_to_the_address_it_checked_and_proves_the_name_by_tls(
    tmp_path: Path, resolve_to: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    authority, chain = certificate_for(tmp_path, "hooks.example")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(chain)
    names: list[str | None] = []
    context.sni_callback = lambda _socket, name, _context: names.append(name)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority))
    asked = resolve_to(hooks_example=["127.0.0.1"], other_example=["127.0.0.1"])
    with served(Receiver(), context) as receiver:
        WebhookNotifier(allow_private=True).send(replace(NOTICE, address=f"https://hooks.example:{receiver.port}/x"))
        with pytest.raises(DeliveryFailed, match=r"CERTIFICATE_VERIFY_FAILED|doesn't match"):
            WebhookNotifier(allow_private=True).send(replace(NOTICE, address=f"https://other.example:{receiver.port}/"))
    assert asked == ["hooks.example", "other.example"]
    assert names == ["hooks.example", "other.example"]
    assert [headers["host"] for _, headers, _ in receiver.seen] == [f"hooks.example:{receiver.port}"]


def test_the_next_address_is_tried_when_the_first_does_not_answer(
    resolve_to: Callable[..., list[str]], receiver: Receiver
) -> None:
    resolve_to(two_example=["127.0.0.2", "127.0.0.1"])  # nothing listens on the first
    WebhookNotifier(allow_private=True).send(replace(NOTICE, address=f"http://two.example:{receiver.port}/"))
    assert len(receiver.seen) == 1


def test_a_checked_address_is_used_for_some_seconds_and_then_checked_anew(
    resolve_to: Callable[..., list[str]], receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = resolve_to(kept_example=["127.0.0.1"])
    notice = replace(NOTICE, address=f"http://kept.example:{receiver.port}/")
    for _ in range(3):
        WebhookNotifier(allow_private=True).send(notice)
    assert (len(receiver.seen), asked) == (3, ["kept.example"])
    later = time.monotonic() + webhook.PLACE_KEPT
    monkeypatch.setattr(webhook.time, "monotonic", lambda: later)
    with pytest.raises(AssertionError, match="resolved a second time"):
        WebhookNotifier(allow_private=True).send(notice)
    with pytest.raises(DeliveryFailed, match="https"):  # what was let through inside is nobody else's
        WebhookNotifier().send(notice)


@pytest.mark.parametrize(
    "host",
    ["0.0.0.0",  # noqa: S104 - an address to refuse, not one to listen on
     "127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::1]", "[::ffff:127.0.0.1]", "10.0.0.8", "169.254.169.254",
     "192.168.1.1", "100.64.0.1", "[fd00::1]", "[64:ff9b::a00:1]", "[2002:7f00:1::]", "224.0.0.1"],
)  # fmt: skip
def test_a_strangers_url_never_leads_inside(host: str) -> None:
    with pytest.raises(DeliveryFailed, match="not a public address") as refusal:
        WebhookNotifier().send(replace(NOTICE, address=f"https://{host}/"))
    assert refusal.value.permanent


def test_one_private_answer_among_public_ones_is_refused(resolve_to: Callable[..., list[str]]) -> None:
    resolve_to(mixed_example=["1.1.1.1", "10.0.0.1"])
    with pytest.raises(DeliveryFailed, match=r"10\.0\.0\.1"):
        place_of("https://mixed.example/", channel="webhook", allow_private=False)


def test_a_public_address_is_let_through(resolve_to: Callable[..., list[str]]) -> None:
    resolve_to(good_example=["1.1.1.1", "2606:4700::1111"])
    place = place_of("https://good.example:8443/p?q=1", channel="webhook", allow_private=False)
    assert (place.addresses, place.port, place.target) == (("1.1.1.1", "2606:4700::1111"), 8443, "/p?q=1")
    assert place.host_header == "good.example:8443"


def test_a_vietnamese_host_name_is_encoded(resolve_to: Callable[..., list[str]]) -> None:
    name = "thủ-tục.example".encode("idna").decode()
    assert resolve_to(**{name.replace(".", "_"): ["1.1.1.1"]}) == []
    assert place_of("https://thủ-tục.example/", channel="webhook", allow_private=False).host == name


@pytest.mark.parametrize(
    "url",
    ["http://example.com/", "ftp://example.com/", "https:///x", "https://u:p@example.com/", "https://example.com/a b",
     "https://example.com/\r\nhost: x", "https://example.com/đ", "https://example.com:99999/", "javascript:alert(1)",
     "https://[::1", "https://" + "a" * 70 + ".example/"],
)  # fmt: skip
def test_a_malformed_or_plain_url_is_refused_for_good(url: str) -> None:
    with pytest.raises(DeliveryFailed) as refusal:
        WebhookNotifier().send(replace(NOTICE, address=url))
    assert refusal.value.permanent


def test_a_name_that_does_not_resolve_may_do_so_later(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(*_: Any, **__: Any) -> Any:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", nothing)
    with pytest.raises(DeliveryFailed, match="does not resolve") as refusal:
        WebhookNotifier().send(replace(NOTICE, address="https://absent.example/"))
    assert not refusal.value.permanent


@pytest.mark.parametrize(
    "change", [{"secret": None}, {"secret": "whsec_"}, {"secret": "not base64 ü"}, {"key": "a\nb"}]
)
def test_nothing_is_sent_unsigned(receiver: Receiver, change: dict[str, Any]) -> None:
    with pytest.raises(DeliveryFailed) as refusal:
        WebhookNotifier(allow_private=True).send(replace(NOTICE, address=receiver.url, **change))
    assert refusal.value.permanent
    assert receiver.seen == []


def test_secrets_shorter_than_the_specification_asks_are_not_usable() -> None:
    assert usable_secret(base64.b64encode(b"x" * 24).decode())
    assert not usable_secret(base64.b64encode(b"x" * 23).decode())


@pytest.mark.parametrize("address", ["1.1.1.1", "2606:4700::1111", "::ffff:1.1.1.1"])
def test_public_addresses_are_known(address: str) -> None:
    assert is_public(address)


def test_an_sms_goes_signed_to_the_gateway_of_the_office(receiver: Receiver) -> None:
    url = receiver.url.replace("http://", f"http://:{quote(SECRET, safe='')}@")
    message = Message(key="k/1/sms", channel="sms", address="+84 912.345-678", subject="", body="Hồ sơ đã có kết quả.")
    assert SmsNotifier(url).send(message) == "ref-7"
    _, headers, body = receiver.seen[0]
    assert Webhook(SECRET).verify(body, headers) == {"to": "+84912345678", "text": "Hồ sơ đã có kết quả."}
    assert (headers["webhook-id"], "authorization" in headers) == ("k/1/sms", False)


@pytest.mark.parametrize("number", ["", "12345", "0912345678x", "+", "٠٩١٢٣٤٥٦٧٨", "0" * 17])
def test_what_is_no_telephone_number_is_refused_for_good(receiver: Receiver, number: str) -> None:
    url = receiver.url.replace("http://", f"http://:{quote(SECRET, safe='')}@")
    with pytest.raises(DeliveryFailed) as refusal:
        SmsNotifier(url).send(Message(key="k", channel="sms", address=number, subject="", body="x"))
    assert refusal.value.permanent
    assert receiver.seen == []


def test_a_gateway_without_a_shared_secret_stops_the_start() -> None:
    with pytest.raises(WrongSetting, match="MOTCUA_SMS_URL"):
        SmsNotifier("https://gateway.example/sms")
