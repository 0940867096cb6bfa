"""What deploy/ tells a platform is true of the program, and is what the platform's published schema allows."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml

from bot import ticking
from bot.app import DRAIN_SECONDS, create_app
from bot.cli import COMMANDS
from bot.serving import STUCK_SECONDS
from bot.settings import DEFAULT_PORT, ROLES, Settings
from tests.manifests import DEPLOY, SECRET, Container, compose, containers, documents, template
from tests.test_configuration import variables_read

ROOT = Path(__file__).parents[1]
SCHEMAS = ROOT / "tests" / "deploy_schemas"
DOCKERFILE = (ROOT / "Dockerfile").read_text()
TEMPLATES = ["app-runner.yaml", "ecs.yaml", "express.yaml"]
ELSEWHERE = {"PGPASSWORD"}
"""Read by PostgreSQL's own library."""
SECRETS = {
    "DATABASE_URL", "GITHUB_CLIENT_SECRET", "GITHUB_PRIVATE_KEY", "GITHUB_WEBHOOK_SECRET", "OIDC_CLIENT_SECRET",
    "PGPASSWORD", "SECRET_KEY", "TICK_TOKEN",
}  # fmt: skip
ALL = sorted(containers(), key=lambda one: one.where)
SERVERS = [one for one in ALL if not one.command]

each_container = pytest.mark.parametrize("one", ALL, ids=lambda one: one.where)
each_server = pytest.mark.parametrize("one", SERVERS, ids=lambda one: one.where)


def schema(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((SCHEMAS / f"{name}.json").read_text())
    return found


def faults(schema: dict[str, Any], value: object) -> list[str]:
    found = jsonschema_rs.validator_for(schema).iter_errors(value)
    return [f"{'/'.join(map(str, error.instance_path))}: {error.message}" for error in found]


def script(name: str) -> str:
    """Return what a shell would run, each command in one line, without what is said to people."""
    lines = [line for line in (DEPLOY / name).read_text().splitlines() if not line.lstrip().startswith("#")]
    return re.sub(r" \\\n\s*", " ", "\n".join(lines))


def test_there_is_something_to_hold() -> None:
    assert {one.where.split("/")[0].split(" ")[0] for one in ALL} == {"compose.yaml", "kubernetes", "aws", "cloud-run"}
    assert len(ALL) == 21
    assert len(SERVERS) == 13


def test_compose_fits_the_compose_specification() -> None:
    assert faults(schema("compose"), compose()) == []
    assert re.fullmatch(r"caddy:\d+\.\d+\.\d+", compose()["services"]["proxy"]["image"])


@pytest.mark.parametrize("folder", ["kubernetes", "cloud-run"])
def test_manifests_fit_what_kubernetes_and_google_publish(folder: str) -> None:
    told = schema(folder.replace("-", "_"))
    kinds = told.pop("kinds")
    for where, found in documents(folder):
        name = kinds[f"{found['apiVersion']} {found['kind']}"]
        assert [f"{where}: {fault}" for fault in faults({"$ref": f"#/$defs/{name}", **told}, found)] == []


@pytest.mark.parametrize("name", TEMPLATES)
def test_templates_fit_what_aws_publishes(name: str) -> None:
    told = schema("cloudformation")
    for logical, resource in template(name)["Resources"].items():
        assert [f"{logical} {fault}" for fault in faults(told[resource["Type"]], resource["Properties"])] == []


def test_a_key_that_is_none_does_not_fit() -> None:
    """Or the tests above would hold of anything."""
    _, found = next(documents("kubernetes"))
    told = schema("kubernetes")
    kinds = told.pop("kinds")
    found["spec"]["template"]["spec"]["containers"][0]["livenesProbe"] = {}
    assert faults({"$ref": f"#/$defs/{kinds['apps/v1 Deployment']}", **told}, found) != []
    service = template("ecs.yaml")["Resources"]["Web"]
    assert faults(schema("cloudformation")[service["Type"]], {**service["Properties"], "DesiredCounts": 2}) != []


@each_container
def test_every_variable_is_one_that_the_program_reads(one: Container) -> None:
    assert set(one.variables) <= variables_read() | ELSEWHERE
    assert "DATABASE_URL" in one.variables
    assert one.migrates or "GITHUB_PRIVATE_KEY" in one.variables


@each_container
def test_no_secret_stands_in_a_manifest(one: Container) -> None:
    for name in SECRETS & set(one.variables):
        value = one.variables[name]
        if name == "DATABASE_URL" and one.where.startswith("compose.yaml"):
            assert re.fullmatch(r"postgresql://\w+@postgres/\w+", str(value)), "without a password"
        elif one.where.startswith("compose.yaml"):
            assert re.fullmatch(r"\$\{\w+:(-|\?.+)\}", str(value)), name
        else:
            assert value is SECRET, name


def test_examples_have_names_and_no_values() -> None:
    (example,) = (found for _, found in documents("kubernetes") if found["kind"] == "Secret")
    assert set(example["stringData"].values()) == {""}
    lines = [line for line in (DEPLOY / "env.example").read_text().splitlines() if not line.startswith("#")]
    asked = set(re.findall(r"\$\{(\w+)", (DEPLOY / "compose.yaml").read_text()))
    assert sorted(lines) == sorted(f"{name}=" for name in asked)
    listed = yaml.safe_load((DEPLOY / "kubernetes" / "kustomization.yaml").read_text())["resources"]
    there = {file.name for file in (DEPLOY / "kubernetes").glob("*.yaml")}
    assert set(listed) == there - {"kustomization.yaml", "secret.example.yaml"}
    assert "/deploy/.env" in (ROOT / ".gitignore").read_text().splitlines()


@each_server
def test_probes_ask_for_what_every_role_answers_at_the_port_that_it_has(one: Container) -> None:
    routes = {resource.canonical for resource in create_app(settings(one.roles)).router.resources()}
    assert set(one.probes) <= {"/healthz", "/readyz"} <= routes
    assert one.where.startswith("compose.yaml") or one.probes
    assert set(one.ports) <= {DEFAULT_PORT}
    # Cloud Run sets it, and refuses who does so, too
    assert "PORT" not in one.variables


def settings(roles: frozenset[str]) -> Settings:
    return Settings(
        issuer="1", private_key="", webhook_secret=b"", api_url="", graphql_url=None, web_url=None, public_url=None,
        database_url="", data_dir=Path("data"), host="", port=0, clock_url=None, roles=roles,
    )  # fmt: skip


def test_whatever_leads_to_the_server_leads_to_its_port() -> None:
    assert re.findall(r"^EXPOSE (\d+)$", DOCKERFILE, re.MULTILINE) == [str(DEFAULT_PORT)]
    assert f"PORT={DEFAULT_PORT}" in DOCKERFILE
    proxy = (DEPLOY / "Caddyfile").read_text()
    assert re.findall(r"name (\w+)\n\s*port (\d+)", proxy) == [("serve", str(DEFAULT_PORT))]
    resources = template("ecs.yaml")["Resources"]
    assert resources["Targets"]["Properties"]["Port"] == resources["ToTheTasks"]["Properties"]["ToPort"] == DEFAULT_PORT
    assert f"--port {DEFAULT_PORT} " in script("code-engine/deploy.sh")
    assert set(re.findall(r"--probe-\w+ path=(\S+)", script("code-engine/deploy.sh"))) == {"/healthz", "/readyz"}


def test_the_image_runs_as_its_own_user_and_writes_where_it_may() -> None:
    (user,) = re.findall(r"useradd .*--uid (\d+)", DOCKERFILE)
    (data,) = re.findall(r"DATA_DIR=(\S+)", DOCKERFILE)
    for _, found in documents("kubernetes"):
        if found["kind"] != "Deployment":
            continue
        pod = found["spec"]["template"]["spec"]
        assert pod["securityContext"]["runAsUser"] == pod["securityContext"]["fsGroup"] == int(user)
        assert pod["securityContext"]["runAsNonRoot"]
        for one in (*pod["initContainers"], *pod["containers"]):
            assert one["securityContext"]["readOnlyRootFilesystem"]
            assert {mount["mountPath"] for mount in one["volumeMounts"]} == {data, "/tmp"}
    for name, service in compose()["services"].items():
        if name not in ("postgres", "proxy"):
            assert service["read_only"]
            assert (service["volumes"], service["tmpfs"]) == ([f"almanac-data:{data}"], ["/tmp"])


def test_every_role_is_somewhere() -> None:
    for place in ("compose.yaml", "kubernetes", "aws/ecs.yaml", "aws/express.yaml"):
        there = [one.roles for one in SERVERS if one.where.startswith(place) and not one.where.endswith(" setup")]
        assert frozenset().union(*there) == ROLES, place
    (web,) = (one for one in SERVERS if one.where.startswith("aws/app-runner.yaml"))
    assert web.roles == {"serve"}, "its CPU is taken away between requests"
    assert [one.roles for one in SERVERS if one.where.startswith("cloud-run")] == [{"serve", "work"}]


def test_the_schema_comes_before_the_replicas() -> None:
    for name, service in compose()["services"].items():
        if name in ROLES | {"setup"}:
            assert service["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}
    assert [one.where for one in ALL if one.migrates] == [
        *(f"aws/ecs.yaml {name}Task migrate" for name in ("Clock", "Web", "Work")),
        "cloud-run/migrate.yaml ", "compose.yaml migrate",
        *(f"kubernetes/{role}.yaml migrate" for role in sorted(ROLES)),
    ]  # fmt: skip
    for name in ("WebTask", "WorkTask", "ClockTask"):
        first, server = template("ecs.yaml")["Resources"][name]["Properties"]["ContainerDefinitions"]
        assert not first["Essential"]
        assert server["DependsOn"] == [{"ContainerName": first["Name"], "Condition": "SUCCESS"}]
    lines = script("code-engine/deploy.sh").splitlines()
    (migrated,) = (at for at, line in enumerate(lines) if "jobrun submit" in line and "almanac-migrate --wait" in line)
    (served,) = (at for at, line in enumerate(lines) if "ce application create" in line)
    assert migrated < served
    named = re.findall(r"--argument -m --argument bot --argument (\w+)", "\n".join(lines))
    assert named == ["migrate", "tick"]
    assert set(named) <= set(COMMANDS)


@each_server
def test_a_server_has_time_to_end(one: Container) -> None:
    if one.stop_seconds is not None:
        assert one.stop_seconds >= 2 * (DRAIN_SECONDS + STUCK_SECONDS)


def test_what_sleeps_is_woken_with_the_token() -> None:
    """And nothing on the way gives up before the server does."""
    line = next(line for line in script("cloud-run/tick.sh").splitlines() if line.startswith("gcloud scheduler"))
    path, wait = re.findall(r'--uri "\$PUBLIC_URL(/\w+)\?wait=(\d+)"', line)[0]
    assert path == ticking.PATH
    assert int(wait) <= ticking.LONGEST_WAIT
    assert '--headers "Authorization=Bearer $TICK_TOKEN"' in line
    assert "--http-method POST" in line
    assert int(re.findall(r"--attempt-deadline (\d+)s", line)[0]) > int(wait)
    (service,) = (found for _, found in documents("cloud-run") if found["kind"] == "Service")
    assert service["spec"]["template"]["spec"]["timeoutSeconds"] > int(wait)
    (server,) = (one for one in SERVERS if one.where.startswith("cloud-run"))
    assert server.variables["TICK_TOKEN"] is SECRET
    secret = re.findall(r"--secret (\S+)\)", script("cloud-run/tick.sh"))
    assert secret == list(names_of_secrets(service, "TICK_TOKEN"))


def names_of_secrets(service: dict[str, Any], variable: str) -> Iterator[str]:
    for given in service["spec"]["template"]["spec"]["containers"][0]["env"]:
        if given["name"] == variable:
            yield given["valueFrom"]["secretKeyRef"]["name"]


def test_what_chooses_pods_finds_them() -> None:
    """A Service, a budget or a policy whose labels nobody has does nothing, and says nothing."""
    found = [document for _, document in documents("kubernetes")]
    pods = [one["spec"]["template"]["metadata"]["labels"] for one in found if one["kind"] == "Deployment"]
    chosen = {
        "Service": lambda one: one["spec"]["selector"],
        "PodDisruptionBudget": lambda one: one["spec"]["selector"]["matchLabels"],
        "NetworkPolicy": lambda one: one["spec"]["podSelector"]["matchLabels"],
    }
    for one in found:
        if one["kind"] in chosen:
            labels = chosen[one["kind"]](one).items()
            assert any(labels <= pod.items() for pod in pods), one["metadata"]["name"]
    (service,) = (one for one in found if one["kind"] == "Service")
    (ingress,) = (one for one in found if one["kind"] == "Ingress")
    (path,) = ingress["spec"]["rules"][0]["http"]["paths"]
    assert path["backend"]["service"] == {"name": service["metadata"]["name"], "port": {"name": "http"}}


def test_of_several_pods_one_may_be_taken_away_and_one_stays() -> None:
    found = [document for _, document in documents("kubernetes")]
    budgets = {
        one["spec"]["selector"]["matchLabels"].get("app.kubernetes.io/component"): one["spec"]
        for one in found
        if one["kind"] == "PodDisruptionBudget"
    }
    several = {
        one["spec"]["template"]["metadata"]["labels"].get("app.kubernetes.io/component"): one["spec"]["replicas"]
        for one in found
        if one["kind"] == "Deployment" and one["spec"]["replicas"] > 1
    }
    assert {"serve", "work"} <= several.keys() == budgets.keys()
    for name, replicas in several.items():
        away = budgets[name].get("maxUnavailable", replicas - budgets[name].get("minAvailable", replicas))
        assert 1 <= away < replicas, name
