"""Events as CloudEvents 1.0, read back by the official SDK; webhooks against the library of Standard Webhooks."""

from __future__ import annotations

import base64
import datetime as dt
import hmac
from collections.abc import Iterator
from dataclasses import replace

import pytest
from cloudevents.core.bindings.http import HTTPMessage, from_http_event
from cloudevents.core.v1.event import CloudEvent
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from adapters.webhook import WebhookNotifier
from engine.acts.notices.deliver import deliver_notices
from engine.acts.notices.webhooks import add_webhook
from engine.notices.cloud_event import BINARY, FORMATS, STANDARD, STRUCTURED, cloud_event, cloud_event_message
from engine.ports import Message
from tests.installation.world import World
from tests.integration.test_adapter_webhook import SECRET, Receiver, served

NOW = dt.datetime(2026, 3, 2, 2, tzinfo=dt.UTC)
FACTS = {"code": "H22-250701-0001", "state": "received", "due": None, "entry": 12, "version": 12}
EVENT = cloud_event("4711:12:x", "dossier.state_changed", NOW, FACTS, "https://mot-cua.example")


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with served(Receiver()) as receiver:
        yield receiver


def parsed(receiver: Receiver, number: int = 0) -> CloudEvent:
    """What the SDK makes of a request that was received."""
    _, headers, body = receiver.seen[number]
    event = from_http_event(HTTPMessage(headers, body))
    assert isinstance(event, CloudEvent)
    return event


class _Redirected:
    """A notifier that sends what is for webhooks anywhere to a receiver on this machine, at the same path."""

    def __init__(self, receiver: Receiver) -> None:
        self._here = f"http://127.0.0.1:{receiver.port}"

    def send(self, message: Message) -> str:
        if message.channel != "webhook":
            return ""
        here = message.address.replace("https://a.example", self._here)
        return WebhookNotifier(allow_private=True).send(replace(message, address=here))


@pytest.mark.parametrize("form", [STRUCTURED, BINARY])
def test_the_sdk_reads_every_attribute_and_the_data(receiver: Receiver, form: str) -> None:
    WebhookNotifier(allow_private=True).send(cloud_event_message(EVENT, receiver.url, SECRET, form))
    event = parsed(receiver)
    assert (event.get_specversion(), event.get_id(), event.get_type()) == ("1.0", "4711:12:x", "dossier.state_changed")
    assert event.get_source() == "https://mot-cua.example/api/v1/dossiers/H22-250701-0001"
    assert (event.get_subject(), event.get_time()) == ("H22-250701-0001", NOW)
    assert (event.get_datacontenttype(), event.get_extension("sequence")) == ("application/json", "0000000012")
    assert event.get_data() == FACTS


def test_each_mode_has_the_content_type_of_the_binding(receiver: Receiver) -> None:
    for form in (STRUCTURED, BINARY):
        WebhookNotifier(allow_private=True).send(cloud_event_message(EVENT, receiver.url, SECRET, form))
    structured, binary = (headers for _, headers, _ in receiver.seen)
    assert structured["content-type"] == "application/cloudevents+json; charset=utf-8"
    assert not any(name.startswith("ce-") for name in structured)
    assert (binary["content-type"], binary["ce-specversion"]) == ("application/json", "1.0")


def test_the_sdk_decodes_what_stands_encoded_in_a_header(receiver: Receiver) -> None:
    event = EVENT | {"subject": 'Hồ sơ "50 %"'}
    WebhookNotifier(allow_private=True).send(cloud_event_message(event, receiver.url, SECRET, BINARY))
    assert parsed(receiver).get_subject() == 'Hồ sơ "50 %"'


@pytest.mark.parametrize("form", FORMATS)
def test_the_library_of_standard_webhooks_verifies_what_we_send(receiver: Receiver, form: str) -> None:
    message = replace(cloud_event_message(EVENT, receiver.url, SECRET, form), key="4711:12:x")
    WebhookNotifier(allow_private=True).send(message)
    _, headers, body = receiver.seen[0]
    assert Webhook(SECRET).verify(body, headers) == (FACTS if form == BINARY else EVENT)
    for wrong in (body.replace(b"received", b"accepted"), body + b"\n"):
        with pytest.raises(WebhookVerificationError):
            Webhook(SECRET).verify(wrong, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(body, headers | {"webhook-id": "4711:13:x"})


def test_the_signature_is_the_one_of_the_specification_and_of_the_library(receiver: Receiver) -> None:
    """The other direction: what is signed elsewhere, for the same id, moment and body, is what we have sent."""
    at = dt.datetime.now(dt.UTC).replace(microsecond=0)
    WebhookNotifier(allow_private=True, now=lambda: at).send(
        cloud_event_message(EVENT, receiver.url, SECRET, STRUCTURED)
    )
    _, headers, body = receiver.seen[0]
    signed = f"4711:12:x.{int(at.timestamp())}.".encode() + body
    by_hand = hmac.new(base64.b64decode(SECRET.removeprefix("whsec_")), signed, "sha256").digest()
    assert headers["webhook-signature"] == f"v1,{base64.b64encode(by_hand).decode()}"
    assert headers["webhook-signature"] == Webhook(SECRET).sign("4711:12:x", at, body.decode())
    assert (headers["webhook-id"], headers["webhook-timestamp"]) == ("4711:12:x", str(int(at.timestamp())))


def test_each_webhook_gets_its_events_as_it_asked_for(world: World, receiver: Receiver) -> None:
    for form in FORMATS:
        world.try_act("admin", add_webhook, f"https://a.example/{form}", None, form)
    code = world.land_at("checking")
    deliver_notices(world.runtime, _Redirected(receiver))
    by_form: dict[str, list[int]] = {form: [] for form in FORMATS}
    for number, (path, _, _) in enumerate(receiver.seen):
        by_form[path.removeprefix("/")].append(number)
    assert len(by_form[STANDARD]) == len(by_form[STRUCTURED]) == len(by_form[BINARY]) > 0
    for form in (STRUCTURED, BINARY):
        events = [parsed(receiver, number) for number in by_form[form]]
        assert {event.get_subject() for event in events} == {code}
        assert [event.get_extension("sequence") for event in events] == sorted(
            f"{event.get_data()['version']:010d}" for event in events
        )
    assert b"specversion" not in receiver.seen[by_form[STANDARD][0]][2]
