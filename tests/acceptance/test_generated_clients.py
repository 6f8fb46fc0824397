"""Clients that others generate from the OpenAPI document do the main job: file, add a paper, download it, act, print.

Each generator is used where its program is on the PATH (docs/api.md), and left out with that reason elsewhere.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import threading
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from werkzeug.serving import make_server

from adapters.forms.render import render_form
from tests.installation.filings import PDF
from tests.installation.served import ServedInstallation, served_copy
from tests.installation.trial_content import filing

DOCS = Path(__file__).parents[2] / "docs" / "api.md"
PYTHON_CLIENT = """
import io, json, sys
from motcua_client import AuthenticatedClient
from motcua_client.api.actions import actions_take_action
from motcua_client.api.documents import documents_add, documents_content
from motcua_client.api.dossiers import dossiers_file, dossiers_one
from motcua_client.api.forms import forms_form
from motcua_client.models import NewDossier, TakeAction, Upload
from motcua_client.types import File

base, token, filing = sys.argv[1:4]
client = AuthenticatedClient(base_url=base, token=token, raise_on_unexpected_status=True)
filed = dossiers_file.sync(client=client, body=NewDossier.from_dict(json.loads(filing)), idempotency_key="a")
paper = Upload(key="card", file=File(payload=io.BytesIO(sys.stdin.buffer.read()), file_name="a.pdf"))
added = documents_add.sync(filed.code, client=client, body=paper, idempotency_key="b")
again = documents_content.sync(filed.code, added.document, client=client).payload.read()
read = dossiers_one.sync_detailed(filed.code, client=client)
moved = actions_take_action.sync(filed.code, client=client, body=TakeAction(action="forward"),
                                 if_match=read.headers["ETag"], idempotency_key="c")
form = forms_form.sync(filed.code, "01", client=client).payload.read()
print(json.dumps({"code": filed.code, "state": moved.state, "paper": again.hex(), "form": form[:5].decode()}))
"""
TYPESCRIPT_CLIENT = """
import type { paths } from "./motcua";
type Json<B> = { post: { requestBody: { content: { "application/json": B } } } };
type Body<P extends keyof paths> = paths[P] extends Json<infer B> ? B : never;
type Filed = paths["/api/v1/dossiers"]["post"]["responses"][201]["content"]["application/json"];
type Stands = paths["/api/v1/dossiers/{code}/actions"]["post"]["responses"][200]["content"]["application/json"];
declare const process: { argv: string[] };
const [base, token, given, paper] = process.argv.slice(2);
const ask = (method: string, path: string, key: string, body?: BodyInit, more: Record<string, string> = {}) =>
  fetch(base + path, { method, body, headers: { Authorization: `Bearer ${token}`, "Idempotency-Key": key, ...more } });
const json = { "Content-Type": "application/json" };
async function main() {
  const filing: Body<"/api/v1/dossiers"> = JSON.parse(given);
  const filed: Filed = await (await ask("POST", "/api/v1/dossiers", "a", JSON.stringify(filing), json)).json();
  const path = `/api/v1/dossiers/${filed.code}`;
  const form = new FormData();
  form.set("key", "card");
  form.set("file", new Blob([Uint8Array.from(atob(paper), (one) => one.charCodeAt(0))]), "a.pdf");
  const added = await ask("POST", `${path}/documents`, "b", form);
  const again = new Uint8Array(await (await fetch(base + added.headers.get("Location"),
    { headers: { Authorization: `Bearer ${token}` } })).arrayBuffer());
  const read = await fetch(base + path, { headers: { Authorization: `Bearer ${token}` } });
  const act: Body<"/api/v1/dossiers/{code}/actions"> = { action: "forward" };
  const moved: Stands = await (await ask("POST", `${path}/actions`, "c", JSON.stringify(act),
    { ...json, "If-Match": read.headers.get("ETag") ?? "" })).json();
  const print = await fetch(`${base}${path}/forms/01.pdf`, { headers: { Authorization: `Bearer ${token}` } });
  const head = new TextDecoder().decode(new Uint8Array(await print.arrayBuffer()).slice(0, 5));
  const hex = Array.from(again, (one) => one.toString(16).padStart(2, "0")).join("");
  console.log(JSON.stringify({ code: filed.code, state: moved.state, paper: hex, form: head }));
}
main();
"""


@dataclass(frozen=True)
class Served:
    installation: ServedInstallation
    base: str

    def done(self, told: str) -> None:
        """Fails unless the client did the main job."""
        found = json.loads(told)
        dossier = self.installation.person("specialist").get(f"/api/v1/dossiers/{found['code']}").json
        assert (found["state"], found["form"]) == (dossier["state"], "%PDF-")
        assert bytes.fromhex(found["paper"]) == PDF


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    """The interface on a free port of this machine."""
    installation = served_copy(tmp_path, render_form=render_form)
    server = make_server("127.0.0.1", 0, installation.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield Served(installation, f"http://127.0.0.1:{server.server_port}")
    server.shutdown()
    thread.join()
    server.server_close()
    installation.close()


def program(*names: str) -> list[str]:
    found = [shutil.which(name) for name in names]
    if None in found:
        pytest.skip(
            f"not installed: {', '.join(name for name, path in zip(names, found, strict=True) if path is None)}"
        )
    return [str(path) for path in found]


def test_a_client_in_python(served: Served, tmp_path: Path) -> None:
    [generator] = program("openapi-python-client")
    (tmp_path / "openapi.json").write_text(json.dumps(served.installation.document))
    overrides = DOCS.read_text().partition("content_type_overrides:")[2].partition("```")[0]
    head = "package_name_override: motcua_client\nproject_name_override: motcua-client\npost_hooks: []\n"
    (tmp_path / "settings.yaml").write_text(f"{head}content_type_overrides:{overrides}")
    command = [generator, "generate", "--path", "openapi.json", "--output-path", "client", "--config", "settings.yaml"]
    made = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert made.returncode == 0 and "WARNING" not in made.stdout + made.stderr, made.stdout + made.stderr
    python = Path(generator).resolve().parent / "python"
    token, body = served.installation.token_of("counter"), json.dumps(filing())
    run = [python, "-c", PYTHON_CLIENT, served.base, token, body]
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "client")}
    told = subprocess.run(run, input=PDF, env=environment, capture_output=True, check=False)
    assert told.returncode == 0, told.stderr.decode()
    served.done(told.stdout.decode())


def test_a_client_in_typescript(served: Served, tmp_path: Path) -> None:
    generator, compiler, node = program("openapi-typescript", "tsc", "node")
    (tmp_path / "openapi.json").write_text(json.dumps(served.installation.document))
    (tmp_path / "client.ts").write_text(TYPESCRIPT_CLIENT)
    options = ["--strict", "--target", "es2022", "--module", "commonjs", "--lib", "es2022,dom"]
    for command in (
        [generator, "openapi.json", "--default-non-nullable", "false", "--output", "motcua.d.ts"],
        [compiler, *options, "client.ts"],
    ):
        made = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert made.returncode == 0, made.stdout + made.stderr
    token, body = served.installation.token_of("counter"), json.dumps(filing())
    run = [node, "client.js", served.base, token, body, b64encode(PDF).decode()]
    told = subprocess.run(run, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr
    served.done(told.stdout)
