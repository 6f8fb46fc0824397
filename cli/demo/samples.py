"""The sample dossiers of a demonstration that stays open: of each procedure, in different states."""

from __future__ import annotations

import typst

from cli.demo import story
from cli.demo.walk import Stage, Walk


def result_on_paper() -> bytes:
    """A sample result as PDF."""
    page = "#set page(width: 148mm, height: 105mm)\n= Kết quả giải quyết thủ tục hành chính (bản mẫu)"
    compiled: bytes = typst.compile(page.encode(), format="pdf")
    return compiled


def file_samples(stage: Stage, result: bytes) -> None:
    """Files ten dossiers now, takes some of them further, and keeps the citizen's link of one."""
    counter, officer, leader = "tiepnhan.saigon", "chuyenvien.saigon", "lanhdao.saigon"
    walks = [Walk(stage, counter, story.birth_filing("TT-26740")) for _ in range(4)]
    walks += [Walk(stage, counter, story.permit_filing("TT-26740")) for _ in range(4)]
    walks += [Walk(stage, "tiepnhan.longkhanh", story.land_filing("TT-26080")) for _ in range(2)]
    for walk in walks[1:8]:
        walk.act(counter, "forward")
    walks[2].act(officer, "submit")
    walks[3].act(officer, "submit")
    walks[3].attach(leader, "ket_qua", "giay-khai-sinh.pdf", result)
    walks[3].act(leader, "sign")
    walks[5].act(officer, "ask", reason="Bản vẽ mặt cắt thiếu kích thước móng.")
    walks[6].act(officer, "inspect")
    stage.keep_link(walks[5])
