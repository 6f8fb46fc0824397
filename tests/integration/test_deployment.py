"""What lies in deploy/: units, proxy, image, manifests and alerts fit the program, and the programs that read them."""

from __future__ import annotations

import configparser
import json
import re
import shutil
import ssl
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import click
import pytest
import urllib3
import yaml
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from cli.main import main
from engine.settings import settings_from
from server.internal import INTERNAL
from tests.doubles.process import free_port
from tests.faults.child import Child
from tests.installation.runtime import environment_over
from tests.installation.served import served_copy
from tests.installation.trial_content import TRIAL

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
TIMERS = sorted((DEPLOY / "systemd").glob("*.timer"))
NGINX = (DEPLOY / "nginx" / "motcua.conf").read_text(encoding="utf-8")
OPERATIONS = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
EXPOSED_AT_MOST = 20
"""Tenths of what `systemd-analyze security` gives a unit that is open to everything."""


def needs(program: str, package: str) -> Any:
    return pytest.mark.skipif(
        shutil.which(program) is None, reason=f"{program} is not on this machine: Debian's {package}"
    )


def must_be_a_command(words: list[str]) -> None:
    """``words`` begin with a command of ``motcua``, and every option of it exists."""
    command: click.Command | None = main
    context, left = click.Context(main), list(words)
    while isinstance(command, click.Group):
        assert left, words
        command = command.get_command(context, left.pop(0))
    assert command is not None, words
    options = {option for parameter in command.params for option in parameter.opts}
    assert {word for word in left if word.startswith("--")} <= options, words


def environment_file(name: str) -> dict[str, str]:
    lines = (DEPLOY / "systemd" / name).read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


class TestUnits:
    @pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
    def test_each_starts_a_command_of_the_program_as_a_closed_account(self, path: Path) -> None:
        unit = configparser.RawConfigParser(strict=False)
        unit.optionxform = str  # type: ignore[assignment,method-assign]  # names of systemd have capitals
        unit.read_string(path.read_text(encoding="utf-8"))
        service = unit["Service"]
        started = re.findall(r"(?m)^ExecStart=(.+)$", path.read_text(encoding="utf-8"))
        for line in started:
            program, *words = line.split()
            assert program == "/opt/motcua/bin/motcua"
            must_be_a_command(words)
        assert (service["User"], service["UMask"], service["CapabilityBoundingSet"]) == ("motcua", "0077", "")
        assert "/var/lib/motcua" in service["ReadWritePaths"].split()

    def test_the_three_processes_and_their_care_are_there(self) -> None:
        assert {path.name for path in UNITS} == {
            *("motcua-web@.service", "motcua-worker@.service", "motcua-clock.service"),
            *("motcua-migrate.service", "motcua-backup.service", "motcua-drill.service"),
        }
        assert {path.with_suffix(".service").name for path in TIMERS} <= {path.name for path in UNITS}

    def test_only_schema_and_backup_know_the_owner(self) -> None:
        knowing = {path.name for path in UNITS if "owner.env" in path.read_text(encoding="utf-8")}
        assert knowing == {"motcua-migrate.service", "motcua-backup.service"}

    def test_two_web_processes_of_one_machine_do_not_empty_each_others_metrics(self) -> None:
        text = (DEPLOY / "systemd" / "motcua-web@.service").read_text(encoding="utf-8")
        assert "PROMETHEUS_MULTIPROC_DIR=/run/motcua-web-%i" in text

    @needs("systemd-analyze", "systemd")
    def test_systemd_takes_them(self, tmp_path: Path) -> None:
        for path in (*UNITS, *TIMERS):
            text = path.read_text(encoding="utf-8").replace("/opt/motcua/bin/motcua", sys.executable)
            (tmp_path / path.name).write_text(text.replace("User=motcua", "User=root"))
        names = [tmp_path / path.name.replace("@.", "@8001.") for path in (*UNITS, *TIMERS)]
        for name in names:
            if not name.exists():
                shutil.copy(tmp_path / name.name.replace("@8001.", "@."), name)
        done = subprocess.run(["systemd-analyze", "verify", *names], capture_output=True, text=True, check=False)
        ours = [line for line in done.stderr.splitlines() if "motcua-" in line and "postgresql.service" not in line]
        assert ours == []

    @needs("systemd-analyze", "systemd")
    @pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
    def test_little_is_open_to_them(self, path: Path) -> None:
        asked = ["systemd-analyze", "security", "--offline=true", f"--threshold={EXPOSED_AT_MOST}", str(path)]
        done = subprocess.run(asked, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout[-300:] + done.stderr[-300:]

    def test_their_settings_are_settings(self, tmp_path: Path) -> None:
        given = environment_file("motcua.env")
        settings = settings_from(given | {"MOTCUA_DATA": str(tmp_path)} | environment_file("owner.env"))
        assert (settings.proxy_hops, settings.public_url) == (1, "https://motcua.example.vn")
        unknown = [name for name in given if name != "LANG" and f"`{name}`" not in OPERATIONS]
        assert unknown == []


class TestProxy:
    def test_it_buffers_limits_and_closes(self) -> None:
        for line in ("proxy_request_buffering on;", "client_max_body_size  60100k;"):
            assert line in NGINX
        for closed in INTERNAL:
            assert re.search(rf"location (=|\^~) {closed} +{{ return 404; }}", NGINX)

    def test_its_headers_are_those_of_one_hop(self) -> None:
        """One proxy replaces X-Forwarded-For; the settings beside it count one."""
        assert re.search(r"proxy_set_header X-Forwarded-For +\$remote_addr;", NGINX)
        assert "proxy_add_x_forwarded_for" not in NGINX
        assert environment_file("motcua.env")["MOTCUA_PROXY_HOPS"] == "1"

    @needs("nginx", "nginx-light")
    def test_in_front_of_a_running_product(self, tmp_path: Path) -> None:
        """TLS ends there, what is closed is closed, an address that a client makes up does not count."""
        behind, secure, plain = free_port(), free_port(), free_port()
        environment = environment_over(
            TRIAL.sqlite(tmp_path), tmp_path, MOTCUA_PROXY_HOPS="1", MOTCUA_PUBLIC_URL="https://motcua.example.vn"
        )
        serve = ["serve", "--port", str(behind), "--workers", "1", "--threads", "2"]
        web = Child("web", serve, environment, tmp_path / "web.log")
        _certificate(tmp_path)
        configuration = adapted(tmp_path, behind, secure, plain)
        tested = subprocess.run([*configuration, "-t"], capture_output=True, text=True, check=False)
        assert tested.returncode == 0, tested.stderr
        web.start()
        proxy = subprocess.Popen([*configuration, "-g", "daemon off; master_process off;"])
        try:
            _behind_the_proxy(tmp_path, secure, plain, behind)
        finally:
            proxy.terminate()
            proxy.wait(10)
            web.ask_to_stop()
            assert web.exit_code() == 0
        assert '"proxy-unknown"' not in web.log.read_text()


def adapted(folder: Path, behind: int, secure: int, plain: int) -> list[str]:
    """The example with ports and paths of this machine; the command that reads it."""
    told = NGINX.replace("/etc/ssl/motcua.example.vn.pem", f"{folder}/cert.pem")
    told = told.replace("/etc/ssl/private/motcua.example.vn.key", f"{folder}/key.pem")
    told = re.sub(r"(?m)^ +listen \[::\].*\n", "", told)
    told = told.replace("listen 443 ssl", f"listen 127.0.0.1:{secure} ssl").replace(
        "listen 80;", f"listen 127.0.0.1:{plain};"
    )
    told = told.replace("127.0.0.1:8001", f"127.0.0.1:{behind}").replace("127.0.0.1:8002", f"127.0.0.1:{free_port()}")
    kept = "".join(
        f"{kind}_temp_path {folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "nginx.conf").write_text(
        f"pid {folder}/nginx.pid;\nworker_processes 1;\nevents {{}}\nhttp {{\naccess_log off;\n{kept}{told}\n}}\n"
    )
    return ["nginx", "-p", str(folder), "-c", "nginx.conf", "-e", f"{folder}/nginx.log"]


def _certificate(folder: Path) -> None:
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "motcua")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )


def _behind_the_proxy(folder: Path, secure: int, plain: int, behind: int) -> None:
    trusting = ssl.create_default_context(cafile=str(folder / "cert.pem"))
    http = urllib3.PoolManager(retries=False, timeout=10, ssl_context=trusting)
    there, host = f"https://127.0.0.1:{secure}", {"Host": "motcua.example.vn"}
    latest = time.monotonic() + 60
    while True:
        try:
            if http.request("GET", f"{there}/healthz", headers=host).status == 200:
                break
        except urllib3.exceptions.HTTPError:
            pass
        assert time.monotonic() < latest
        time.sleep(0.1)
    assert http.request("GET", f"http://127.0.0.1:{behind}/readyz").status == 200  # for those inside
    for closed in ("/metrics", "/readyz", "/docs", "/docs/"):
        pretending = {**host, "X-Forwarded-For": "127.0.0.1"}
        assert http.request("GET", there + closed, headers=pretending).status == 404
    moved = http.request("GET", f"http://127.0.0.1:{plain}/x", headers=host, redirect=False)
    assert (moved.status, moved.headers["Location"]) == (301, "https://motcua.example.vn/x")
    large = http.request("POST", f"{there}/api/v1/dossiers", headers=host, body=b"x" * 61_600_000)
    assert large.status == 413
    page = http.request("GET", f"{there}/api/v1/openapi.json", headers=host)
    assert (page.status, page.headers["Server"]) == (200, "nginx")


class TestImage:
    TEXT = (DEPLOY / "container" / "Containerfile").read_text(encoding="utf-8")

    def test_it_copies_what_exists_and_what_the_wheel_needs(self) -> None:
        sources = [word for line in re.findall(r"(?m)^COPY (?!--from)(.+)$", self.TEXT) for word in line.split()[:-1]]
        assert [one for one in sources if not (ROOT / one).exists()] == []
        listed = (ROOT / "setup.cfg").read_text().partition("[options.packages.find]")[2].partition("[options.p")[0]
        rooms = set(re.findall(r"(?m)^    (\w+)\*", listed))
        assert {*rooms, "setup.cfg", "pyproject.toml", "wsgi.py"} <= set(sources)
        taken = (DEPLOY / "container" / "containerignore").read_text().splitlines()
        assert {f"!{one}" for one in sources if "/" not in one} <= set(taken)

    def test_it_runs_as_nobody_and_starts_a_command(self) -> None:
        assert self.TEXT.count("USER 10001") == 2
        assert self.TEXT.index("USER root") < self.TEXT.rindex("USER 10001")
        [words] = re.findall(r'(?m)^CMD (\["serve".*\])$', self.TEXT)
        must_be_a_command(json.loads(words))
        assert self.TEXT.count("--require-hashes") == 2


@pytest.fixture(scope="module")
def exposed(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Every series that the program exposes, as Prometheus names it."""
    installation = served_copy(tmp_path_factory.mktemp("watched"))
    installation.filed()
    told = installation.anyone().get("/metrics").text
    installation.close()
    return {
        name + end
        for name, kind in re.findall(r"(?m)^# TYPE (\w+) (\w+)$", told)
        for end in (("_bucket", "_sum", "_count") if kind == "histogram" else ("",))
    }


class TestWatching:
    @pytest.mark.parametrize("name", ["alerts.yml", "alerts.test.yml", "dashboard.json"])
    def test_every_metric_that_is_named_is_one_that_the_program_exposes(self, name: str, exposed: set[str]) -> None:
        text = (DEPLOY / "monitoring" / name).read_text(encoding="utf-8")
        named = set(re.findall(r"\bmotcua_\w+", text))
        assert named
        assert named - exposed == set()

    def test_every_gauge_that_is_worth_an_alarm_has_one(self) -> None:
        told = OPERATIONS.partition("- Worth an alarm:")[2].partition("\n-")[0]
        alerts = (DEPLOY / "monitoring" / "alerts.yml").read_text(encoding="utf-8")
        named = re.findall(r"`(\w+)`", told)
        assert [one for one in named if f"motcua_{one}" not in alerts] == []
        assert len(named) >= 4

    def test_the_dashboard_has_a_question_in_every_panel(self) -> None:
        board = json.loads((DEPLOY / "monitoring" / "dashboard.json").read_text(encoding="utf-8"))
        assert len({panel["id"] for panel in board["panels"]}) == len(board["panels"]) > 10
        for panel in board["panels"]:
            assert panel["targets"] and all('job="$job"' in one["expr"] for one in panel["targets"])
        places = [tuple(panel["gridPos"].values()) for panel in board["panels"]]
        assert len({place[:2] for place in places}) == len(places)
        assert all(x + w <= 24 for x, _, w, _ in places)

    @needs("promtool", "prometheus")
    def test_prometheus_takes_the_questions_of_the_dashboard(self, tmp_path: Path) -> None:
        board = json.loads((DEPLOY / "monitoring" / "dashboard.json").read_text(encoding="utf-8"))
        asked = [one["expr"].replace("$__rate_interval", "1m") for panel in board["panels"] for one in panel["targets"]]
        rules = [{"record": f"asked:{number}", "expr": question} for number, question in enumerate(asked)]
        (tmp_path / "rules.yml").write_text(yaml.safe_dump({"groups": [{"name": "asked", "rules": rules}]}))
        done = subprocess.run(
            ["promtool", "check", "rules", tmp_path / "rules.yml"], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr

    @needs("promtool", "prometheus")
    @pytest.mark.parametrize(
        "asked",
        [("check", "rules", "alerts.yml"), ("check", "config", "prometheus.yml"), ("test", "rules", "alerts.test.yml")],
    )
    def test_prometheus_takes_alerts_and_their_tests(self, asked: tuple[str, ...]) -> None:
        done = subprocess.run(
            ["promtool", *asked], cwd=DEPLOY / "monitoring", capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
