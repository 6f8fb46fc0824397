#!/usr/bin/env python3
"""Checks a signed result of a Một Cửa installation, on any machine, without that installation and its programs.

    python motcua_result.py ket_qua-12-signed.zip --certificate published.pem

It checks that the file in the archive is the one that was signed, that the signature (Ed25519) is over the statement of
its hash, person and office, and that the key is the published one. Without ``--certificate`` the key is only the one
that the archive itself brings: anybody could have made it, and the program says so.

Exit code: 0 nothing wrong, 1 something is wrong, 2 it could not be checked. Needs Python 3.9 and ``cryptography``.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

MOST = 200_000_000  # bytes of one file in the archive


def faults_of(archive: zipfile.ZipFile, certificate: str | None) -> list[str]:
    """What is wrong with the archive; empty if nothing is. Raises KeyError, ValueError for what is no such archive."""
    told = json.loads(_part(archive, "signature.json"))
    content, statement = _part(archive, told["file"]), _part(archive, "signed-statement.txt")
    wrong = []
    head, _, facts = statement.partition(b"\n")
    signed = json.loads(facts)
    if head != b"motcua-signature-v1" or told["algorithm"] != "Ed25519":
        wrong.append("the signature has another format")
    if hashlib.sha256(content).hexdigest() != signed["sha256"]:
        wrong.append(f"{told['file']} is not the file that was signed")
    if (signed["person"], signed["office"]) != (told["by"], told["office"]):
        wrong.append("person or office are not those that were signed")
    if certificate is not None and certificate.split() != told["certificate"].split():
        wrong.append("the key is not the published one")
    try:
        key = load_pem_public_key(told["certificate"].encode())
        if not isinstance(key, Ed25519PublicKey):
            raise InvalidSignature
        key.verify(base64.b64decode(told["value"], validate=True), statement)
    except (InvalidSignature, UnsupportedAlgorithm, ValueError):
        wrong.append("the signature is not valid")
    return wrong


def _part(archive: zipfile.ZipFile, name: str) -> bytes:
    if archive.getinfo(name).file_size > MOST:
        raise ValueError(f"{name} is too large")
    return archive.read(name)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("archive", type=Path, help="the ZIP with the signed result")
    parser.add_argument("--certificate", type=Path, help="the installation's public key (PEM), known from elsewhere")
    given = parser.parse_args(arguments)
    try:
        certificate = given.certificate.read_text() if given.certificate else None
        with zipfile.ZipFile(given.archive) as archive:
            wrong = faults_of(archive, certificate)
            told = json.loads(_part(archive, "signature.json"))
    except (OSError, KeyError, TypeError, ValueError, zipfile.BadZipFile) as error:
        sys.stderr.write(f"could not be checked: {type(error).__name__}: {error}\n")
        return 2
    for fault in wrong:
        sys.stdout.write(f"WRONG: {fault}\n")
    if not wrong:
        sys.stdout.write(f"{told['file']}: signed for {told['by']} of {told['office']}; nothing is wrong.\n")
        if certificate is None:
            sys.stdout.write("NOTE: no published key was given; the key is the one in the archive.\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
