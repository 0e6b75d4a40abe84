"""The Dockerfile, what it is built from, and the reading of it that `docker/try-without-docker` relies on."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from docker.building import Built, Image, Room, build
from docker.recipe import expand, ignored, read
from samstudio.config import Settings

ROOT = Path(__file__).parents[2]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
RECIPE = read(DOCKERFILE)
PATTERNS = (ROOT / ".dockerignore").read_text().splitlines()
SETTINGS = {f"SAMSTUDIO_{name.upper()}" for name in Settings.model_fields}


class Listing(Room):
    """A room that only writes down what is done in it."""

    def __init__(self, name: str, base: Built | None, image: str) -> None:
        self.name, self.image = name, image
        self.done: list[str] = []
        self.environments: list[dict[str, str]] = []

    def run(self, command: Sequence[str], image: Image, *, environment: Mapping[str, str]) -> None:
        self.done.append(f"{image.user} in {image.folder}: {' '.join(command)}")
        self.environments.append(dict(environment))

    def copy(self, sources: Sequence[str], target: str, *, source: Room | None) -> None:
        place = f"{source.name}:" if isinstance(source, Listing) else ""
        self.done.append(f"copy {place}{' '.join(sources)} to {target}")


def built(text: str, target: str, **arguments: str) -> tuple[Image, list[Listing]]:
    rooms: list[Listing] = []

    def room(*given: Any) -> Listing:
        rooms.append(Listing(*given))
        return rooms[-1]

    found = build(read(text), target, arguments=arguments, room=room, say=lambda *_: None)
    return found.image, rooms


def test_the_linter_has_nothing_to_say() -> None:
    hadolint = Path(sys.executable).parent / "hadolint"
    done = subprocess.run([hadolint, ROOT / "Dockerfile"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


@pytest.mark.parametrize("target", ["cpu", "cuda"])
def test_both_images_run_as_an_ordinary_user_and_can_be_asked_for_their_health(target: str) -> None:
    image, _ = built(DOCKERFILE, target)
    assert image.user == "1000:1000"
    assert image.volumes == ("/storage",)
    assert image.command == ("python", "-m", "samstudio", "serve")
    assert image.health == ("python", "/app/docker/healthcheck.py")
    assert image.stop_signal == "SIGINT"
    assert image.environment["SAMSTUDIO_HOST"] == "0.0.0.0"
    assert image.environment["SAMSTUDIO_WEIGHTS_DIR"] == "/storage/weights"
    assert image.environment["PATH"].startswith("/opt/venv/bin:")


def test_the_cpu_image_is_the_default() -> None:
    assert RECIPE.stages[-1].name == "cpu"


def scripted(folder: Path, script: str, **environment: str) -> list[str]:
    """What a RUN's script calls, with stand-ins that only say what they were called with."""
    for name in ("python", "pip"):
        (folder / name).write_text(f'#!/bin/sh\necho {name} "$@"\n')
        (folder / name).chmod(0o755)
    known = {"PATH": f"{folder}:/usr/bin:/bin", **environment}
    done = subprocess.run(
        ["sh", "-c", script], env=known, cwd=ROOT, capture_output=True, text=True, check=True
    )
    return done.stdout.splitlines()


def test_torch_alone_comes_from_another_index_where_one_is_given(tmp_path: Path) -> None:
    _, rooms = built(DOCKERFILE, "cpu", TORCH_INDEX="https://wheels.example")
    packages = next(room for room in rooms if room.name == "packages-cpu")
    assert packages.environments[-1]["TORCH_INDEX"] == "https://wheels.example"
    script = packages.done[-1].partition("-c ")[2]
    everything = "pip install --no-cache-dir -r requirements.txt"
    _, first, last = scripted(tmp_path, script, TORCH_INDEX="https://wheels.example")
    assert first.startswith("pip install --no-cache-dir --index-url https://wheels.example torch==2.")
    assert last == everything
    assert scripted(tmp_path, script, TORCH_INDEX="")[1:] == [everything]
    assert "packages-cpu" not in [room.name for room in built(DOCKERFILE, "cuda")[1]]


def test_weights_outside_the_volume_are_fetched_by_the_build(tmp_path: Path) -> None:
    for folder, fetched in (("/storage/weights", []), ("/opt/weights", ["python -m samstudio weights"])):
        image, rooms = built(DOCKERFILE, "cpu", WEIGHTS_DIR=folder)
        assert image.environment["SAMSTUDIO_WEIGHTS_DIR"] == folder
        script = rooms[-1].done[-1].partition("-c ")[2]
        assert scripted(tmp_path, script, WEIGHTS_DIR=folder) == fetched


def test_what_is_copied_is_there_and_nothing_else_goes_into_the_build() -> None:
    copied = [
        name
        for stage in RECIPE.stages
        for step in stage.steps
        if step.kind == "COPY" and "from" not in step.flags
        for name in step.values[:-1]
    ]
    assert "requirements.txt" in copied
    for name in copied:
        assert (ROOT / name).exists(), name
        assert not ignored(name, PATTERNS), name
    for name in ("storage/studio.db", ".git/config", ".env", "tests/browser.py", "README.md"):
        assert ignored(name, PATTERNS), name
    assert ignored("samstudio/web/page/__pycache__/app.cpython-311.pyc", PATTERNS)
    assert ignored("samstudio/web/page/components.pyi", PATTERNS)
    assert not ignored("samstudio/web/page/static/app.css", PATTERNS)


def test_each_setting_that_is_named_exists() -> None:
    image, _ = built(DOCKERFILE, "cuda")
    assert {name for name in image.environment if name.startswith("SAMSTUDIO_")} <= SETTINGS
    for service in yaml.safe_load((ROOT / "compose.yaml").read_text())["services"].values():
        names = {entry.partition("=")[0] for entry in service["environment"]}
        assert names <= SETTINGS


def test_compose_has_a_service_for_each_image() -> None:
    compose = yaml.safe_load((ROOT / "compose.yaml").read_text())
    found = {name: service["build"]["target"] for name, service in compose["services"].items()}
    assert found == {"cpu": "cpu", "gpu": "cuda"}
    for name, service in compose["services"].items():
        assert service["profiles"] == [name]
        assert service["volumes"] == ["storage:/storage"]
        assert any("SAMSTUDIO_PASSWORD:?" in entry for entry in service["environment"])
    assert "nvidia" in str(compose["services"]["gpu"]["deploy"])
    assert "deploy" not in compose["services"]["cpu"]


@pytest.mark.parametrize("name", ["TORCH_INDEX", "WEIGHTS_DIR"])
def test_what_a_build_can_be_given_is_documented(name: str) -> None:
    assert name in (ROOT / "docs" / "docker.md").read_text()


def test_stages_are_built_in_order_and_only_those_that_are_needed() -> None:
    text = """
        FROM debian AS base
        FROM base AS tools
        FROM base AS other
        FROM base AS last
        COPY --from=tools /a /b
    """
    assert [stage.name for stage in read(text).stages_for("last")] == ["base", "tools", "last"]
    with pytest.raises(KeyError):
        read(text).stages_for("none")


def test_steps_are_carried_out_as_docker_would() -> None:
    text = """
        ARG BASE=debian
        FROM ${BASE}:12 AS first
        ENV A=1 B="two words"
        ARG GIVEN=no
        WORKDIR /work
        RUN echo "$A $GIVEN" \\
         && true
        FROM first
        ARG GIVEN
        USER 7:8
        COPY --from=first x ./
        RUN ["ls", "$A"]
        ENV B=$A${B:+!}${C:-?}
        CMD sleep 1
    """
    image, rooms = built(text, "1", GIVEN="yes")
    first, second = rooms
    assert first.image == "debian:12"
    assert first.done[-1].startswith('0:0 in /work: /bin/sh -c echo "$A $GIVEN"')
    assert first.environments[-1]["GIVEN"] == "yes"
    assert second.done == ["copy first:x to /work/./", "7:8 in /work: ls $A"]
    assert image.environment["B"] == "1!?"
    assert image.command == ("/bin/sh", "-c", "sleep 1")


def test_an_instruction_that_is_not_understood_is_refused() -> None:
    with pytest.raises(ValueError, match="line 2: ADD"):
        read("FROM debian\nADD x y\n")


@pytest.mark.parametrize(
    ("text", "expected"),
    [("$X/a", "1/a"), ("${X}2", "12"), ("${Y:-e}", "e"), ("${X:-e}", "1"), ("${Y:+t}", ""), ("$Y", "")],
)
def test_variables_are_filled_in(text: str, expected: str) -> None:
    assert expand(text, {"X": "1"}) == expected


@pytest.mark.parametrize(
    ("path", "out"),
    [("a", True), ("keep/x", False), ("keep/deep/x.tmp", True), ("keep/no/x", True), ("notes.md", True)],
)
def test_the_last_pattern_that_fits_decides(path: str, out: bool) -> None:
    assert ignored(path, ["# all", "*", "", "!keep", "**/*.tmp", "keep/no"]) is out
