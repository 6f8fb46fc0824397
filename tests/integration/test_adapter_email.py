"""The SMTP notifier against a real SMTP server on the loopback interface."""

from __future__ import annotations

import email.policy
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult

from adapters.email import EmailNotifier, WrongMailServer, mail_server_from
from engine.ports import DeliveryFailed, Message
from tests.integration.certificates import certificate_for

NOTICE = Message(
    key="H22-250701-0001/3/email",
    channel="email",
    address="cong.dan@example.com",
    subject="Hồ sơ H22-250701-0001 đã được tiếp nhận",
    body="Kính gửi bà Nguyễn Thị Phượng,\n\nXem <b>tại</b> https://mc.example/t/abc?x=1&y=2.\nTrân trọng.",
)


class Mailbox:
    """Takes every mail, or answers RCPT and DATA as told."""

    def __init__(self) -> None:
        self.taken: list[bytes] = []
        self.on_recipient = ""
        self.on_data = ""

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, options: Any) -> str:
        if self.on_recipient:
            return self.on_recipient
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        if self.on_data:
            return self.on_data
        self.taken.append(envelope.content)
        return "250 queued"

    def mail(self) -> EmailMessage:
        parsed = message_from_bytes(self.taken[-1], policy=email.policy.default)
        assert isinstance(parsed, EmailMessage)
        return parsed


@contextmanager
def served(mailbox: Mailbox, **options: Any) -> Iterator[int]:
    def factory(_self: Controller) -> SMTP:
        return SMTP(mailbox, **options)

    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = int(probe.getsockname()[1])
    kind = type("Server", (Controller,), {"factory": factory})
    controller = kind(mailbox, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def port(mailbox: Mailbox) -> Iterator[int]:
    with served(mailbox) as port:
        yield port


def notifier(port: int, url: str = "smtp://127.0.0.1:{port}") -> EmailNotifier:
    return EmailNotifier(url.format(port=port), "Một Cửa <mot-cua@example.gov.vn>", timeout=5)


def test_a_vietnamese_notice_arrives_as_text_and_as_html(mailbox: Mailbox, port: int) -> None:
    reference = notifier(port).send(NOTICE)
    mail = mailbox.mail()
    assert mailbox.taken[-1].isascii()
    assert mail["subject"] == NOTICE.subject
    assert mail["to"] == NOTICE.address
    assert mail["from"] == "Một Cửa <mot-cua@example.gov.vn>"
    assert mail["auto-submitted"] == "auto-generated"
    assert mail["message-id"] == reference
    assert mail.get_content_type() == "multipart/alternative"
    plain, rich = (part.get_content() for part in mail.iter_parts())
    assert plain.replace("\r\n", "\n").strip() == NOTICE.body
    assert "&lt;b&gt;tại&lt;/b&gt;" in rich
    assert '<a href="https://mc.example/t/abc?x=1&amp;y=2">' in rich


def test_the_message_id_depends_on_the_key_alone(mailbox: Mailbox, port: int) -> None:
    first = notifier(port).send(NOTICE)
    again = notifier(port).send(replace(NOTICE, body="khác", subject="khác"))
    other = notifier(port).send(replace(NOTICE, key="H22-250701-0001/4/email"))
    assert first == again != other
    assert first.endswith("@example.gov.vn>")


@pytest.mark.parametrize(
    "address",
    ["a@example.com\r\nBcc: b@example.com", "a@example.com, b@example.com", "a", "A <a@example.com>", "", "a@b@c"],
)
def test_an_address_that_is_not_exactly_one_is_refused_for_good(mailbox: Mailbox, port: int, address: str) -> None:
    with pytest.raises(DeliveryFailed) as refusal:
        notifier(port).send(replace(NOTICE, address=address))
    assert refusal.value.permanent
    assert mailbox.taken == []


def test_a_subject_with_a_line_break_is_refused_for_good(mailbox: Mailbox, port: int) -> None:
    with pytest.raises(DeliveryFailed) as refusal:
        notifier(port).send(replace(NOTICE, subject="Hồ sơ\r\nBcc: thief@example.com"))
    assert refusal.value.permanent
    assert mailbox.taken == []


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        ("Dossier received", "Dear all,\n\n.a line with a dot\n..\nGoodbye"),
        ("Hồ sơ " * 60, "Một dòng rất dài " * 200 + "\n\nhết"),
        ("plain " * 60, "a line too long for a server " * 50),
        ("=?utf-8?b?SGVsbG8=?=", "From here\n--=_\n" + chr(0x1F5C2)),
        ("", ""),
    ],
    ids=["ascii", "long", "long ascii", "as if encoded", "empty"],
)
def test_every_text_arrives_as_it_was_in_lines_that_every_server_takes(
    mailbox: Mailbox, port: int, subject: str, body: str
) -> None:
    notifier(port).send(replace(NOTICE, subject=subject, body=body))
    mail = mailbox.mail()
    assert mail["subject"].strip() == subject.strip()
    text = mail.get_body(("plain",))
    assert text is not None
    assert text.get_content().replace("\r\n", "\n").rstrip("\n") == body
    assert mailbox.taken[-1].isascii()
    assert max(map(len, mailbox.taken[-1].split(b"\r\n"))) <= 998
    assert all(len(line) <= 76 for line in mailbox.taken[-1].split(b"\r\n") if b"=?utf-8?b?" in line)
    assert [defect for part in mail.walk() for defect in part.defects] == []


@pytest.mark.parametrize(
    ("on_recipient", "on_data", "permanent"),
    [
        ("550 no such user", "", True),
        ("450 mailbox busy", "", False),
        ("", "554 rejected as spam", True),
        ("", "451 try again later", False),
    ],
)
def test_the_server_says_whether_trying_again_helps(
    mailbox: Mailbox, port: int, on_recipient: str, on_data: str, permanent: bool
) -> None:
    mailbox.on_recipient, mailbox.on_data = on_recipient, on_data
    with pytest.raises(DeliveryFailed) as refusal:
        notifier(port).send(NOTICE)
    assert refusal.value.permanent is permanent
    assert (on_recipient or on_data) in str(refusal.value)


def test_a_server_that_is_down_is_a_temporary_failure() -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = int(probe.getsockname()[1])
    with pytest.raises(DeliveryFailed) as refusal:
        notifier(port).send(NOTICE)
    assert not refusal.value.permanent


def test_a_silent_server_is_given_up_after_the_timeout() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        patient = EmailNotifier(f"smtp://127.0.0.1:{silent.getsockname()[1]}", "a@example.com", timeout=0.1)
        with pytest.raises(DeliveryFailed, match="timed out") as refusal:
            patient.send(NOTICE)
    assert not refusal.value.permanent


def test_it_signs_in_over_starttls_and_a_wrong_password_lets_the_notice_wait(
    mailbox: Mailbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority, chain = certificate_for(tmp_path, "localhost")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(chain)

    def authenticate(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
        return AuthResult(success=(data.login, data.password) == (b"mc@office", b"p/w d"), handled=False)

    with served(
        mailbox, tls_context=context, require_starttls=True, auth_required=True, authenticator=authenticate
    ) as port:
        url = "smtp://mc%40office:{password}@localhost:{port}?starttls=1"
        with pytest.raises(DeliveryFailed, match="CERTIFICATE_VERIFY_FAILED"):
            notifier(port, url.replace("{password}", "p%2Fw%20d")).send(NOTICE)
        monkeypatch.setenv("SSL_CERT_FILE", str(authority))
        with pytest.raises(DeliveryFailed, match="535") as refusal:
            notifier(port, url.replace("{password}", "wrong-one")).send(NOTICE)
        assert not refusal.value.permanent
        assert "wrong-one" not in str(refusal.value)
        assert mailbox.taken == []
        notifier(port, url.replace("{password}", "p%2Fw%20d")).send(NOTICE)
    assert len(mailbox.taken) == 1


@pytest.mark.parametrize(
    ("url", "port"),
    [("smtp://mail", 25), ("smtp://mail?starttls=1", 587), ("smtps://mail", 465), ("smtp://mail:2525", 2525)],
)
def test_the_usual_ports(url: str, port: int) -> None:
    assert mail_server_from(url).port == port


@pytest.mark.parametrize("url", ["smtp://", "smtp://h:x", "smtps://h?starttls=1", "smtp://h?tls=1", "http://h"])
def test_a_wrong_server_address_stops_the_start(url: str) -> None:
    with pytest.raises(WrongMailServer):
        EmailNotifier(url, "a@example.com")


@pytest.mark.parametrize("sender", ["not an address", "Một Cửa\r\nBcc: b@example.com <a@example.com>", ""])
def test_a_wrong_sender_stops_the_start(sender: str) -> None:
    with pytest.raises(WrongMailServer):
        EmailNotifier("smtp://mail", sender)


def test_the_password_is_not_in_the_representation() -> None:
    assert "geheim" not in repr(mail_server_from("smtps://u:geheim@h"))


@pytest.mark.parametrize("url", ["smtp://a:mat-khau@thu.example.vn", "smtp://a@thu.example.vn", "smtp://:b@10.0.0.1"])
def test_a_password_never_travels_in_clear(url: str) -> None:
    with pytest.raises(WrongMailServer, match="starttls=1"):
        mail_server_from(url)
    for right in (f"{url}?starttls=1", url.replace("smtp:", "smtps:"), "smtp://thu.example.vn", "smtp://a:b@127.0.0.1"):
        mail_server_from(right)
