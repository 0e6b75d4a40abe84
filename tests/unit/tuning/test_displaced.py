"""Masks that lie beside their objects, as stock sees them; a decoder made by hand stands for stock."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from samstudio.masks import iou
from samstudio.sam.decoder import SamDecoder
from samstudio.sam.geometry import LOW_RES
from samstudio.tuning.collapse import measure_collapse
from samstudio.tuning.collapse.displaced import best_shift, fits_here_and_there
from samstudio.tuning.data.samples import Sample, make_sample
from tests.unit.tuning.fakes import Embeddings, disc, example
from tests.unit.tuning.test_collapse import CELLS, SIZE, Answer, Fake, ellipse_core, number_of, varied

Moves = NDArray[np.float64]
"""How far each object's mask is moved, Nx2 pixels."""

PLACES = np.array([(60 + 14 * n % 70, 80 + 11 * n % 60) for n in range(8)], float)
RADII = np.array([16 + 2 * n for n in range(8)], float)


def masks(moves: Moves) -> list[Sample]:
    """Return discs on an image each, moved away from where they are."""
    return [
        make_sample(example(f"own{n}", disc(SIZE, x=x, y=y, radius=RADII[n]), n + 1))
        for n, (x, y) in enumerate(PLACES + moves)
    ]


def seeing(places: Moves, radii: NDArray[np.float64]) -> Answer:
    """Return a decoder that sees those discs which lie mostly in the box, and else its middle."""
    rows, columns = CELLS
    discs = [(columns - x) ** 2 + (rows - y) ** 2 <= r**2 for (x, y), r in zip(places, radii, strict=True)]

    def answer(box: NDArray[np.float32], _number: int) -> NDArray[np.bool_]:
        x0, y0, x1, y1 = box
        inside = (columns >= x0 - 2) & (columns <= x1 + 2) & (rows >= y0 - 2) & (rows <= y1 + 2)
        seen = [one for one in discs if (one & inside).sum() > 0.6 * one.sum()]
        return np.any(seen, axis=0) if seen else ellipse_core(box)

    return answer


class OwnDiscs(Fake):
    """Sees the one disc that its image has."""

    def __init__(self, like: SamDecoder) -> None:
        super().__init__(like, varied)
        numbers = [number_of(f"own{n}") for n in range(len(PLACES))]
        eyes = [seeing(PLACES[[n]], RADII[[n]]) for n in range(len(PLACES))]
        self._answer = lambda box, number: eyes[numbers.index(number)](box, number)


STILL = np.zeros((8, 2))
ONE_WAY = np.stack([RADII, RADII / 2], axis=1)
EACH_ITS_OWN = 1.6 * RADII[:, None] * np.array([(np.cos(a), np.sin(a)) for a in np.arange(8) * 0.8])


@pytest.mark.parametrize("moves", [ONE_WAY, -ONE_WAY, EACH_ITS_OWN])
def test_masks_that_are_moved_fit_better_where_their_objects_are(decoder: SamDecoder, moves: Moves) -> None:
    found = measure_collapse(OwnDiscs(decoder), OwnDiscs(decoder), masks(moves), (), Embeddings(SIZE))
    assert found.misplaced
    assert found.is_collapse
    assert found.to_params()["misplaced"]


def test_masks_where_their_objects_are_gain_nothing_elsewhere(decoder: SamDecoder) -> None:
    here, there = fits_here_and_there(OwnDiscs(decoder), masks(STILL), Embeddings(SIZE)).T
    assert here.min() > 0.85
    assert (there - here).max() < 0.05


def test_a_little_beside_is_not_misplaced(decoder: SamDecoder) -> None:
    found = measure_collapse(OwnDiscs(decoder), OwnDiscs(decoder), masks(STILL + 1.5), (), Embeddings(SIZE))
    assert not found.misplaced


def test_nothing_is_said_where_stock_does_not_know_the_objects(decoder: SamDecoder) -> None:
    stock = Fake(decoder, varied)
    for moves in (STILL, ONE_WAY):
        assert not measure_collapse(stock, stock, masks(moves), (), Embeddings(SIZE)).misplaced


def test_neighbours_that_look_alike_are_no_better_place(decoder: SamDecoder) -> None:
    crowd = np.array([(30 + 36 * x, 30 + 36 * y) for x in range(6) for y in range(6)], float)
    stock = Fake(decoder, seeing(crowd, np.full(36, 15.0)))
    own = [
        make_sample(example(f"own{n}", disc(SIZE, x=crowd[n, 0], y=crowd[n, 1], radius=15), n + 1))
        for n in range(0, 36, 4)
    ]
    here, there = fits_here_and_there(stock, own, Embeddings(SIZE)).T
    assert (there - here).max() < 0.05


def test_a_mask_is_moved_to_where_it_covers_best() -> None:
    size = (LOW_RES, LOW_RES)
    mask, seen = disc(size, x=70, y=90, radius=20), disc(size, x=52, y=121, radius=20)
    assert best_shift(mask, seen) == (31, -18)
    assert iou(np.roll(mask, (31, -18), axis=(0, 1)), seen) == 1
    assert best_shift(np.zeros(size, bool), seen) == (0, 0)
