"""What the files that are pushed to a Space have to say: README.md's first lines, and the requirements."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from samstudio.spaces.findings import SpaceFinding, missing, ok, warning

PYTHONS = ("3.11", "3.12")
ZERO_GPU_PYTHON = "3.12.12"
NEEDED = ("title", "emoji", "sdk", "sdk_version", "python_version", "app_file")
_PIN = re.compile(r"^([A-Za-z0-9._-]+(?:\[[^\]]*\])?)\s*==\s*([^\s;#]+)")


def check_repository(root: Path, *, zero_gpu: bool) -> Iterator[SpaceFinding]:
    """Look at ``root``, the folder that is pushed."""
    pins, loose = _requirements(root / "requirements.txt")
    yield from _check_requirements(pins, loose)
    head = _front_matter(root / "README.md")
    if head is None:
        yield missing(
            "front-matter",
            "README.md does not begin with the block that tells Hugging Face how to run the Space.",
            "Put the block of docs/spaces.md at its very top, between two lines of three dashes.",
        )
        return
    absent = [name for name in NEEDED if not str(head.get(name) or "").strip()]
    if absent:
        yield missing(
            "front-matter",
            f"README.md's first block does not say {', '.join(absent)}.",
            "Take them from the block in docs/spaces.md.",
        )
    else:
        yield ok("front-matter", "README.md begins with what a Space needs to know.")
    yield from _check_sdk(head, pins)
    yield from _check_python(str(head.get("python_version") or ""), zero_gpu=zero_gpu)
    yield from _check_app_file(root, str(head.get("app_file") or ""))


def _front_matter(readme: Path) -> dict[str, Any] | None:
    from huggingface_hub import metadata_load  # as Hugging Face reads it; comes with Gradio

    try:
        return metadata_load(readme)
    except Exception:  # no file, no YAML, or another shape: there is no usable block
        return None


def _requirements(file: Path) -> tuple[dict[str, str], list[str]]:
    """Return the pinned packages with their versions, and the lines that pin nothing."""
    try:
        lines = [line.split("#")[0].strip() for line in file.read_text(encoding="utf-8").splitlines()]
    except OSError:
        return {}, []
    pins, loose = {}, []
    for line in filter(None, lines):
        match = _PIN.match(line)
        if match:
            pins[match[1].lower()] = match[2]
        elif not line.startswith("-"):
            loose.append(line)
    return pins, loose


def _check_requirements(pins: dict[str, str], loose: list[str]) -> Iterator[SpaceFinding]:
    if not pins:
        yield missing(
            "requirements",
            "requirements.txt is not there, or pins nothing.",
            "Push the whole repository: a Space installs what that file names.",
        )
    elif loose:
        yield missing(
            "requirements",
            f"requirements.txt does not pin {', '.join(loose)}.",
            "Write name==version: a Space is built anew at each push, and would get another version then.",
        )
    else:
        yield ok("requirements", f"requirements.txt pins {len(pins)} packages.")


def _check_sdk(head: dict[str, Any], pins: dict[str, str]) -> Iterator[SpaceFinding]:
    sdk, wanted, pinned = head.get("sdk"), str(head.get("sdk_version") or ""), pins.get("gradio", "")
    if sdk and sdk != "gradio":
        yield missing("sdk", f"README.md says sdk: {sdk}.", "Write sdk: gradio; app.py is a Gradio app.")
    if wanted and pinned and wanted != pinned:
        yield missing(
            "sdk-version",
            f"README.md says sdk_version: {wanted}, and requirements.txt pins gradio {pinned}.",
            f"Write sdk_version: {pinned}.",
        )


def _check_python(version: str, *, zero_gpu: bool) -> Iterator[SpaceFinding]:
    if version and not any(version == one or version.startswith(f"{one}.") for one in PYTHONS):
        yield missing(
            "python-version",
            f"README.md says python_version: {version}; SAM Studio runs on {' and '.join(PYTHONS)}.",
            f"Write python_version: {ZERO_GPU_PYTHON}.",
        )
    elif version and zero_gpu and version != ZERO_GPU_PYTHON:
        yield missing(
            "python-version",
            f"README.md says python_version: {version}; of ours, ZeroGPU knows {ZERO_GPU_PYTHON} alone.",
            f"Write python_version: {ZERO_GPU_PYTHON}.",
        )
    elif version and not zero_gpu and version != ZERO_GPU_PYTHON:
        yield warning(
            "python-version",
            f"README.md says python_version: {version}; on ZeroGPU it would have to be {ZERO_GPU_PYTHON}.",
            "Nothing has to be done on other hardware.",
        )


def _check_app_file(root: Path, name: str) -> Iterator[SpaceFinding]:
    if name and not (root / name).is_file():
        yield missing(
            "app-file",
            f"README.md says app_file: {name}, and there is no such file.",
            "Write app_file: app.py, and push that file too.",
        )
