"""The sample result of a demonstration."""

from __future__ import annotations

import typst


def result_on_paper() -> bytes:
    """A sample result as PDF."""
    page = "#set page(width: 148mm, height: 105mm)\n= Kết quả giải quyết thủ tục hành chính (bản mẫu)"
    compiled: bytes = typst.compile(page.encode(), format="pdf")
    return compiled
