"""What stands under deploy/, read as whoever deploys reads it: the containers of Almanac, whatever the form."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

DEPLOY = Path(__file__).parents[1] / "deploy"
SECRET = object()
"""The value of a variable that comes from a secret."""
SAMPLES = {"AWS::EC2::VPC::Id": "vpc-0123456789abcdef0", "AWS::EC2::SecurityGroup::Id": "sg-0123456789abcdef0"}
LISTS = {"List<AWS::EC2::Subnet::Id>": ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]}
IMAGE = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/almanac:1"
ARN = "arn:aws:iam::123456789012:role/almanac"
ARNS = {
    name: f"arn:aws:apprunner:eu-central-1:123456789012:{kind}/almanac/1/{'0' * 32}"
    for name, kind in (("VpcConnectorArn", "vpcconnector"), ("AutoScalingConfigurationArn", "autoscalingconfiguration"))
}

Manifest = dict[str, Any]


@dataclass(frozen=True)
class Container:
    """One container that runs the image of Almanac."""

    where: str
    command: tuple[str, ...] = ()
    """Empty where it is the image's own."""
    variables: dict[str, object] = field(default_factory=dict)
    probes: tuple[str, ...] = ()
    """Paths that are asked for."""
    ports: tuple[object, ...] = ()
    stop_seconds: float | None = None
    """How long it may take to end; None where the platform gives no choice."""

    @property
    def roles(self) -> frozenset[str]:
        return frozenset(str(self.variables.get("ROLES", "")).split(",")) - {""}

    @property
    def migrates(self) -> bool:
        return self.command == ("python", "-m", "bot", "migrate")


class Template(yaml.SafeLoader):
    """Reads CloudFormation's short forms as {"Ref": …}, {"Fn::Sub": …} and so on."""


def short_form(loader: Template, suffix: str, node: yaml.Node) -> Manifest:
    if isinstance(node, yaml.SequenceNode):
        value: object = loader.construct_sequence(node, deep=True)
    else:
        assert isinstance(node, yaml.ScalarNode)
        value = loader.construct_scalar(node)
    return {"Ref" if suffix == "Ref" else f"Fn::{suffix}": value}


Template.add_multi_constructor("!", short_form)


def compose() -> Manifest:
    """Return compose.yaml, merged."""
    found: Manifest = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    return found


def documents(folder: str) -> Iterator[tuple[str, Manifest]]:
    """Yield every document of a folder's YAML files, with the name of its file; kustomize's own is none."""
    for file in sorted((DEPLOY / folder).glob("*.yaml")):
        if file.name != "kustomization.yaml":
            for document in yaml.safe_load_all(file.read_text()):
                yield f"{folder}/{file.name}", document


def template(name: str) -> Manifest:
    """Return a CloudFormation template, what refers to something else replaced by a value of its kind."""
    read: Manifest = yaml.load((DEPLOY / "aws" / name).read_text(), Loader=Template)
    resolved = resolve(read["Resources"], read["Parameters"])
    return {**read, "Resources": resolved}


def resolve(node: Any, parameters: Manifest) -> Any:
    if isinstance(node, list):
        return [resolve(each, parameters) for each in node]
    if not isinstance(node, dict):
        return node
    if set(node) == {"Ref"}:
        if node["Ref"] == "Image":
            return IMAGE
        parameter = parameters.get(node["Ref"], {})
        kind = parameter.get("Type", "")
        return LISTS.get(kind) or SAMPLES.get(kind) or parameter.get("Default") or ARN
    if set(node) == {"Fn::Sub"}:
        return re.sub(r"\$\{[^}]*\}", "x", node["Fn::Sub"].replace("${AWS::Partition}", "aws"))
    if set(node) == {"Fn::GetAtt"}:
        return ARNS.get(str(node["Fn::GetAtt"]).partition(".")[2], ARN)
    return {key: resolve(value, parameters) for key, value in node.items()}


def containers() -> Iterator[Container]:
    """Yield every container of Almanac in every manifest."""
    for name, service in compose()["services"].items():
        if "almanac" in service["image"]:
            seconds = float(service["stop_grace_period"].removesuffix("s"))
            yield Container(
                f"compose.yaml {name}",
                tuple(service.get("command", ())),
                dict(service["environment"]),
                stop_seconds=seconds,
            )
    for where, found in documents("kubernetes"):
        if found["kind"] == "Deployment":
            yield from of_pod(where, found["spec"]["template"]["spec"], maps_of_kubernetes())
    for where, found in documents("cloud-run"):
        pod = found["spec"]["template"]["spec"]
        yield from of_pod(where, pod.get("template", {}).get("spec", pod), {})
    for file in sorted((DEPLOY / "aws").glob("*.yaml")):
        for name, resource in template(file.name)["Resources"].items():
            yield from of_aws(f"aws/{file.name} {name}", resource["Type"], resource["Properties"])


def maps_of_kubernetes() -> dict[str, dict[str, object]]:
    """Return what the ConfigMap and the Secret of that folder put into the environment."""
    maps: dict[str, dict[str, object]] = {}
    for _, found in documents("kubernetes"):
        if found["kind"] == "ConfigMap":
            maps["configMapRef"] = dict(found["data"])
        if found["kind"] == "Secret":
            maps["secretRef"] = dict.fromkeys(found["stringData"], SECRET)
    return maps


def of_pod(where: str, pod: Manifest, maps: dict[str, dict[str, object]]) -> Iterator[Container]:
    """Yield the containers of a pod, what comes first first."""
    prepared = [(one, True) for one in pod.get("initContainers", [])]
    for one, is_first in [*prepared, *((one, False) for one in pod["containers"])]:
        variables: dict[str, object] = {}
        for given in one.get("envFrom", []):
            for kind in given:
                variables |= maps[kind]
        for given in one.get("env", []):
            variables[given["name"]] = given.get("value", SECRET)
        seconds = pod.get("terminationGracePeriodSeconds")
        wait = one.get("lifecycle", {}).get("preStop", {}).get("exec", {}).get("command", ["", "0"])[-1]
        yield Container(
            f"{where} {one.get('name', '')}",
            tuple(one.get("command", ())),
            variables,
            tuple(one[probe]["httpGet"]["path"] for probe in one if probe.endswith("Probe")),
            tuple(port["containerPort"] for port in one.get("ports", [])),
            None if seconds is None or is_first else seconds - float(wait),
        )


def of_aws(where: str, kind: str, properties: Manifest) -> Iterator[Container]:
    """Yield the containers that a resource of CloudFormation describes."""
    if kind == "AWS::ECS::TaskDefinition":
        for one in properties["ContainerDefinitions"]:
            asked = re.findall(r"127\.0\.0\.1:\d+(/\w+)", " ".join(one.get("HealthCheck", {}).get("Command", [])))
            ports = tuple(port["ContainerPort"] for port in one.get("PortMappings", []))
            command = tuple(one.get("Command", ()))
            yield Container(f"{where} {one['Name']}", command, listed(one), tuple(asked), ports, one.get("StopTimeout"))
    if kind == "AWS::ECS::ExpressGatewayService":
        one = properties["PrimaryContainer"]
        yield Container(where, (), listed(one), (properties["HealthCheckPath"],), (one["ContainerPort"],))
    if kind == "AWS::AppRunner::Service":
        one = properties["SourceConfiguration"]["ImageRepository"]["ImageConfiguration"]
        secrets = {each["Name"]: SECRET for each in one["RuntimeEnvironmentSecrets"]}
        plain = {each["Name"]: each["Value"] for each in one["RuntimeEnvironmentVariables"]}
        path = properties["HealthCheckConfiguration"]["Path"]
        yield Container(where, (), plain | secrets, (path,), (int(one["Port"]),))


def listed(one: Manifest) -> dict[str, object]:
    plain: dict[str, object] = {each["Name"]: each["Value"] for each in one.get("Environment", [])}
    return plain | {each["Name"]: SECRET for each in one["Secrets"]}
