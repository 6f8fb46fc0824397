"""Validates signed PDF files in a process of its own, with nothing but the root and what the files carry.

``python -m tests.doubles.pdf_validator ROOT.pem MOMENT FOLDER`` prints one JSON object: for each file whether its
signatures are valid, trusted, and stamped with the time, and why not. No network is asked: the answers about revocation
are those in the file (DSS).
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import sys
from pathlib import Path

from asn1crypto import pem, x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature, validate_pdf_timestamp
from pyhanko.sign.validation.dss import DocumentSecurityStore


def main(root: Path, moment: str, folder: Path) -> None:
    """Validates every file of a folder."""
    logging.disable(logging.CRITICAL)
    trusted, at = x509.Certificate.load(pem.unarmor(root.read_bytes())[2]), dt.datetime.fromisoformat(moment)
    told = {file.name: _why_not(file, trusted, at) for file in sorted(folder.glob("*.pdf"))}
    sys.stdout.write(json.dumps(told))


def _why_not(file: Path, root: x509.Certificate, at: dt.datetime) -> str:
    """Why a file is not validly signed; empty if it is."""
    try:
        with file.open("rb") as opened:
            return _checked(PdfFileReader(opened), root, at)
    except Exception as error:  # whatever a broken file does to the library is a reason
        return f"{type(error).__name__}: {error}"


def _checked(reader: PdfFileReader, root: x509.Certificate, at: dt.datetime) -> str:
    store = DocumentSecurityStore.read_dss(reader)
    given = {"trust_roots": [root], "moment": at, "revocation_mode": "require", "allow_fetching": False}
    given["time_tolerance"] = dt.timedelta(minutes=30)
    signatures, stamps = reader.embedded_regular_signatures, reader.embedded_timestamp_signatures
    if not signatures or not stamps:
        return "no signature or no timestamp over the document"
    for one in signatures:
        status = validate_pdf_signature(one, store.as_validation_context(given))
        if not status.bottom_line or status.timestamp_validity is None:
            return status.pretty_print_details()[:500]
    for one in stamps:
        stamp = validate_pdf_timestamp(one, store.as_validation_context(given))
        if not (stamp.intact and stamp.valid and stamp.trusted):
            return "the timestamp over the document"
    return ""


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]))
