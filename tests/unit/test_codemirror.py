"""The vendored editor is the one that its README names."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

from web.static_files import _files

FOLDER = Path(__file__).parents[2] / "web" / "static" / "codemirror"
README = (FOLDER / "README.md").read_text(encoding="utf-8")


def test_the_bundle_has_the_hash_that_its_readme_names() -> None:
    found = re.search(r"SHA-256: `([0-9a-f]{64})`", README)
    assert found is not None
    assert hashlib.sha256((FOLDER / "codemirror.min.js").read_bytes()).hexdigest() == found[1]


def test_the_readme_names_every_package_of_the_recipe() -> None:
    packages = json.loads((FOLDER / "package.json").read_text(encoding="utf-8"))
    named = dict(re.findall(r"^\| `([^`]+)` \| ([\d.]+) \|$", README, re.MULTILINE))
    assert named == packages["dependencies"]
    assert f"esbuild {packages['devDependencies']['esbuild']} " in README


def test_what_the_page_uses_is_in_the_bundle() -> None:
    """``editor.js`` takes nothing of CodeMirror that the entry of the bundle does not export."""
    exported = set(
        re.findall(r"[A-Za-z]+", " ".join(re.findall(r"export \{([^}]*)\}", (FOLDER / "entry.mjs").read_text())))
    )
    used = set(re.findall(r"\bcm\.([A-Za-z]+)", (FOLDER.parent / "editor.js").read_text(encoding="utf-8")))
    assert used <= exported and len(used) > 15


def test_nothing_of_the_folder_is_served_but_the_bundle() -> None:
    served = {name for name in _files() if name.startswith("codemirror/")}
    assert served == {"codemirror/codemirror.min.js"}
