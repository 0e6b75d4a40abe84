"""``python -m samstudio spaces check`` as an owner runs it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.unit.spaces.test_check import ROOT, documented_block


def test_the_check_says_what_to_do_and_its_exit_code_counts(tmp_path: Path) -> None:
    shutil.copy(ROOT / "app.py", tmp_path)
    shutil.copy(ROOT / "requirements.txt", tmp_path)
    weights = tmp_path / "checkpoint"
    weights.mkdir()
    storage = tmp_path / "storage"

    def check(*options: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "samstudio", "--storage", str(storage), "spaces", "check"]
        # Else the weights would be asked for on the network, where they are not cached.
        environment = {**os.environ, "SAMSTUDIO_CHECKPOINT": str(weights)}
        return subprocess.run(
            [*command, "--root", str(tmp_path), *options],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    done = check()
    assert done.returncode == 1, done.stderr
    assert "✗ README.md does not begin with the block" in done.stdout
    assert "Something is missing" in done.stdout

    (tmp_path / "README.md").write_text(documented_block())
    done = check("--json")
    assert done.returncode == 0, done.stdout
    answer = json.loads(done.stdout)
    assert (answer["ok"], answer["space"]) == (True, None)
    assert {"level": "unknown", "code": "storage"}.items() <= answer["findings"][-2].items()
    assert not storage.exists()
