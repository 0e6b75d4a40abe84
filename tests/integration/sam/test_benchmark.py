"""``python -m benchmarks.decode`` runs, and its last line is what scripts read."""

from __future__ import annotations

import json
import subprocess
import sys

ROWS = {"encode", "decoder_one_box", "predict_one_box", "predict_ten_boxes", "train_step_per_prompt"}


def test_the_decode_benchmark_ends_in_one_json_line_of_ratios():
    command = [sys.executable, "-W", "error", "-m", "benchmarks.decode", "--rounds", "1", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300)
    found = json.loads(done.stdout.splitlines()[-1])
    assert found.keys() == ROWS | {"threads", "cold"}
    for name in ROWS:
        row = found[name]
        assert row["ratio"] == row["ours_median_s"] / row["stock_median_s"] > 0
        assert row["ours_p95_s"] >= row["ours_median_s"] > 0
    assert found["cold"].keys() == {"import_s", "load_s"}
    assert "train_step_per_prompt" in done.stdout.splitlines()[-3]  # the table comes before
