"""Reports of browsers about a page's content policy: counted and logged, without what an address may tell."""

from __future__ import annotations

import pytest
from structlog.testing import capture_logs

from server.context import Served
from tests.web.site import Site
from web.headers import REPORTS_TO

_CSP = "application/csp-report"


def _counted(site: Site, directive: str) -> float:
    served: Served = site.installation.app.extensions["motcua"]
    return float(served.metrics.violations.labels(directive)._value.get())


def _send(site: Site, body: object, **options: object) -> int:
    return site.nobody().client.post(REPORTS_TO, data=body, content_type=_CSP, **options).status_code  # type: ignore[arg-type]  # bytes or text


def test_every_page_says_where_to_report(site: Site) -> None:
    for page in (site.nobody().get("/"), site.person("counter").get("/quay"), site.nobody().get("/x", status=404)):
        assert f"report-uri {REPORTS_TO}" in page.response.headers["Content-Security-Policy"]


def test_a_report_is_counted_and_logged_without_what_an_address_may_tell(site: Site) -> None:
    told = (
        b'{"csp-report":{"document-uri":"https://mc.example/ho-so/H1?q=nguyen","effective-directive":"img-src",'
        b'"blocked-uri":"https://evil.example/x.png?ten=nguyen"}}'
    )
    with capture_logs() as logged:
        assert _send(site, told) == 204
    (line,) = [one for one in logged if one["event"] == "policy-violated"]
    assert (line["directive"], line["page"], line["blocked"]) == ("img-src", "/ho-so/H1", "https:evil.example")
    assert "nguyen" not in str(logged)
    assert _counted(site, "img-src") == 1


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{", b'{"csp-report":3}', b"\xff", b'{"csp-report":{"effective-directive":"x\\n","blocked-uri":[1]}}',
     b'{"csp-report":{"document-uri":"http://[","blocked-uri":"inline"}}'],
)  # fmt: skip
def test_whatever_is_sent_is_no_failure(site: Site, body: bytes) -> None:
    assert _send(site, body) == 204
    assert _counted(site, "other") == 1


def test_a_large_one_is_refused_and_reading_is_no_way(site: Site) -> None:
    assert _send(site, b"x" * 20_000) == 413
    assert site.nobody().client.get(REPORTS_TO).status_code == 405
