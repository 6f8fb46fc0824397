"""The settings of the store of files: a folder of this machine, or an S3 store that all machines reach."""

from __future__ import annotations

from dataclasses import dataclass


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
