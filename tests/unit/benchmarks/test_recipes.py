"""The bookkeeping of the recipes benchmark: fair splits, kept rows, sums that are right."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from benchmarks import made_sets
from benchmarks.recipe_sets import RecipeSet
from benchmarks.recipes import Rows, summary, table
from samstudio.domain import Example


def _set(images: int) -> RecipeSet:
    rle: Any = {"size": [1, 1], "counts": "1"}
    objects = {str(i): [Example(str(i), rle, i)] for i in range(images)}
    return RecipeSet("s", objects, embeddings=None)  # type: ignore[arg-type]


def _ids(examples: list[Example]) -> list[str]:
    return [example.image_id for example in examples]


@pytest.mark.parametrize("images", [2, 8, 30, 100])
def test_held_out_images_depend_on_the_seed_alone_and_are_never_learned_from(images: int) -> None:
    data = _set(images)
    for seed in range(3):
        splits = [data.split(k, seed) for k in data.sizes([5, 10, 20])]
        learned = [_ids(one) for one, _ in splits]
        held = [_ids(one) for _, one in splits]
        assert all(one == held[0] for one in held)
        assert held[0]
        assert not set(held[0]) & set(learned[-1])
        assert all(learned[-1][: len(one)] == one for one in learned)
    assert _ids(data.split(5, 0)[0]) != _ids(data.split(5, 1)[0]) or images == 2


def _row(recipe: str, miou: float, *, seed: int = 0, k: int = 5, **more: Any) -> dict[str, Any]:
    row = {"set": "s", "k": k, "seed": seed, "recipe": recipe, "miou": miou, "seconds": 1.0}
    return {**row, **more}


def test_the_summary_compares_with_stock_on_the_same_split() -> None:
    rows = [
        _row("stock", 0.5),
        _row("stock", 0.7, seed=1),
        _row("medsam", 0.6),
        _row("medsam", 0.7, seed=1),
        _row("notebook", 0.52),
        _row("ours", 0.7, candidate=0.7, seconds=80.0),
        _row("ours", 0.69, seed=1, candidate=0.6, seconds=90.0),
    ]
    found = summary(rows)
    assert found["mean_gain"]["ours"] == pytest.approx((0.2 - 0.01) / 2)
    assert found["best_public_gain"] == pytest.approx(0.05)
    assert found["ratio"] == pytest.approx(1.9)
    assert found["worst_loss"] == pytest.approx(-0.01)
    assert found["worst_at"] == "s K=5 seed 1"
    assert found["slowest_seconds"] == 90.0
    assert "0.695" in table(rows)


def test_rows_are_kept_and_told_apart_by_what_made_them(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "rows.jsonl"
    rows = Rows(path)
    rows.add(_row("ours", 0.7, made_by="a"))
    rows.add(_row("ours", 0.8, made_by="b"))
    again = Rows(path)
    assert again.rows == rows.rows
    assert {key[-1] for key in again.rows} == {"a", "b"}
    assert len(path.read_text(encoding="utf-8").splitlines()) == 2
    assert json.loads(path.read_text(encoding="utf-8").splitlines()[0])["miou"] == 0.7


@pytest.mark.parametrize("name", list(made_sets.MAKERS))
def test_made_pictures_hold_objects_and_are_the_same_each_time(name: str) -> None:
    rngs = [np.random.default_rng(3) for _ in range(2)]
    first, second = (made_sets.MAKERS[name](rng, made_sets.background(rng)) for rng in rngs)
    assert np.array_equal(first[0], second[0])
    assert np.array_equal(first[1], second[1])
    assert first[0].shape == (*made_sets.SIZE, 3)
    assert first[1].any()


def test_a_made_set_has_the_layout_of_an_import(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(made_sets, "IMAGES", 2)
    folder = made_sets.make(tmp_path, "tiny")
    images, masks = (sorted(p.stem for p in (folder / kind).iterdir()) for kind in ("images", "masks"))
    assert images == masks == ["tiny_000", "tiny_001"]
    with Image.open(folder / "masks" / "tiny_000.png") as mask:
        assert mask.mode == "L"
