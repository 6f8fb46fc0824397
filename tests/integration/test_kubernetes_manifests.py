"""The manifests in deploy/kubernetes: their schema, their names and ports, and that they start what the program has."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from engine.settings import settings_from
from tests.integration.test_deployment import DEPLOY, OPERATIONS, must_be_a_command

MANIFESTS = sorted((DEPLOY / "kubernetes").glob("*.yaml"))


def documents() -> Iterator[tuple[str, dict[str, Any]]]:
    for path in MANIFESTS:
        for one in yaml.safe_load_all(path.read_text(encoding="utf-8")):
            yield path.name, one


def pods() -> Iterator[dict[str, Any]]:
    """The templates of pods in all manifests."""
    for _, one in documents():
        spec = one.get("spec", {})
        template = spec.get("template") or spec.get("jobTemplate", {}).get("spec", {}).get("template")
        if template:
            yield template


class TestManifests:
    @pytest.mark.parametrize("version", ["1.30", "1.37"])
    def test_they_hold_against_the_schema_of_kubernetes(self, version: str) -> None:
        validate = pytest.importorskip("kubernetes_validate", reason="kubernetes-validate: run bin/setup test")
        checked = 0
        for name, one in documents():
            if one["kind"] != "Kustomization":
                validate.validate(one, version, strict=True)
                checked += 1
            assert name
        assert checked > 12

    def test_what_is_applied_exists(self) -> None:
        [listed] = [one["resources"] for _, one in documents() if one["kind"] == "Kustomization"]
        there = {path.name for path in MANIFESTS}
        assert set(listed) == there - {"kustomization.yaml", "secret.example.yaml", "migrate.yaml"}

    def test_every_name_that_is_used_is_given(self) -> None:
        given = {(one["kind"], one["metadata"]["name"]) for _, one in documents() if "metadata" in one}
        used = set()
        for pod in pods():
            spec = pod["spec"]
            for container in [*spec["containers"], *spec.get("initContainers", [])]:
                for source in container.get("envFrom", []):
                    used |= {("ConfigMap", one["name"]) for key, one in source.items() if key == "configMapRef"}
                    used |= {("Secret", one["name"]) for key, one in source.items() if key == "secretRef"}
                mounted = {one["name"] for one in container["volumeMounts"]}
                assert mounted == {one["name"] for one in spec["volumes"]}
            for volume in spec["volumes"]:
                if claim := volume.get("persistentVolumeClaim"):
                    used.add(("PersistentVolumeClaim", claim["claimName"]))
        assert used <= given
        [ingress] = [one for _, one in documents() if one["kind"] == "Ingress"]
        backend = ingress["spec"]["rules"][0]["http"]["paths"][0]["backend"]["service"]
        assert ("Service", backend["name"]) in given

    def test_services_budgets_and_policies_choose_pods_that_exist(self) -> None:
        labels = [pod["metadata"]["labels"] for pod in pods()]
        chosen = 0
        for _, one in documents():
            spec = one.get("spec", {})
            selector = spec.get("selector") or spec.get("podSelector") or {}
            wanted = selector.get("matchLabels", selector if one["kind"] == "Service" else None)
            if wanted:
                chosen += 1
                assert any(wanted.items() <= label.items() for label in labels), one["metadata"]
        assert chosen >= 7

    def test_ports_and_probes_are_the_programs_own(self) -> None:
        [web] = [one for _, one in documents() if one["kind"] == "Deployment" and "web" in one["metadata"]["name"]]
        [container] = web["spec"]["template"]["spec"]["containers"]
        [port] = container["ports"]
        assert container["args"] == ["serve", "--port", str(port["containerPort"])]
        probed = {kind: container[kind]["httpGet"] for kind in ("startupProbe", "livenessProbe", "readinessProbe")}
        assert {one["port"] for one in probed.values()} == {port["name"]}
        assert probed["readinessProbe"]["path"] == "/readyz" and probed["livenessProbe"]["path"] == "/healthz"
        for _, one in documents():
            if one["kind"] == "Service":
                assert {name["targetPort"] for name in one["spec"]["ports"]} == {port["name"]}

    def test_each_starts_a_command_as_nobody_and_writes_nowhere_else(self) -> None:
        for pod in pods():
            assert pod["spec"]["securityContext"]["runAsNonRoot"] is True
            for container in [*pod["spec"]["containers"], *pod["spec"].get("initContainers", [])]:
                must_be_a_command(container["args"])
                closed = container["securityContext"]
                assert (closed["readOnlyRootFilesystem"], closed["allowPrivilegeEscalation"]) == (True, False)

    def test_only_jobs_know_the_owner(self) -> None:
        for _, one in documents():
            if "motcua-owner" in json.dumps(one.get("spec", {})):
                assert one["kind"] in ("Job", "CronJob")

    def test_the_settings_are_settings(self, tmp_path: Path) -> None:
        given: dict[str, str] = {"MOTCUA_DATA": str(tmp_path)}
        for _, one in documents():
            given |= one.get("data", {}) if one["kind"] == "ConfigMap" else {}
            given |= one.get("stringData", {}) if one["kind"] == "Secret" else {}
        assert settings_from(given).proxy_hops == 1
        assert [name for name in given if name != "LANG" and f"`{name}`" not in OPERATIONS] == []
