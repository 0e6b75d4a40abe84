"""The whole loop on the command line: real weights, a real database, real worker processes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from samstudio.config import Settings
from samstudio.domain import Prompt
from samstudio.project import open_project
from tests.integration.commands import run_json
from tests.synthetic import write_folder

pytestmark = pytest.mark.alone

TUNE_SECONDS = 60


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    write_folder(folder / "train", count=6)
    write_folder(folder / "held-out", count=3, first_seed=100)
    return folder


@pytest.fixture(scope="module")
def tuned(data: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, object]]:
    """A storage folder in which one job has run, and what ``tune --json`` said."""
    storage = tmp_path_factory.mktemp("tuned") / "storage"
    train = data / "train"
    report = run_json(
        storage, "import", "--images", train / "images", "--masks", train / "masks", "--status", "accepted"
    )
    assert (report["images"], report["annotations"], report["skipped"]) == (6, 12, [])
    return storage, run_json(storage, "tune", "--max-seconds", TUNE_SECONDS)


def test_tune_promotes_what_is_better(tuned: tuple[Path, dict[str, object]]) -> None:
    _, result = tuned
    assert set(result) == {
        *("job", "version", "promoted", "reason", "base_miou", "live_miou", "candidate_miou"),
        *("n_train", "n_val", "seconds", "strength", "code"),
    }
    assert result["promoted"] is True, result["reason"]
    assert (result["version"], result["code"]) == (1, "promoted")
    assert result["candidate_miou"] > result["base_miou"] + 0.05  # type: ignore[operator]


def test_the_gain_holds_on_images_nobody_trained_on(
    tuned: tuple[Path, dict[str, object]], data: Path
) -> None:
    storage, _ = tuned
    folders = ("--images", data / "held-out" / "images", "--masks", data / "held-out" / "masks")
    stock = run_json(storage, "evaluate", *folders, "--version", 0)
    live = run_json(storage, "evaluate", *folders, "--protocols", "all")
    assert (stock["version"], live["version"], live["n_objects"]) == (0, 1, 6)
    assert live["miou"] > stock["miou"] + 0.05
    assert live["protocols"]["box"] == live["miou"]
    assert list(stock["protocols"]) == ["box"], "the others take ten times as long"
    assert list(live["protocols"]) == ["box", "jitter", "click", "clicks3"]


def test_predict_writes_the_mask_of_the_version_asked_for(
    tuned: tuple[Path, dict[str, object]], data: Path, tmp_path: Path
) -> None:
    storage, _ = tuned
    image = data / "held-out" / "images" / "picture_00.png"
    answers = {}
    for version in ("live", "0"):
        out = tmp_path / f"{version}.png"
        answers[version] = run_json(
            storage, "predict", image, "--box", "30,30,90,90", "--version", version, "--out", out
        )
        mask = np.asarray(Image.open(out))
        assert mask.shape == (256, 256)
        assert set(np.unique(mask)) <= {0, 255}
        assert np.count_nonzero(mask) == answers[version]["area"]
    assert (answers["live"]["version"], answers["0"]["version"]) == (1, 0)


def test_another_process_serves_the_promoted_version_at_its_next_request(
    tuned: tuple[Path, dict[str, object]], data: Path
) -> None:
    storage, _ = tuned
    app = open_project(Settings(storage=storage))
    image = app.images.add((data / "held-out/images/picture_01.png").read_bytes(), filename="p.png").image
    prompt = Prompt(box=(30.0, 30.0, 90.0, 90.0))
    tuned_mask = app.predictions.predict(image.id, prompt)
    assert tuned_mask.version == 1
    assert run_json(storage, "rollback")["live"] == 0
    assert app.predictions.predict(image.id, prompt).version == 0
    assert run_json(storage, "promote", 1)["live"] == 1
    again = app.predictions.predict(image.id, prompt)
    assert again.version == 1
    np.testing.assert_array_equal(again.low_res_logits, tuned_mask.low_res_logits)
