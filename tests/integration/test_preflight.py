"""Preflight as a script meets it: the command, and the warnings before tuning."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from tests.integration.commands import fails, run, run_json


def _folder(root: Path, *, images: int) -> None:
    rng = np.random.default_rng(0)
    for kind in ("images", "masks"):
        (root / kind).mkdir(parents=True)
    for number in range(images):
        pixels = rng.integers(0, 256, (80, 120, 3), dtype=np.uint8)
        labels = np.zeros((80, 120), np.uint8)
        labels[10 : 40 + number, 10:50] = 1
        labels[60:62, 60:62] = 2
        Image.fromarray(pixels).save(root / "images" / f"{number}.png")
        Image.fromarray(labels).save(root / "masks" / f"{number}.png")


def test_an_empty_storage_stops_and_tune_says_so_in_one_line(tmp_path: Path) -> None:
    (finding,) = run_json(tmp_path, "preflight")["findings"]
    assert (finding["severity"], finding["code"]) == ("error", "nothing")
    assert "nothing to learn from yet" in fails(tmp_path, "tune", "--json")


def test_tune_warns_on_standard_error_before_it_begins(tmp_path: Path) -> None:
    _folder(tmp_path / "in", images=2)
    folders = ("--images", tmp_path / "in" / "images", "--masks", tmp_path / "in" / "masks")
    run_json(tmp_path / "s", "import", *folders, "--status", "accepted")
    found = {one["code"]: one for one in run_json(tmp_path / "s", "preflight")["findings"]}
    assert set(found) == {"few_images", "tiny", "one_category"}
    assert found["tiny"]["count"] == 2
    assert "on 0.png" in found["tiny"]["text"]
    printed = run(tmp_path / "s", "preflight").stdout.splitlines()
    assert [line.split(":")[0] for line in printed] == ["warning", "warning", "info"]
    # A time of zero is refused after the warnings and before anything costly.
    done = run(tmp_path / "s", "tune", "--max-seconds", 0, "--json")
    assert done.returncode == 1
    assert done.stdout == ""
    lines = [line for line in done.stderr.splitlines() if line.startswith("warning: ")]
    assert len(lines) == 2
