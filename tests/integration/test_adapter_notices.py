"""Notices into a file, and which adapter an installation's settings choose."""

from __future__ import annotations

import json
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.channels import notifier_from
from adapters.notice_file import FileNotifier
from engine.ports import DeliveryFailed, Message
from engine.setting_values import WrongSetting
from engine.settings import Settings, settings_from

NOTICE = Message(key="k/1", channel="email", address="a@example.com", subject="Đã nhận", body="Dòng 1\nDòng 2")


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_one_line_a_notice_in_order(tmp_path: Path) -> None:
    path = tmp_path / "out" / "notices.jsonl"
    sink = FileNotifier(path)
    assert sink.send(NOTICE) == ""
    sink.send(replace(NOTICE, key="k/2", channel="sms", address="0912345678", secret="whsec_x", data={"a": 1}))
    first, second = lines(path)
    assert first == {
        "key": "k/1", "channel": "email", "address": "a@example.com", "subject": "Đã nhận", "body": "Dòng 1\nDòng 2",
        "language": "vi", "data": {},
    }  # fmt: skip
    assert (second["key"], second["channel"], second["data"]) == ("k/2", "sms", {"a": 1})
    assert "whsec" not in path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_key_is_written_once_also_by_another_process(tmp_path: Path) -> None:
    path = tmp_path / "notices.jsonl"
    first, second = FileNotifier(path), FileNotifier(path)
    first.send(NOTICE)
    second.send(NOTICE)
    second.send(replace(NOTICE, key="k/2"))
    first.send(replace(NOTICE, key="k/2"))
    assert [line["key"] for line in lines(path)] == ["k/1", "k/2"]


def test_writers_at_once_neither_mix_nor_lose_lines(tmp_path: Path) -> None:
    path = tmp_path / "notices.jsonl"
    with ThreadPoolExecutor(8) as pool:
        for number in range(40):
            message = replace(NOTICE, key=f"k/{number % 20}", body="x" * 5000)
            pool.submit(FileNotifier(path).send, message)
    assert sorted(str(line["key"]) for line in lines(path)) == sorted(f"k/{number}" for number in range(20))


def test_a_line_that_a_crash_cut_short_is_closed_and_written_again(tmp_path: Path) -> None:
    path = tmp_path / "notices.jsonl"
    FileNotifier(path).send(NOTICE)
    os.truncate(path, path.stat().st_size - 10)
    FileNotifier(path).send(NOTICE)
    cut, whole = path.read_text().splitlines()
    with pytest.raises(json.JSONDecodeError):
        json.loads(cut)
    assert json.loads(whole)["key"] == NOTICE.key


def test_a_file_that_a_person_emptied_starts_anew(tmp_path: Path) -> None:
    path = tmp_path / "notices.jsonl"
    sink = FileNotifier(path)
    sink.send(NOTICE)
    sink.send(NOTICE)  # by now the key was read back
    path.write_text("")
    sink.send(NOTICE)
    assert len(lines(path)) == 1


def test_it_tells_of_each_notice_once(tmp_path: Path) -> None:
    told: list[str] = []
    sink = FileNotifier(tmp_path / "notices.jsonl", echo=told.append)
    sink.send(NOTICE)
    sink.send(NOTICE)
    assert told == ["[email] a@example.com: Đã nhận"]


def test_a_file_that_cannot_be_written_is_a_temporary_failure(tmp_path: Path) -> None:
    with pytest.raises(DeliveryFailed) as refusal:
        FileNotifier(tmp_path).send(NOTICE)  # a folder
    assert not refusal.value.permanent


def settings(tmp_path: Path, **environment: str) -> Settings:
    return settings_from({"MOTCUA_DATA": str(tmp_path / "data"), **environment})


@pytest.mark.parametrize(
    ("channel", "setting"), [("email", "MOTCUA_SMTP_URL"), ("sms", "MOTCUA_SMS_URL"), ("pigeon", "no adapter")]
)
def test_a_channel_that_is_not_set_up_lets_the_notice_wait_and_names_the_setting(
    tmp_path: Path, channel: str, setting: str
) -> None:
    with pytest.raises(DeliveryFailed, match=setting) as refusal:
        notifier_from(settings(tmp_path)).send(replace(NOTICE, channel=channel))
    assert not refusal.value.permanent


def test_the_notice_file_stands_in_for_email_and_sms_but_not_for_webhooks(tmp_path: Path) -> None:
    path = tmp_path / "notices.jsonl"
    chosen = notifier_from(settings(tmp_path, MOTCUA_NOTICE_FILE=str(path)))
    chosen.send(NOTICE)
    chosen.send(replace(NOTICE, key="k/2", channel="sms"))
    with pytest.raises(DeliveryFailed, match="webhook"):
        chosen.send(replace(NOTICE, key="k/3", channel="webhook", address="https://127.0.0.1/"))
    assert [line["channel"] for line in lines(path)] == ["email", "sms"]


def test_a_configured_server_takes_precedence_over_the_file(tmp_path: Path) -> None:
    path = tmp_path / "notices.jsonl"
    chosen = notifier_from(
        settings(
            tmp_path,
            MOTCUA_NOTICE_FILE=str(path),
            MOTCUA_SMTP_URL="smtp://127.0.0.1:1",
            MOTCUA_SMS_URL="http://:whsec_YSBzaWduaW5nIHNlY3JldCBvZiAzMiBieXRlcyAuLi4@127.0.0.1:1/",
        )
    )
    for channel, address in (("email", "a@example.com"), ("sms", "0912345678")):
        with pytest.raises(DeliveryFailed):
            chosen.send(replace(NOTICE, channel=channel, address=address))
    assert not path.exists()


def test_a_gateway_without_a_secret_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(WrongSetting, match="MOTCUA_SMS_URL"):
        notifier_from(settings(tmp_path, MOTCUA_SMS_URL="http://127.0.0.1:1/"))
