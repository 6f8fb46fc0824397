"""The wheel: everything the product needs is in it, and it works where there is no checkout."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("engine", "workflows", "api", "server", "web", "adapters", "cli")
DESCRIPTION = ("setup.cfg", "pyproject.toml", "README.md", "LICENSE", "NOTICE", "wsgi.py")
NOT_NEEDED = {".md", ".mjs"}  # and what a bundle was built from


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy with the locked setuptools, as bin/setup does; nothing is fetched."""
    if find_spec("pip") is None or find_spec("setuptools") is None:
        pytest.skip("the environment has no pip or no setuptools, so no wheel can be built")
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    source.mkdir()
    for room in ROOMS:
        shutil.copytree(ROOT / room, source / room, ignore=shutil.ignore_patterns("__pycache__"))
    for name in DESCRIPTION:
        shutil.copy(ROOT / name, source / name)
    build = ["wheel", "--quiet", "--no-index", "--no-deps", "--no-build-isolation", "-w", str(folder), str(source)]
    subprocess.run([sys.executable, "-m", "pip", "--disable-pip-version-check", *build], check=True)
    [built] = folder.glob("motcua-*.whl")
    return built


def test_every_file_of_the_product_is_in_it(wheel: Path) -> None:
    inside = set(zipfile.ZipFile(wheel).namelist())
    files = [path for room in ROOMS for path in (ROOT / room).rglob("*") if path.is_file()]
    wanted = {str(one.relative_to(ROOT)) for one in files if one.suffix not in NOT_NEEDED | {".pyc"}}
    assert {"wsgi.py"} | wanted <= inside
    assert {name.split("/")[0] for name in inside if "dist-info" not in name} == {*ROOMS, "wsgi.py"}


def test_the_demonstration_runs_from_it_without_the_checkout(wheel: Path, tmp_path: Path) -> None:
    """The main job in an empty environment: schema, content, filing, forms as PDF, notices, journal."""
    environment = installed(wheel, tmp_path / "venv")
    command, outside = tmp_path / "venv" / "bin" / "motcua", tmp_path / "elsewhere"
    outside.mkdir()
    where = "import engine, workflows; print(engine.__file__, workflows.__file__)"
    python = [tmp_path / "venv" / "bin" / "python", "-c", where]
    told = subprocess.run(python, cwd=outside, env=environment, capture_output=True, text=True, check=True).stdout
    assert str(ROOT) not in told and told.count(str(tmp_path / "venv")) == 2
    demo = [command, "demo", "--once"]
    run = subprocess.run(demo, cwd=outside, env=environment, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout[-2000:] + run.stderr[-2000:]


def installed(wheel: Path, venv: Path) -> dict[str, str]:
    """Installs the wheel into an empty environment; returns the variables to run it with.

    Its dependencies are those of the tests, read from their folder, since nothing is fetched. The checkout itself is
    not on the path: a ``.pth`` file of that folder, such as that of an editable install, is not read.
    """
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", venv], check=True)
    install = ["--python", str(venv / "bin" / "python"), "install", "--quiet", "--no-index", "--no-deps", str(wheel)]
    subprocess.run([sys.executable, "-m", "pip", "--disable-pip-version-check", *install], check=True)
    [packages] = (venv / "lib").glob("python*/site-packages")
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("MOTCUA_", "PYTHON"))}
    return kept | {"LANG": "en_GB.UTF-8", "DATABASE_URL": "", "REDIS_URL": ""}
