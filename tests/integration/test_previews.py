"""Pictures of uploaded files: drawn in a process of its own, and refused where a file cannot be drawn."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from server.preview import NoPreview, can_preview, picture_of
from tests.file_samples import docx, jpeg, pdf, png


def test_a_page_of_a_pdf_is_drawn_as_png() -> None:
    drawn = picture_of(pdf(), "application/pdf", 0)
    with Image.open(io.BytesIO(drawn.png)) as picture:
        assert picture.format == "PNG" and max(picture.size) <= 1400
    assert drawn.pages == 1


def test_a_picture_is_encoded_anew_without_what_it_carried() -> None:
    packed = io.BytesIO()
    marked = Image.new("RGB", (2000, 30), "red")
    marked.save(packed, "JPEG", comment=b"secret place")
    drawn = picture_of(packed.getvalue(), "image/jpeg", 0)
    assert drawn.png.startswith(b"\x89PNG") and b"secret" not in drawn.png
    with Image.open(io.BytesIO(drawn.png)) as picture:
        assert picture.width == 1400


@pytest.mark.parametrize(
    ("content", "media"),
    [
        (b"%PDF-1.7 broken", "application/pdf"),
        (jpeg()[:20], "image/jpeg"),
        (png(60_000, 60_000), "image/png"),
        (docx(), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ],
)
def test_what_cannot_be_drawn_is_refused(content: bytes, media: str) -> None:
    with pytest.raises(NoPreview):
        picture_of(content, media, 0)


def test_only_pdf_and_pictures_are_previewed() -> None:
    assert can_preview("application/pdf") and can_preview("image/png")
    assert not can_preview("text/html") and not can_preview(None)
