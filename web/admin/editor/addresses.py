"""The addresses of the editor, of the simulator, and of the page that plans to publish a draft."""

from __future__ import annotations

from urllib.parse import urlencode

DRAFTS = "/quan-tri/thu-tuc/soan"
SIMULATOR = "/quan-tri/thu-tuc/thu"
PLAN = "/quan-tri/ke-hoach/moi"


def draft_at(number: int) -> str:
    """The editor of a draft."""
    return f"{DRAFTS}/{number}"


def plan_at(number: int) -> str:
    """The page that plans to publish a draft."""
    return f"{PLAN}?{urlencode({'nhap': number})}"


def simulator_of_draft(number: int) -> str:
    """The simulator of a draft."""
    return f"{SIMULATOR}?{urlencode({'nhap': number})}"


def simulator_of_version(procedure: str, version: int) -> str:
    """The simulator of a published version."""
    return f"{SIMULATOR}?{urlencode({'phien-ban': f'{procedure}@{version}'})}"


def what_if_of_draft(procedure: str, number: int) -> str:
    """The forecast of a draft beside the version in force; a procedure that is not published yet has none."""
    return f"/quan-tri/thu-tuc/{procedure}/neu-nhu?{urlencode({'thu': f'nhap-{number}'})}"
