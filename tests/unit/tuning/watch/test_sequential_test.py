"""The test's promises: rarely wrong however often one looks, quick where the loss is large."""

import numpy as np
import pytest
from numpy.typing import NDArray

from samstudio.tuning.watch.difference import NewObject
from samstudio.tuning.watch.sequential_test import ALPHA, LIMIT, MOST, evidence

HORIZON = 60
RUNS = 120


def objects(differences: NDArray[np.float64], an_image: int = 1) -> list[NewObject]:
    """Corrected objects with these differences, ``an_image`` on each image."""
    return [
        NewObject(str(number // an_image), 0.5 + gap / 2, 0.5 - gap / 2, untouched=False)
        for number, gap in enumerate(np.clip(differences, -1, 1))
    ]


def found_after(differences: NDArray[np.float64], an_image: int = 1) -> int:
    """After how many objects one who looks at each would stop; more than the horizon: never."""
    listed = objects(differences, an_image)
    for seen in range(1, len(listed) + 1):
        if evidence(listed[:seen]) >= LIMIT:
            return seen
    return HORIZON + 1


def drawn(
    seed: int, loss: float, spread: float, alike: float = 0.0, an_image: int = 1
) -> NDArray[np.float64]:
    """Differences with a spread, of which the share ``alike`` is common to an image's objects."""
    rng = np.random.default_rng(seed)
    common = np.repeat(rng.normal(size=-(-HORIZON // an_image)), an_image)[:HORIZON]
    own = rng.normal(size=HORIZON)
    return loss + spread * (np.sqrt(alike) * common + np.sqrt(1 - alike) * own)


def test_nothing_seen_says_nothing() -> None:
    assert evidence([]) == 1


def test_the_order_makes_no_difference() -> None:
    listed = objects(drawn(0, 0.05, 0.15, an_image=3), 3)
    assert evidence(listed) == pytest.approx(evidence(listed[::-1]))


def test_one_image_or_one_object_is_never_enough() -> None:
    assert evidence(objects(np.array([1.0]))) < LIMIT
    assert evidence(objects(np.ones(500), an_image=500)) < LIMIT


def test_an_object_counts_for_no_more_than_the_most() -> None:
    assert evidence(objects(np.array([1.0]))) == evidence(objects(np.array([MOST])))


@pytest.mark.parametrize("spread", [0.05, 0.15, 0.3])
@pytest.mark.parametrize(("alike", "an_image"), [(0.0, 1), (0.3, 5), (0.3, 10)])
def test_a_version_that_is_no_worse_is_rarely_found_worse_however_often_one_looks(
    spread: float, alike: float, an_image: int
) -> None:
    wrong = sum(
        found_after(drawn(seed, 0.0, spread, alike, an_image), an_image) <= HORIZON for seed in range(RUNS)
    )
    assert wrong / RUNS <= ALPHA


def test_a_better_version_is_as_good_as_never_found_worse() -> None:
    assert not any(found_after(drawn(seed, -0.03, 0.15)) <= HORIZON for seed in range(RUNS))


@pytest.mark.parametrize(
    ("loss", "spread", "share"),
    [
        (0.05, 0.1, 0.4),
        (0.05, 0.15, 0.2),
        (0.1, 0.1, 0.95),
        (0.1, 0.15, 0.75),
        (0.1, 0.2, 0.5),
        (0.2, 0.2, 0.95),
    ],
)
def test_a_worse_version_is_found_within_thirty_objects(loss: float, spread: float, share: float) -> None:
    found = sum(found_after(drawn(seed, loss, spread)) <= 30 for seed in range(RUNS))
    assert found / RUNS >= share
