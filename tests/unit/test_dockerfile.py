"""The Dockerfile, what it is built from, and the script that takes the same steps without Docker."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from samstudio.config import Settings

ROOT = Path(__file__).parents[2]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
SCRIPT = (ROOT / "docker" / "try-without-docker").read_text()
PATTERNS = (ROOT / ".dockerignore").read_text().splitlines()
SETTINGS = {f"SAMSTUDIO_{name.upper()}" for name in Settings.model_fields}


def stages() -> dict[str, list[str]]:
    """The instructions of each stage, in order, each on one line."""
    text = re.sub(r"^#.*\n", "", DOCKERFILE, flags=re.MULTILINE)
    _, *parts = re.split(r"^FROM ", re.sub(r" *\\\n *", " ", text), flags=re.MULTILINE)
    lines = (part.splitlines() for part in parts)
    return {first.split(" AS ")[1]: [line for line in rest if line] for first, *rest in lines}


STAGES = stages()


def instructions(stage: str, kind: str) -> list[str]:
    """What follows ``kind`` in a stage."""
    return [line.removeprefix(f"{kind} ") for line in STAGES[stage] if line.startswith(f"{kind} ")]


def test_the_linter_has_nothing_to_say() -> None:
    hadolint = Path(sys.executable).parent / "hadolint"
    done = subprocess.run([hadolint, ROOT / "Dockerfile"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


@pytest.mark.parametrize("target", ["cpu", "cuda"])
def test_both_images_run_as_an_ordinary_user_and_can_be_asked_for_their_health(target: str) -> None:
    assert f"FROM app AS {target}\n" in DOCKERFILE
    assert instructions("app", "USER") == ["1000:1000"]
    assert instructions("app", "VOLUME") == ["/storage"]
    assert instructions("app", "CMD") == ['["python", "-m", "samstudio", "serve"]']
    assert instructions("app", "STOPSIGNAL") == ["SIGINT"]
    (health,) = instructions("app", "HEALTHCHECK")
    assert health.endswith('CMD ["python", "/app/docker/healthcheck.py"]')
    (environment,) = instructions("app", "ENV")
    assert "SAMSTUDIO_HOST=0.0.0.0" in environment
    assert "SAMSTUDIO_WEIGHTS_DIR=${WEIGHTS_DIR}" in environment
    assert instructions("app", "ARG") == instructions(target, "ARG") == ["WEIGHTS_DIR=/storage/weights"]
    assert instructions("base", "ENV")[0].endswith("PATH=/opt/venv/bin:$PATH")
    unwanted = {"USER", "VOLUME", "CMD", "STOPSIGNAL", "HEALTHCHECK"}
    assert unwanted.isdisjoint(line.split()[0] for line in STAGES[target])


def test_the_cpu_image_is_the_default() -> None:
    assert list(STAGES)[-1] == "cpu"


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
    assert instructions("packages-cpu", "ARG") == ['TORCH_INDEX=""']
    (script,) = instructions("packages-cpu", "RUN")
    everything = "pip install --no-cache-dir -r requirements.txt"
    _, first, last = scripted(tmp_path, script, TORCH_INDEX="https://wheels.example")
    assert first.startswith("pip install --no-cache-dir --index-url https://wheels.example torch==2.")
    assert last == everything
    assert scripted(tmp_path, script, TORCH_INDEX="")[1:] == [everything]
    assert instructions("cuda", "COPY") == ["--from=packages-cuda /opt/venv /opt/venv"]
    assert instructions("packages-cuda", "RUN") == [f"python -m venv /opt/venv && {everything}"]


@pytest.mark.parametrize("target", ["cpu", "cuda"])
def test_weights_outside_the_volume_are_fetched_by_the_build(target: str, tmp_path: Path) -> None:
    (script,) = instructions(target, "RUN")
    for folder, fetched in (("/storage/weights", []), ("/opt/weights", ["python -m samstudio weights"])):
        assert scripted(tmp_path, script, WEIGHTS_DIR=folder) == fetched


def test_what_is_copied_is_there_and_nothing_else_goes_into_the_build() -> None:
    """Everything is kept out (``*``) but what is copied, and of that what Python and tools leave behind."""
    lines = [line.split() for stage in STAGES for line in instructions(stage, "COPY")]
    copied = {name for line in lines if not line[0].startswith("--from") for name in line[:-1]}
    assert all((ROOT / name).exists() for name in copied)
    everything, *others = [line for line in PATTERNS if line and not line.startswith("#")]
    assert everything == "*"
    assert {line.removeprefix("!") for line in others if line.startswith("!")} == copied
    left_out = {line for line in others if not line.startswith("!")}
    assert left_out == {"**/__pycache__", "**/*.pyc", "**/*.pyi"}
    assert others[-len(left_out) :] == [
        line for line in others if line in left_out
    ]  # the last that fits decides


def test_each_setting_that_is_named_exists() -> None:
    assert set(re.findall(r"SAMSTUDIO_\w+", DOCKERFILE + SCRIPT)) <= SETTINGS
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


def test_the_script_takes_the_dockerfile_s_steps() -> None:
    python, suite = re.findall(r"PYTHON_VERSION=([\d.]+)$.*slim-(\w+)", DOCKERFILE, re.MULTILINE | re.DOTALL)[
        0
    ]
    assert f"python:{python}-slim-{suite}" in SCRIPT
    assert f"ca-certificates {suite} " in SCRIPT
    for stage in ("packages-cpu", "app"):
        for line in instructions(stage, "COPY"):
            *names, _ = line.split()
            assert all(f"{name} " in SCRIPT for name in names), line
    for step in (
        "python -m venv /opt/venv",
        "--no-cache-dir -r requirements.txt",
        "useradd --uid 1000 --create-home studio",
        "install -d -o 1000 -g 1000 /storage",
    ):
        assert step in SCRIPT
        assert any(step in line for stage in ("packages-cpu", "app") for line in instructions(stage, "RUN"))
    (environment,) = instructions("app", "ENV")
    values = environment.replace("${WEIGHTS_DIR}", "/storage/weights").split()
    assert [value for value in values if value not in SCRIPT] == []
    assert "within 1000:1000 python -m samstudio serve" in SCRIPT
    assert "within 1000:1000 python /app/docker/healthcheck.py" in SCRIPT
    assert "kill -INT" in SCRIPT
