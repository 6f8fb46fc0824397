"""The proof of reception: in words, and as a file that the independent verifier accepts."""

from __future__ import annotations

import json

from engine.acts.checkpoint import checkpoint_now
from tests.installation.served import ServedInstallation
from tests.web.site import Site
from verifier.motcua_verify import verify_entry


def test_before_a_checkpoint_the_page_says_when_to_come_back(site: Site) -> None:
    filed = site.installation.filed()
    visitor = site.applicant(filed)
    assert "Bằng chứng chưa sẵn sàng" in visitor.get(f"/h/{filed['code']}/bang-chung").text
    visitor.get(f"/h/{filed['code']}/bang-chung/tep", status=404)


def test_the_file_is_what_the_verifier_checks(site: Site) -> None:
    filed = site.installation.filed()
    installation: ServedInstallation = site.installation
    checkpoint_now(installation.runtime)
    visitor = site.applicant(filed)
    page = visitor.get(f"/h/{filed['code']}/bang-chung")
    assert "Hồ sơ này được ghi là đã tiếp nhận lúc 09:00 thứ Hai 02/03/2026" in page.text
    assert "--published checkpoint-00000001.json" in page.text
    got = visitor.client.get(f"/h/{filed['code']}/bang-chung/tep")
    assert "attachment" in got.headers["Content-Disposition"] and got.mimetype == "application/json"
    proof = json.loads(got.data)
    key = proof["checkpoint"]["checkpoint"]["key"]
    assert verify_entry(proof, keys=[key]).findings == []
    assert "Nguyễn Thị Đào" not in got.get_data(as_text=True)
    proof["entry"] = proof["entry"].replace(filed["code"], "H00")
    assert verify_entry(proof | {"path": [*proof["path"][::-1], "00" * 32]}, keys=[key]).findings


def test_nobody_else_reads_it(site: Site) -> None:
    filed = site.installation.filed()
    for part in ("", "/tep"):
        site.nobody().get(f"/h/{filed['code']}/bang-chung{part}", status=404)
