"""The link and the receipt code, two keys to one dossier, never go out in one message."""

from __future__ import annotations

import pytest

from engine.acts.publish import KeysTogether, publish_template
from tests.installation.content import shipped
from tests.installation.world import World


@pytest.mark.parametrize("part", ["subject", "body", "sms"])
def test_no_template_may_send_both_keys_in_one_message(world: World, part: str) -> None:
    keys = {"body": {"vi": "{link}", "en": "{link}"}, "sms": {"vi": "{link}", "en": "{link}"}, "subject": {"vi": "a"}}
    keys[part] = {"vi": "{receipt_code} {link}" if part == "sms" else "x {receipt_code}", "en": "x"}
    if part == "body":
        keys["subject"] = {"vi": "{link}", "en": "x"}
    world.refuse(KeysTogether, "admin", publish_template, "moi", keys)
    world.act("admin", publish_template, "moi", {**keys, part: {"vi": "x", "en": "x"}})


def test_no_shipped_notice_holds_both_keys_and_that_of_receipt_holds_the_code() -> None:
    for key, parts in shipped().templates.items():
        for part in ("subject", "body", "sms"):
            for text in parts[part].values():
                assert not ("{link}" in text and "{receipt_code}" in text)
                assert ("{receipt_code}" in text) == (key == "da-tiep-nhan" and part != "subject")
