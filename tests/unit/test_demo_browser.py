"""The browser of the demonstration sends of a form what a real one would."""

from __future__ import annotations

import pytest

from cli.demo.browser import NoForm, read_page

HTML = """<!doctype html>
<title>Ký</title><style>.x {}</style><script>var text = "hidden"</script>
<form method="post" action="/ky?xem=1" enctype="multipart/form-data" id="ky">
<input type="hidden" name="csrf" value="abc">
<input name="reason" value="vì sao">
<input type="checkbox" name="a" checked><input type="checkbox" name="b" value="2">
<input type="radio" name="c" value="1"><input type="radio" name="c" value="3" checked>
<textarea name="note">
hai dòng
nữa</textarea>
<select name="role"><option value="x">X<option value="y" selected>Y</select>
<select name="first"><option value="1">1<option value="2">2</select>
<input type="file" name="tep"><button type="submit" name="act" value="go">Ký</button>
</form>
<input type="checkbox" form="ky" name="chon" value="H1" checked>
<input name="nowhere" value="1">
<form action="/tim"><input name="q"></form>
"""


def test_a_form_is_sent_with_everything_that_is_filled_in() -> None:
    page = read_page("/ky", HTML.encode())
    form = page.form("/ky")
    assert form.multipart
    assert form.action == "/ky?xem=1"
    assert form.fields == [
        *(("csrf", "abc"), ("reason", "vì sao"), ("a", "on"), ("c", "3"), ("note", "hai dòng\nnữa")),
        *(("role", "y"), ("first", "1"), ("chon", "H1")),
    ]
    assert page.form("/tim").fields == [("q", "")]
    assert page.boxes == (("a", "on"), ("b", "2"), ("chon", "H1"))
    assert "hidden" not in page.text


def test_a_form_that_is_not_there_is_told() -> None:
    with pytest.raises(NoForm) as told:
        read_page("/ky", HTML.encode()).form("/tra")
    assert told.value.sentence("en") == "The demonstration stopped: the page /ky has no form to /tra."


def test_a_file_is_no_page() -> None:
    assert read_page("/ket-qua", b"%PDF-1.7 <form action='/x'>").forms == ()
