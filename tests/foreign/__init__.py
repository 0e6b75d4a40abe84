"""Other people's tools that read our exports, in a Python environment of their own.

``python -m tests.foreign`` makes it and says where it is. It is kept in the
user's cache, under the hash of its requirements.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from filelock import FileLock
from platformdirs import user_cache_path

HERE = Path(__file__).resolve().parent
REQUIREMENTS = HERE / "requirements.txt"


def ensure() -> Path:
    """The environment's python, made if need be; one process makes it at a time."""
    key = hashlib.sha256(REQUIREMENTS.read_bytes() + sys.version.encode()).hexdigest()[:12]
    cache = user_cache_path("samstudio-tests")
    folder = cache / f"foreign-{key}"
    done, python = folder / ".installed", folder / "bin" / "python"
    cache.mkdir(parents=True, exist_ok=True)
    with FileLock(cache / f"foreign-{key}.lock"):
        if not done.exists():
            shutil.rmtree(folder, ignore_errors=True)
            subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
            pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
            subprocess.run([*pip, "--requirement", str(REQUIREMENTS)], check=True)
            done.touch()
    return python


def read(tool: str, folder: Path) -> dict[str, list[tuple[str, dict[str, Any]]]]:
    """What a tool finds in an export: (category, COCO RLE) of each object, by the stem of the image."""
    command = [str(ensure()), str(HERE / "read.py"), tool, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    return {stem: [(category, rle) for category, rle in objects] for stem, objects in found.items()}
