"""Stores uploaded files in a bucket of an S3 store, so that several machines need no shared folder.

A content is stored under its SHA-256, so storing it twice, after a lost answer say, keeps it once. What was moved here
from a folder keeps its key, and its SHA-256 stands beside it. Every content is compared with its hash when it is read.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
import threading
from collections.abc import Iterator
from typing import Any

import boto3
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from adapters.files_local import NoSuchFile, NotKept
from engine.errors import Refusal
from engine.file_settings import S3Settings

_KEY = re.compile(r"[0-9a-f]{32}|[0-9a-f]{64}")
_NAME = "installation"
_HASH = "sha256"
PART = 8 * 1024 * 1024
"""Contents from this size on are sent in parts of this size (bytes), each tried again by itself."""
_PARTS = TransferConfig(multipart_threshold=PART, multipart_chunksize=PART, use_threads=False)
_TAKEN = {"PreconditionFailed", "ConditionalRequestConflict"}
_ABSENT = {"NoSuchKey", "404", "NotFound"}


class FilesSilent(Refusal):
    """The store of files does not answer, or not as its protocol asks."""

    code = "files-silent"
    status = 503
    vi = "Kho tệp hiện không trả lời ({why}). Xin thử lại sau ít phút."
    en = "The store of files does not answer at present ({why}). Try again in some minutes."


class FileDamaged(Refusal):
    """What the store gave back is not what was stored: its length or its hash is another."""

    code = "file-damaged"
    status = 502
    vi = "Tệp {key} trong kho không còn đúng như khi nộp (mã SHA-256 khác). Hãy báo quản trị hệ thống để khôi phục."
    en = "The file {key} in the store is not what was stored (its SHA-256 differs). Ask the operator to restore it."


class S3Files:
    """The files in one bucket, under one prefix. Safe for many processes and threads."""

    def __init__(self, settings: S3Settings) -> None:
        self._settings = settings
        self._client: tuple[int, Any] | None = None
        self._lock = threading.Lock()

    def put(self, content: bytes) -> str:
        """Stores the content; returns its key once the store has confirmed it. Raises NotKept."""
        key = hashlib.sha256(content).hexdigest()
        try:
            self.store(key, content)
        except FilesSilent as silent:
            raise NotKept(**silent.facts) from silent
        return key

    def store(self, key: str, content: bytes) -> None:
        """Stores a content under a key that it has already, as when it moves here. Raises FilesSilent, NoSuchFile."""
        extra: dict[str, Any] = {"Metadata": {_HASH: hashlib.sha256(content).hexdigest()}} | self._encryption()
        at = self._path(key)
        try:
            self._s3().upload_fileobj(io.BytesIO(content), self._settings.bucket, at, ExtraArgs=extra, Config=_PARTS)
        except Exception as error:  # s3transfer and boto3 have errors of their own beside botocore's
            raise FilesSilent(why=_why(error)) from error

    def read(self, key: str) -> bytes:
        """The content under a key. Raises NoSuchFile, FilesSilent, FileDamaged."""
        found, content = self._get(self._path(key))
        expected = key if len(key) == 64 else found["Metadata"].get(_HASH, "")
        if hashlib.sha256(content).hexdigest() != expected:
            raise FileDamaged(key=key)
        return content

    def remove(self, key: str) -> None:
        """Removes the content; once more does nothing. Whoever calls knows that no other document has the same
        content. Raises FilesSilent, NoSuchFile for what is no key."""
        self._asked("delete_object", Key=self._path(key))

    def hash_of(self, key: str) -> str | None:
        """The SHA-256 with which a content was stored, without reading it; None where there is none."""
        try:
            found = self._asked("head_object", Key=self._path(key))
        except NoSuchFile:
            return None
        return str(found.get("Metadata", {}).get(_HASH, ""))

    def every_key(self) -> Iterator[str]:
        """Every key, in no order. Raises FilesSilent."""
        start: dict[str, str] = {}
        while True:
            page = self._asked("list_objects_v2", Prefix=self._settings.prefix, **start)
            for one in page.get("Contents", ()):
                key = str(one["Key"]).rpartition("/")[2]
                if _KEY.fullmatch(key):
                    yield key
            if not page.get("IsTruncated"):
                return
            start = {"ContinuationToken": page["NextContinuationToken"]}

    @property
    def place(self) -> str:
        return f"s3://{self._settings.bucket}/{self._settings.prefix}"

    def name(self) -> str | None:
        try:
            return self._get(self._settings.prefix + _NAME)[1].decode("ascii").strip() or None
        except NoSuchFile:
            return None

    def give_name(self, name: str) -> str:
        body = name.encode("ascii") + b"\n"
        try:  # of two processes that start at once, the first one's name counts
            self._asked("put_object", Key=self._settings.prefix + _NAME, Body=body, IfNoneMatch="*")
        except FilesSilent as refused:
            if refused.facts.get("why") not in _TAKEN:
                raise
        return self.name() or name

    def _get(self, at: str) -> tuple[dict[str, Any], bytes]:
        found = self._asked("get_object", Key=at)
        try:
            return found, found["Body"].read()
        except Exception as error:  # cut short, or of another length than promised
            raise FilesSilent(why=_why(error)) from error

    def _asked(self, operation: str, **given: Any) -> dict[str, Any]:
        try:
            answer: dict[str, Any] = getattr(self._s3(), operation)(Bucket=self._settings.bucket, **given)
        except ClientError as error:
            if _why(error) in _ABSENT:
                raise NoSuchFile() from error
            raise FilesSilent(why=_why(error)) from error
        except BotoCoreError as error:
            raise FilesSilent(why=_why(error)) from error
        return answer

    def _s3(self) -> Any:
        with self._lock:
            process = os.getpid()  # a fork must not speak on the connections of its parent
            if self._client is None or self._client[0] != process:
                waits = Config(
                    connect_timeout=3,
                    read_timeout=self._settings.seconds,
                    retries={"mode": "standard", "total_max_attempts": 3},
                    s3={"addressing_style": "path"} if self._settings.endpoint else {},
                )
                given = self._settings
                made = boto3.client("s3", endpoint_url=given.endpoint, region_name=given.region, config=waits)
                self._client = (process, made)
            return self._client[1]

    def _encryption(self) -> dict[str, str]:
        given = self._settings
        asked = {"ServerSideEncryption": given.encryption} if given.encryption else {}
        return asked | ({"SSEKMSKeyId": given.kms_key} if given.kms_key else {})

    def _path(self, key: str) -> str:
        """Where the content of a key is. Raises NoSuchFile: a text of another form never becomes a name there."""
        if not _KEY.fullmatch(key):
            raise NoSuchFile()
        return f"{self._settings.prefix}{key[:2]}/{key}"


def _why(error: Exception) -> str:
    """The store's code of an error, else what kind of error it is; never an address or a key."""
    if isinstance(error, ClientError):
        return str(error.response.get("Error", {}).get("Code", "unknown"))
    return type(error).__name__
