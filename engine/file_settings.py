"""The settings of the store of files: a folder of this machine, or an S3 store that all machines reach."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from engine.setting_values import WrongSetting, address, flag, number


@dataclass(frozen=True, slots=True, kw_only=True)
class S3Settings:
    """A bucket of an S3 store. ``endpoint`` is None for the provider that the region names; the access key comes from
    the usual places (``AWS_ACCESS_KEY_ID`` and so on). ``encryption`` is what the store is asked to encrypt with:
    ``AES256``, ``aws:kms`` or None; ``kms_key`` names the key of the latter. ``also_folder``: contents that the bucket
    does not have yet are read from the folder of before, while they are being moved."""

    bucket: str
    prefix: str
    endpoint: str | None
    region: str
    encryption: str | None
    kms_key: str | None
    also_folder: bool
    seconds: int


def s3_settings(environment: Mapping[str, str], place: str) -> S3Settings:
    """The S3 store at ``place`` (``s3://bucket/folder``), reached as the environment says. Raises WrongSetting."""
    found = re.fullmatch(r"s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:/((?:[\w.=-]+/?)*))?", place, re.ASCII)
    if found is None:
        raise WrongSetting(name="MOTCUA_FILES", why="it must be like s3://bucket or s3://bucket/folder")
    encryption = environment.get("MOTCUA_S3_ENCRYPTION") or None
    if encryption not in (None, "AES256", "aws:kms"):
        raise WrongSetting(name="MOTCUA_S3_ENCRYPTION", why="it must be AES256 or aws:kms")
    prefix = (found[2] or "").strip("/")
    return S3Settings(
        bucket=found[1],
        prefix=f"{prefix}/" if prefix else "",
        endpoint=address(environment, "MOTCUA_S3_ENDPOINT", ("http://", "https://")),
        region=environment.get("MOTCUA_S3_REGION", "us-east-1"),
        encryption=encryption,
        kms_key=environment.get("MOTCUA_S3_KMS_KEY") or None,
        also_folder=flag(environment, "MOTCUA_S3_ALSO_FOLDER", False),
        seconds=number(environment, "MOTCUA_S3_SECONDS", 20, 1, 300),
    )
