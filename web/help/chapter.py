"""The handbook's pages: all chapters, one chapter, and its pictures."""

from __future__ import annotations

from flask import Response

from server.context import language
from server.identity import Access
from server.refusals import NoSuchAddress
from web.help import book
from web.pages import Pages
from web.render import render

handbook = Pages("help", audience="citizen")
_A_DAY = "public, max-age=86400"


@handbook.page(book.ADDRESS, access=Access.PUBLIC)
def chapters() -> str:
    """All chapters with their sections"""
    return render("help/chapters.html", chapters=[book.chapter(name, language()) for name in book.CHAPTERS])


@handbook.page(f"{book.ADDRESS}/<name>", access=Access.PUBLIC)
def chapter(name: str) -> str:
    """One chapter"""
    if name not in book.CHAPTERS:
        raise NoSuchAddress()
    return render("help/chapter.html", chapter=book.chapter(name, language()), chapters=book.CHAPTERS)


@handbook.page(f"{book.ADDRESS}/hinh/<spoken>/<name>", access=Access.PUBLIC)
def picture(spoken: str, name: str) -> Response:
    """A picture of a chapter"""
    content = book.pictures().get(f"{spoken}/{name}")
    if content is None:
        raise NoSuchAddress()
    return Response(content, mimetype="image/webp", headers={"Cache-Control": _A_DAY})
