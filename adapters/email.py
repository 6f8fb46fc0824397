"""Sends notices by e-mail over SMTP.

``smtp://user:password@host:port?starttls=1`` begins in plain text and, with ``starttls=1``, turns to TLS before the
login. ``smtps://`` is TLS from the first byte. Certificates are verified against the system's authorities
(``SSL_CERT_FILE`` adds an office's own). Default ports: 25, 587 with ``starttls=1``, 465 with ``smtps``.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import html
import re
import secrets
import smtplib
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.utils import formatdate, parseaddr
from urllib.parse import parse_qs, unquote, urlsplit

from adapters.connection_pool import KeptLines
from adapters.tls import trusted
from engine.errors import Refusal, in_log
from engine.ports import DeliveryFailed, Message

_SECONDS = 20.0  # for each exchange with the server
_POLICY = SMTP_POLICY.clone(cte_type="7bit")  # passes every server, also one without 8BITMIME
_LONGEST_LINE = 998  # RFC 5322 section 2.1.1
_WORD = 39  # bytes of text in an encoded word, so that the line of a subject keeps within 76 (RFC 2047 section 2)
_ADDRESS = re.compile(r"[^\s<>]+@[^\s<>]+")  # in what a mail server says
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_WEB_ADDRESS = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)]")
# The address form of HTML's e-mail field: one recipient, no comments, no quoted local part, ASCII.
_ONE_ADDRESS = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+"
    r"@[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*"
)


class WrongMailServer(Refusal):
    """The address of the mail server or of the sender cannot be used; raised at the start, not at the first notice."""

    code = "wrong-mail-server"
    status = 500
    vi = "Cấu hình máy chủ thư không hợp lệ: {why}."
    en = "The mail server setting is wrong: {why}."


@dataclass(frozen=True, slots=True)
class MailServer:
    """The address and login of the mail server. ``password`` is never part of its ``repr``."""

    host: str
    port: int
    tls: bool
    starttls: bool
    user: str | None
    password: str | None = field(repr=False)


def mail_server_from(url: str) -> MailServer:
    """The server that an ``smtp://`` or ``smtps://`` URL names. Raises WrongMailServer.

    >>> mail_server_from("smtp://thu.example.vn?starttls=1").port
    587
    """
    parts = urlsplit(url)
    options = parse_qs(parts.query, keep_blank_values=True)
    starttls = options.pop("starttls", ["0"])[-1]
    try:
        port = parts.port
    except ValueError:
        raise WrongMailServer(why="the port must be a number from 1 to 65535") from None
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise WrongMailServer(why="it must look like smtp://host or smtps://host")
    if options or starttls not in ("0", "1"):
        raise WrongMailServer(why="the only option is starttls=1")
    tls = parts.scheme == "smtps"
    if tls and starttls == "1":
        raise WrongMailServer(why="smtps:// is encrypted from the start and takes no starttls=1")
    if (parts.username or parts.password) and not tls and starttls == "0" and not _is_here(parts.hostname):
        raise WrongMailServer(why="a password needs smtps:// or starttls=1, or everybody on the way reads it")
    usual = 465 if tls else 587 if starttls == "1" else 25
    return MailServer(
        host=parts.hostname,
        port=port or usual,
        tls=tls,
        starttls=starttls == "1",
        user=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password is not None else None,
    )


def _is_here(host: str) -> bool:
    """Whether the mail server runs on this machine, so that nothing leaves it in plain text."""
    return host in ("localhost", "::1") or host.startswith("127.")


class EmailNotifier:
    """Notifier over SMTP: plain text with a simple HTML alternative, over connections that are kept for some seconds.

    The Message-ID comes from the notice's key alone, so a repeated notice carries the same one and mailboxes that
    de-duplicate show it once. ``send`` returns that Message-ID.
    """

    def __init__(self, url: str, sender: str, *, timeout: float = _SECONDS) -> None:
        """``sender`` is ``address`` or ``Name <address>``; ``timeout`` is in seconds. Raises WrongMailServer."""
        self._server = mail_server_from(url)
        name, address = parseaddr(sender)
        if not _ONE_ADDRESS.fullmatch(address) or not sender.isprintable():
            raise WrongMailServer(why="MOTCUA_MAIL_FROM must be one address")
        self._sender = Address(display_name=name, addr_spec=address)
        head = EmailMessage(policy=_POLICY)
        head["From"] = self._sender
        head["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office replies
        head["MIME-Version"] = "1.0"
        self._head = "".join(head.policy.fold(name, value) for name, value in head.items())
        self._timeout = timeout
        self._lines: KeptLines[smtplib.SMTP] = KeptLines(_part)

    def send(self, message: Message) -> str:
        """Hands the notice to the mail server; returns its Message-ID. Raises DeliveryFailed.

        The failure is permanent only if the server refuses this recipient or this text for good. A wrong password or
        sender is a fault of the settings, so the notice waits.
        """
        try:
            mail = self._mail(message)
        except ValueError as error:  # a line break in a header, a lone surrogate
            raise DeliveryFailed(permanent=True, channel="email", why=f"it makes no valid mail: {error}") from error
        kept = self._lines.take(self._server)
        if kept is not None:
            try:
                return self._hand_in(kept, mail, message)
            except _Gone:
                pass  # the server closed it while it was idle
        try:
            connection = self._connect()
        except (smtplib.SMTPException, OSError, UnicodeError) as error:  # UnicodeError: an impossible host name
            raise _failed(error, permanent=False) from error
        try:
            return self._hand_in(connection, mail, message)
        except _Gone as error:
            raise _failed(error.why, permanent=False) from error.why

    def _hand_in(self, connection: smtplib.SMTP, mail: bytes, message: Message) -> str:
        """Sends one mail over a connection, which is kept if it is still usable. Raises DeliveryFailed, _Gone."""
        try:
            connection.sendmail(self._sender.addr_spec, [message.address], mail)
        except smtplib.SMTPRecipientsRefused as error:
            self._lines.keep(self._server, connection)
            code, text = error.recipients[message.address]
            raise DeliveryFailed(permanent=_final(code), channel="email", why=_words(code, text)) from error
        except smtplib.SMTPDataError as error:
            self._lines.keep(self._server, connection)
            raise _failed(error, permanent=_final(error.smtp_code)) from error
        except (smtplib.SMTPServerDisconnected, OSError) as error:
            connection.close()
            raise _Gone(error) from error
        except smtplib.SMTPException as error:
            _part(connection)
            raise _failed(error, permanent=False) from error
        self._lines.keep(self._server, connection)
        return self._identifier(message)

    def _connect(self) -> smtplib.SMTP:
        server = self._server
        connection: smtplib.SMTP
        if server.tls:
            connection = smtplib.SMTP_SSL(server.host, server.port, timeout=self._timeout, context=trusted())
        else:
            connection = smtplib.SMTP(server.host, server.port, timeout=self._timeout)
        try:
            if server.starttls:
                connection.starttls(context=trusted())
            if server.user is not None:
                connection.login(server.user, server.password or "")
        except BaseException:
            connection.close()
            raise
        return connection

    def _identifier(self, message: Message) -> str:
        return f"<{hashlib.sha256(message.key.encode()).hexdigest()[:40]}@{self._sender.domain}>"

    def _mail(self, message: Message) -> bytes:
        """The bytes of the mail. Raises DeliveryFailed for a wrong address, ValueError for a text no mail may have.

        It is built here, since the email package takes four milliseconds for one.
        """
        if len(message.address) > _LONGEST_LINE // 2 or not _ONE_ADDRESS.fullmatch(message.address):
            raise DeliveryFailed(permanent=True, channel="email", why="it is not one e-mail address")
        language = f"Content-Language: {message.language}\r\n" if message.language in ("vi", "en") else ""
        boundary = f"=_{secrets.token_hex(12)}"
        return (
            f"{self._head}To: {message.address}\r\nSubject: {_in_a_header(message.subject)}\r\n"
            f"Date: {formatdate()}\r\nMessage-ID: {self._identifier(message)}\r\n{language}"
            f'Content-Type: multipart/alternative; boundary="{boundary}"\r\n\r\n'
            f"--{boundary}\r\n{_part_of('plain', message.body)}"
            f"--{boundary}\r\n{_part_of('html', _as_html(message))}--{boundary}--\r\n"
        ).encode("ascii")


class _Gone(Exception):
    """The connection broke; ``why`` says how."""

    def __init__(self, why: Exception) -> None:
        super().__init__(str(why))
        self.why = why


def _part(connection: smtplib.SMTP) -> None:
    """Quits and closes a connection; errors are ignored, since the server has taken the mail or refused it."""
    with contextlib.suppress(smtplib.SMTPException, OSError):
        connection.quit()
    connection.close()


def _in_a_header(text: str) -> str:
    """A text as a header value, in encoded words where necessary (RFC 2047). Raises ValueError."""
    if _CONTROL.search(text):
        raise ValueError("a control character in a header")
    if text.isascii() and len(text) <= _WORD and "=?" not in text:
        return text
    words, word = [], b""
    for character in text:
        added = character.encode()
        if len(word) + len(added) > _WORD:
            words.append(word)
            word = b""
        word += added
    return "\r\n ".join(f"=?utf-8?b?{base64.b64encode(word).decode()}?=" for word in [*words, word])


def _part_of(kind: str, text: str) -> str:
    """One MIME part with its headers: 7bit where every server can pass the text on, else base64.

    For Vietnamese base64 is shorter than quoted-printable.
    """
    lines = text.splitlines()
    content = "\r\n".join(lines) + "\r\n"
    plain = text.isascii() and "\0" not in text and max(map(len, lines), default=0) <= _LONGEST_LINE
    if not plain:
        content = base64.encodebytes(content.encode()).decode().replace("\n", "\r\n")
    encoding = "7bit" if plain else "base64"
    return f'Content-Type: text/{kind}; charset="utf-8"\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n{content}'


def _as_html(message: Message) -> str:
    paragraphs = (
        "<p>" + "<br>\n".join(_linked(line) for line in paragraph.splitlines()) + "</p>"
        for paragraph in re.split(r"\n\s*\n", message.body.strip())
    )
    language = message.language if message.language in ("vi", "en") else "vi"
    title = html.escape(message.subject)
    return (
        f'<!doctype html>\n<html lang="{language}"><head><meta charset="utf-8"><title>{title}</title></head>\n'
        '<body style="font:16px/1.5 sans-serif;max-width:40em">\n' + "\n".join(paragraphs) + "\n</body></html>\n"
    )


def _linked(line: str) -> str:
    """A line as escaped HTML, with web addresses made into links."""
    pieces, end = [], 0
    for found in _WEB_ADDRESS.finditer(line):
        target = html.escape(found.group())
        pieces += [html.escape(line[end : found.start()]), f'<a href="{target}">{target}</a>']
        end = found.end()
    return "".join(pieces) + html.escape(line[end:])


def _final(code: int) -> bool:
    """RFC 5321 section 4.2.1: 5yz is a permanent negative reply."""
    return 500 <= code <= 599


def _failed(error: Exception, *, permanent: bool) -> DeliveryFailed:
    if isinstance(error, smtplib.SMTPResponseException):
        why = _words(error.smtp_code, error.smtp_error)
    else:
        why = in_log(error)
    return DeliveryFailed(permanent=permanent, channel="email", why=why)


def _words(code: int, text: bytes | str) -> str:
    said = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return f"{code} {_ADDRESS.sub('…', ' '.join(said.split()))}"[:300]
