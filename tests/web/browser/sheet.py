"""One sheet with a picture of every sight, in both languages and themes at three widths, beside its mock-up."""

from __future__ import annotations

import html
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import product
from pathlib import Path

import click
from playwright.sync_api import Browser, Page

from tests import shared_run
from tests.web.browser.chromium import browser, program
from tests.web.browser.handbook import make_pictures
from tests.web.browser.journeys import Journeys, opened_journeys
from tests.web.browser.sight import Sight
from tests.web.browser.sights import SIGHTS
from tests.web.browser.visitor import LOCALES, THEMES

WIDTHS = (360, 768, 1366)
TALLEST = 12_000
_HEAD = """<!doctype html><meta charset="utf-8"><title>Một Cửa: every page</title><style>
body { font: 14px system-ui; margin: 16px } img { border: 1px solid #999; vertical-align: top; margin: 4px }
img.w360 { width: 180px } img.w768 { width: 384px } img.w1366 { width: 683px }
div { white-space: nowrap; overflow-x: auto }
</style><h1>Một Cửa: every page</h1>
"""


@click.command()
@click.option(
    "--mock-ups", type=click.Path(exists=True, file_okay=False, path_type=Path), help="a folder of HTML files"
)
@click.option("--to", default="var/sights", show_default=True, type=click.Path(path_type=Path))
@click.option("--only", multiple=True, help="beginning of a sight's name; may be given several times")
@click.option("--handbook", is_flag=True, help="only make the pictures of docs/handbook again")
def main(mock_ups: Path | None, to: Path, only: tuple[str, ...], handbook: bool) -> None:
    """Makes pictures of every page and lays them on one sheet."""
    with _journeys() as (chromium, journeys):
        if handbook:
            make_pictures(journeys)
            return
        chosen = [sight for sight in SIGHTS if not only or sight.name.startswith(only)]
        to.mkdir(parents=True, exist_ok=True)
        made = {sight.name: list(_pictures(journeys, sight, to)) for sight in chosen}
        likes = sorted({sight.like for sight in chosen if sight.like})
        drawn = _of_mock_ups(chromium, mock_ups.resolve(), likes, to) if mock_ups else {}
        parts = [_section(sight, made[sight.name], drawn.get(sight.like or "", [])) for sight in chosen]
        (to / "index.html").write_text(_HEAD + "".join(parts), encoding="utf-8")
    click.echo(f"{to / 'index.html'}: {len(chosen)} sights, {sum(map(len, made.values()))} pictures")


@contextmanager
def _journeys() -> Iterator[tuple[Browser, Journeys]]:
    path = program()
    if path is None:
        raise click.ClickException("Chromium is needed: install the package 'chromium', or name it in MOTCUA_CHROMIUM.")
    shared_run.begin()
    try:
        with ExitStack() as stack, tempfile.TemporaryDirectory() as folder:
            chromium = stack.enter_context(browser(path))
            yield chromium, opened_journeys(chromium, Path(folder), stack)
            stack.close()
    finally:
        shared_run.end()


def _pictures(journeys: Journeys, sight: Sight, to: Path) -> Iterator[str]:
    """The names of the pictures of a sight; the page is opened once for each language."""
    for language in LOCALES:
        came = journeys.seated(sight.who or "", language)
        page = sight.open(came, journeys.town.known)
        yield from _shots(page, f"{sight.name}.{language}", to)
        for complaint in came.fine():
            click.echo(f"{sight.name} {language}: {complaint}", err=True)


def _of_mock_ups(chromium: Browser, folder: Path, names: list[str], to: Path) -> dict[str, list[str]]:
    context = chromium.new_context()
    drawn = {}
    for name in names:
        if (folder / f"{name}.html").exists():
            page = context.new_page()
            page.goto((folder / f"{name}.html").as_uri())
            drawn[name] = list(_shots(page, f"mock-up.{name}", to))
            page.close()
    context.close()
    return drawn


_LOADED = """async () => {
  const images = [...document.images];
  images.forEach((image) => { image.loading = 'eager' });
  await Promise.all(images.map((image) => image.decode().catch(() => null)));
}"""


def _shots(page: Page, name: str, to: Path) -> Iterator[str]:
    page.evaluate(_LOADED)
    for theme, width in product(THEMES, WIDTHS):
        page.emulate_media(color_scheme=theme)
        page.set_viewport_size({"width": width, "height": 768})
        tall = min(TALLEST, int(page.evaluate("document.documentElement.scrollHeight")))
        file = f"{name}.{theme}.{width}.jpg"
        clip = {"x": 0, "y": 0, "width": width, "height": tall}
        page.screenshot(path=to / file, type="jpeg", quality=70, full_page=True, clip=clip)  # type: ignore[arg-type]  # a box
        yield file
    page.set_viewport_size({"width": 1366, "height": 768})
    page.emulate_media(color_scheme="light")


def _section(sight: Sight, made: list[str], drawn: list[str]) -> str:
    rows = [*drawn, *made]
    lines = []
    for start in range(0, len(rows), len(WIDTHS)):
        row = rows[start : start + len(WIDTHS)]
        images = "".join(f'<img class="w{name.split(".")[-2]}" loading="lazy" src="{name}" alt="">' for name in row)
        lines.append(f"<p>{html.escape(row[0].rpartition('.360')[0])}</p><div>{images}</div>")
    return f'<h2 id="{sight.name}">{sight.name} <code>{html.escape(sight.path)}</code></h2>{"".join(lines)}\n'


if __name__ == "__main__":
    main()
