"""The mapping file of remote signing: the shipped one is right; each mistake is said with its line, twice."""

from __future__ import annotations

import pytest

from workflows.remote_signing_file import SHIPPED, BadConnectionFile, load_remote_wire, read_remote_wire

TEXT = SHIPPED.read_text(encoding="utf-8")


def test_the_shipped_file_is_read_and_says_that_it_is_not_verified() -> None:
    wire = load_remote_wire()
    assert not wire.verified
    assert wire.words["sign.transaction"] == "transaction_id" and wire.hash_as == "base64"
    assert wire.states["REJECTED"] == "refused" and wire.numbers["callback.tolerance_seconds"] == 300


def test_names_may_lead_into_nested_objects() -> None:
    changed = TEXT.replace("transaction: transaction_id", "transaction: data.transaction_id")
    assert read_remote_wire(changed.encode(), "a.yaml").words["status.transaction"] == "data.transaction_id"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("poll_seconds: 5 ", "poll_seconds: soon ", '"poll_seconds" must be a number from'),
        ("poll_seconds: 5 ", "poll_seconds: 0 ", '"poll_seconds" must be a number from 1'),
        ("poll_seconds: 5 ", "pol_seconds: 5 ", 'no key "pol_seconds"'),
        ("  own: certificate\n", "", 'the key "certificate.own" is missing'),
        ("/v1/credentials/{credential}/certificate", "/v1/certificate", '"certificate.path" does not have'),
        ("path: /v1/signatures\n", "path: v1/signatures\n", '"sign.path" does not have'),
        ("hash_as: base64 ", "hash_as: base32 ", '"sign.hash_as" does not have'),
        ('"Bearer {secret}"', '"Bearer"', '"authorisation.value" does not have'),
        ("REJECTED: refused", "REJECTED: rejected", '"states.REJECTED" must be one of'),
        ("  REJECTED: refused\n", "", 'no word of the provider means "refused"'),
        ("verified: false", "verified: perhaps", '"verified" must be one of true, false'),
        ("signature: X-Signature", "signature: X Signature", '"callback.signature" does not have'),
    ],
)
def test_a_mistake_is_said_with_its_line_in_both_languages(old: str, new: str, said: str) -> None:
    assert old in TEXT
    with pytest.raises(BadConnectionFile) as caught:
        read_remote_wire(TEXT.replace(old, new, 1).encode(), "remote-signing.yaml")
    english, vietnamese = caught.value.sentence("en"), caught.value.sentence("vi")
    assert said in english and english.startswith("remote-signing.yaml:") and english != vietnamese
    line = int(english.split(":")[1])
    assert 1 <= line <= TEXT.count("\n") + 1


@pytest.mark.parametrize("text", ["", "a: [", "- a\n", "\x00", "a: &b c\n", "verified: false\n"])
def test_what_is_no_mapping_is_refused(text: str) -> None:
    with pytest.raises(BadConnectionFile):
        read_remote_wire(text.encode(), "a.yaml")


def test_an_absent_file_is_named(tmp_path_factory: pytest.TempPathFactory) -> None:
    with pytest.raises(BadConnectionFile, match=r"absent\.yaml"):
        load_remote_wire(tmp_path_factory.mktemp("none") / "absent.yaml")
