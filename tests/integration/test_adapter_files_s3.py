"""Contents in an S3 store: a real one (SeaweedFS), and one that fails, is slow, or lies."""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from click.testing import CliRunner
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from adapters.files_local import LocalFiles, NoSuchFile, NotKept
from adapters.files_moving import Moved, MovingFiles, copy_files
from adapters.files_s3 import PART, FileDamaged, FilesSilent, S3Files
from cli.compose import compose_files
from cli.main import main
from engine.file_settings import s3_settings
from engine.setting_values import WrongSetting
from engine.settings import settings_from
from tests.doubles.process import free_port
from tests.s3_server import KEY, SECRET, program, s3_server

BUCKET = "motcua"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if program() is None:
        pytest.skip("SeaweedFS is not installed: its package brings a program for x86-64 Linux only")
    with s3_server(tmp_path_factory.mktemp("seaweed")) as address:
        _client(address).create_bucket(Bucket=BUCKET)
        yield address


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)


def _client(address: str) -> Any:
    return boto3.client(
        "s3", endpoint_url=address, region_name="us-east-1", aws_access_key_id=KEY, aws_secret_access_key=SECRET
    )


@pytest.fixture
def place() -> str:
    """A place in the bucket that no other test has."""
    return f"s3://{BUCKET}/tep/{secrets.token_hex(4)}"


def _files(address: str, place: str, **more: str) -> S3Files:
    return S3Files(s3_settings({"MOTCUA_S3_ENDPOINT": address, "MOTCUA_S3_SECONDS": "5", **more}, place))


@pytest.fixture
def files(store: str, place: str) -> S3Files:
    return _files(store, place)


def _name(files: S3Files, key: str) -> str:
    return f"{files.place.removeprefix(f's3://{BUCKET}/')}{key[:2]}/{key}"


def test_what_was_put_is_read_again_by_another_machine(files: S3Files, store: str, place: str) -> None:
    contents = {files.put(content): content for content in (b"", b"%PDF-1.7", secrets.token_bytes(100_000))}
    again = _files(store, place)
    assert {key: again.read(key) for key in contents} == contents
    assert sorted(again.every_key()) == sorted(contents)
    assert all(key == hashlib.sha256(content).hexdigest() for key, content in contents.items())


def test_the_same_content_is_kept_once_whatever_is_repeated(files: S3Files) -> None:
    assert {files.put(b"same") for _ in range(3)} == {files.put(b"same")}
    assert len(list(files.every_key())) == 1


def test_a_large_content_goes_in_parts(files: S3Files, store: str, place: str) -> None:
    content = secrets.token_bytes(PART * 2 + 17)
    key = files.put(content)
    assert files.read(key) == content
    assert _client(store).head_object(Bucket=BUCKET, Key=_name(files, key))["ETag"].rstrip('"').endswith("-3")


def test_more_than_a_page_of_keys_is_listed(files: S3Files, monkeypatch: pytest.MonkeyPatch) -> None:
    made = {files.put(bytes([number])) for number in range(7)}
    client = files._s3()
    whole = client.list_objects_v2
    monkeypatch.setattr(client, "list_objects_v2", lambda **given: whole(MaxKeys=3, **given))
    assert set(files.every_key()) == made


def test_what_was_removed_is_gone_and_removing_again_harms_nobody(files: S3Files) -> None:
    key = files.put(b"one")
    files.remove(key)
    files.remove(key)
    with pytest.raises(NoSuchFile):
        files.read(key)
    assert files.hash_of(key) is None


@pytest.mark.parametrize("key", ["", "..", "../" * 9, "a" * 31, "A" * 32, "a" * 32 + "\n", "g" * 64, "a" * 63])
def test_only_keys_of_our_own_form_become_names_there(files: S3Files, key: str) -> None:
    for call in (files.read, files.remove):
        with pytest.raises(NoSuchFile):
            call(key)
    assert files.hash_of(key) is None


def test_the_first_name_counts(files: S3Files, store: str, place: str) -> None:
    assert files.name() is None
    assert files.give_name("first") == "first"
    assert _files(store, place).give_name("second") == "first"
    assert files.name() == "first"


def test_what_was_changed_or_cut_behind_our_back_is_found(files: S3Files, store: str, place: str) -> None:
    key = files.put(b"the whole content")
    _client(store).put_object(Bucket=BUCKET, Key=_name(files, key), Body=b"the whole content!")
    with pytest.raises(FileDamaged):
        files.read(key)


def test_a_bucket_that_does_not_exist_and_a_wrong_key_keep_nothing(store: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NotKept):
        _files(store, "s3://no-such-bucket").put(b"x" * (PART + 1))
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "another")
    with pytest.raises(NotKept):
        _files(store, "s3://no-such-bucket").put(b"x")


def test_nobody_there(place: str) -> None:
    silent = _files(f"http://127.0.0.1:{free_port()}", place)
    with pytest.raises(NotKept) as refused:
        silent.put(b"x")
    assert "127.0.0.1" not in refused.value.sentence()
    for call in (silent.read, silent.hash_of, silent.remove):
        with pytest.raises(FilesSilent):
            call("a" * 64)


class Lying:
    """A store that answers everything in one manner, and remembers what it was asked."""

    def __init__(self) -> None:
        self.manner, self.seen = "error", list[tuple[str, dict[str, str]]]()

    def __call__(self, environ: Any, start_response: Any) -> Any:
        request = Request(environ)
        request.get_data()
        self.seen.append((request.method, dict(request.headers)))
        if self.manner == "slow":
            threading.Event().wait(3)
        answer = {
            "error": Response("<Error><Code>InternalError</Code></Error>", 500),
            "busy": Response("<Error><Code>SlowDown</Code></Error>", 503),
            "nonsense": Response("<html>a captive portal</html>", 200),
            "short": Response(b"half", 200),
            "slow": Response(b"", 200),
            "well": Response(b"", 200, headers={"ETag": '"x"'}),
        }[self.manner]
        if self.manner == "short":
            answer.headers["Content-Length"] = "4000"
        return answer(environ, start_response)


@pytest.fixture
def lying() -> Iterator[tuple[Lying, str]]:
    class Quiet(WSGIRequestHandler):
        def log_request(self, *_: Any) -> None: ...

    program = Lying()
    server = make_server("127.0.0.1", 0, program, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield program, f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join(5)


@pytest.mark.parametrize("manner", ["error", "busy", "nonsense", "short", "slow"])
def test_a_store_that_fails_gives_nothing_wrong(lying: tuple[Lying, str], manner: str) -> None:
    double, address = lying
    double.manner = manner
    files = S3Files(s3_settings({"MOTCUA_S3_ENDPOINT": address, "MOTCUA_S3_SECONDS": "1"}, "s3://bucket"))
    with pytest.raises((FilesSilent, FileDamaged)):
        files.read("a" * 64)


def test_encryption_is_asked_of_the_store(lying: tuple[Lying, str]) -> None:
    double, address = lying
    double.manner = "well"
    _files(address, "s3://bucket", MOTCUA_S3_ENCRYPTION="aws:kms", MOTCUA_S3_KMS_KEY="the-key").put(b"x")
    sent = {name.lower(): value for name, value in double.seen[-1][1].items()}
    assert sent["x-amz-server-side-encryption"] == "aws:kms"
    assert sent["x-amz-server-side-encryption-aws-kms-key-id"] == "the-key"


def test_a_folder_moves_there_and_back_and_goes_on_after_a_death(files: S3Files, tmp_path: Path) -> None:
    folder, back = LocalFiles(tmp_path / "old"), LocalFiles(tmp_path / "back")
    contents = {folder.put(secrets.token_bytes(1_000 + number)): number for number in range(12)}
    folder.give_name("the-store")

    class Killed(Exception): ...

    def die(done: Moved) -> None:
        if done.copied == 5:
            raise Killed

    with pytest.raises(Killed):
        copy_files(folder, files, die)
    assert files.name() is None
    done = copy_files(folder, files, lambda _: None)
    assert (done.copied, done.there) == (7, 5) and files.name() == "the-store"
    assert {key: len(files.read(key)) - 1_000 for key in contents} == contents
    fresh = files.put(b"taken by the new store")
    assert copy_files(files, back, lambda _: None).copied == 13
    assert back.read(fresh) == b"taken by the new store" and back.name() == "the-store"
    assert all(back.read(key) == folder.read(key) for key in contents)


def test_while_it_moves_both_places_are_one(files: S3Files, tmp_path: Path) -> None:
    old = LocalFiles(tmp_path / "old")
    before = old.put(b"before")
    both = MovingFiles(files, old)
    after = both.put(b"after")
    assert both.read(before) == b"before" and both.read(after) == b"after" and files.read(after) == b"after"
    both.remove(before)
    with pytest.raises(NoSuchFile):
        both.read(before)


def test_the_command_copies_and_says_what_was_there(
    store: str, place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = LocalFiles(tmp_path / "old").put(b"one")
    monkeypatch.setenv("MOTCUA_S3_ENDPOINT", store)
    given = ["files", "copy", "--from", str(tmp_path / "old"), "--to", place, "--json"]
    said = [CliRunner().invoke(main, given, catch_exceptions=False).stdout for _ in range(2)]
    assert '"copied": 1' in said[0] and '"already_there": 1' in said[1]
    settings = settings_from({"MOTCUA_DATA": str(tmp_path), "MOTCUA_FILES": place, "MOTCUA_S3_ENDPOINT": store})
    assert compose_files(settings).read(key) == b"one"
    missing = CliRunner().invoke(main, ["files", "copy", "--from", str(tmp_path / "nowhere"), "--to", "s3://abc"])
    assert missing.exit_code != 0 and "nowhere" in missing.output


@pytest.mark.parametrize(
    "place", ["s3:/bucket", "s3://", "s3://B", "s3://bucket/a//b", "s3://bucket/../x y", "https://x"]
)
def test_an_address_of_another_form_is_refused(place: str) -> None:
    with pytest.raises(WrongSetting):
        s3_settings({}, place)
