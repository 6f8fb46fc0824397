"""Files that a browser keeps and never opens on this origin."""

from __future__ import annotations

from flask import Response


def attachment(content: bytes | str, name: str, media_type: str) -> Response:
    """The answer with a file to download. The server makes ``name``: letters, digits, dots and hyphens."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return Response(content, headers=headers, content_type=media_type)
