"""The feed of events and the formats of webhooks over HTTP."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.installation.served import ServedInstallation, served_copy


@pytest.fixture
def fed(tmp_path: Path) -> ServedInstallation:
    return served_copy(tmp_path, MOTCUA_EVENT_FEED="1")


def test_an_administrator_follows_the_feed_page_by_page(fed: ServedInstallation) -> None:
    codes = [fed.filed()["code"] for _ in range(3)]
    admin, seen, after, more = fed.person("admin"), [], 0, True
    while more:
        page = admin.get(f"/api/v1/events?after={after}&limit=2")
        assert page.status_code == 200, page.text
        seen += page.json["items"]
        after, more = page.json["next"], page.json["more"]
    assert list(dict.fromkeys(event["subject"] for event in seen)) == codes
    assert len({event["id"] for event in seen}) == len(seen)
    assert {event["type"] for event in seen} == {"dossier.state_changed"}
    assert admin.get(f"/api/v1/events?after={after}").json == {"items": [], "next": after, "more": False}
    source = seen[0]["source"]
    assert fed.person("counter").get(source[source.index("/api/") :]).json["code"] == codes[0]


def test_staff_and_strangers_read_no_feed(fed: ServedInstallation) -> None:
    assert fed.person("counter").get("/api/v1/events").status_code == 403
    assert fed.person("admin").get("/api/v1/events?after=-1").status_code == 422


def test_without_the_setting_it_says_how_to_keep_one(installation: ServedInstallation) -> None:
    refused = installation.person("admin").get("/api/v1/events")
    assert (refused.status_code, refused.json["code"]) == (409, "no-event-feed")
    assert "MOTCUA_EVENT_FEED" in refused.json["detail_vi"]


def test_a_webhook_says_how_it_gets_its_events(installation: ServedInstallation) -> None:
    admin = installation.person("admin")
    made = [
        admin.post("/api/v1/webhooks", {"url": "https://example.org/hook", **chosen})
        for chosen in ({}, {"format": "cloudevents"}, {"format": "cloudevents-binary"})
    ]
    assert [one.status_code for one in made] == [201, 201, 201]
    listed = admin.get("/api/v1/webhooks").json["items"]
    assert [one["format"] for one in listed] == ["standard", "cloudevents", "cloudevents-binary"]
    wrong = admin.post("/api/v1/webhooks", {"url": "https://example.org/hook", "format": "xml"})
    assert (wrong.status_code, list(wrong.json["errors"])) == (422, ["format"])
