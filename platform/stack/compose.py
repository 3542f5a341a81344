"""The compose backend: this clone's ports and secrets, handed on to Docker Compose with compose.yaml."""

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import replace

from services.contracts.settings import REPOSITORY
from stack import ports, probes
from stack.context import Context
from stack.errors import StackError
from stack.manifest import Spec, servers, services, specs, with_needs
from stack.progress import Reporter
from stack.servers.registry import server
from stack.status import Status

COMPOSE = ("docker", "compose", "--file", str(REPOSITORY / "compose.yaml"))
PIPELINE = "pipeline"
EVERYTHING = ("--profile", "*")
INSTEAD = "or leave Docker out: `lakehouse up --backend native`."


def up(context: Context, reporter: Reporter, *profiles: str, only: tuple[str, ...] = ()) -> Context:
    """Start the servers, and the services of these profiles, in containers, and wait until all are healthy.

    With `only`, start these servers and what they need instead, whatever their profiles.

    Raises StackError: no engine, a taken port, what has no container, or one that did not get healthy.
    """
    wanted = with_needs(only or servers() + (services() if PIPELINE in profiles else ()))
    if missing := [spec.name for spec in wanted if not _has_container(spec)]:
        raise StackError(f"{missing[0]} has no container: it is for the native backend.")
    require_engine()
    context = replace(context, choices=replace(context.choices, catalog="polaris"))
    if not _states(context):
        ports.require_free(wanted, context)
    context.choices.save()
    context.write_environment()
    chosen = EVERYTHING if only else tuple(option for profile in profiles for option in ("--profile", profile))
    targets = [spec.host or spec.name for spec in wanted] if only else []
    reporter.say("Docker Compose starts the containers; the first time it pulls and builds images.")
    if subprocess.run(
        [*COMPOSE, *chosen, "up", "--detach", "--wait", *targets], env=environment(context), check=False
    ).returncode:
        raise StackError("Not every container got healthy; see above.", "`docker compose logs NAME` says why.")
    # Most of it was done in containers; the topics and bronze's tables must be there without our images, too.
    for name in servers():
        if specs()[name] in wanted:
            server(name, context).provision()
    reporter.say("✓ every container is healthy")
    return context


def down(context: Context, reporter: Reporter, *, forget: bool = False) -> None:
    """Stop and remove every container; with `forget`, the volumes too. Raises StackError."""
    require_engine()
    options = ["--volumes"] if forget else []
    command = [*COMPOSE, *EVERYTHING, "down", "--remove-orphans", *options]
    if subprocess.run(command, env=environment(context), check=False).returncode:
        raise StackError("Docker Compose could not stop everything; see above.")
    reporter.say("Stopped every container." + (" All their data is deleted." if forget else ""))


def stop_services(context: Context, reporter: Reporter) -> None:
    """Stop the containers of the pipeline's services; the servers stay. Raises StackError."""
    require_engine()
    command = [*COMPOSE, *EVERYTHING, "stop", *services()]
    if subprocess.run(command, env=environment(context), check=False).returncode:
        raise StackError("Docker Compose could not stop the services; see above.")
    reporter.say(f"Stopped {', '.join(services())}.")


def status(context: Context) -> list[Status]:
    """Return one entry per server and service, as for the native backend. Containers show no process and no memory."""
    require_engine()
    states = _states(context)
    found = []
    for spec in specs().values():
        if not _has_container(spec):
            continue
        state = states.get(spec.host or spec.name, "stopped")
        version = str(spec.compose.get("version", spec.version))
        there = {name: context.port(spec.name, name) for name in spec.ports}
        ready = state == "running" and probes.ready(spec, context)
        found.append(Status(spec.name, version, state, ready, pid=0, ports=there, memory_mib=0, uptime_s=0))
    return found


def environment(context: Context) -> dict[str, str]:
    """Return what compose.yaml asks of its environment: the ports with the offset, and the secrets of this clone."""
    moved = {
        f"PORT_{spec.name}_{name}".upper(): str(context.port(spec.name, name))
        for spec in specs().values()
        for name in spec.ports
    }
    secrets = {
        "S3_ACCESS_KEY": context.secrets.minio_user,
        "S3_SECRET_KEY": context.secrets.minio_password,
        "POLARIS_ROOT_SECRET": context.secrets.polaris_secret,
        "STRIPE_WEBHOOK_SECRET": context.secrets.webhook_secret,
    }
    return os.environ | moved | secrets


def require_engine() -> None:
    """Raise StackError if Docker, its engine or its compose plugin is not there."""
    if not shutil.which("docker"):
        raise StackError("Docker is not installed.", f"Install Docker (or Podman's `docker`), {INSTEAD}")
    engine = _ask("version", "--format", "{{.Server.Version}}")
    if engine.returncode:
        said = (engine.stderr.strip().splitlines() or ["it says nothing"])[-1]
        raise StackError(
            f"Docker is installed, but no engine answers: {said}", f"Start Docker Desktop or `dockerd`, {INSTEAD}"
        )
    if _ask("compose", "version").returncode:
        raise StackError(
            "Docker has no `docker compose`.", f"Install the package docker-compose-plugin (2.24 or newer), {INSTEAD}"
        )


def _ask(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["docker", *arguments], capture_output=True, text=True, check=False)


def _has_container(spec: Spec) -> bool:
    return bool(spec.compose or spec.service or spec.name == "dagster")


def _states(context: Context) -> Mapping[str, str]:
    """Return the state of each container that there is, by its service."""
    command = [*COMPOSE, *EVERYTHING, "ps", "--format", "json"]
    listed = subprocess.run(command, env=environment(context), capture_output=True, text=True, check=False)
    if listed.returncode:
        raise StackError(f"Docker Compose cannot list its containers: {listed.stderr.strip()[-400:]}")
    rows = [json.loads(line) for line in listed.stdout.splitlines() if line.strip()]
    return {row["Service"]: row["State"] for row in rows}
