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


@pytest.mark.parametrize(
    ("loss", "spread", "share"),
    [(0.05, 0.1, 0.15), (0.085, 0.1, 0.75), (0.085, 0.12, 0.6), (0.1, 0.12, 0.75)],
)
def test_objects_of_one_image_that_are_not_alike_say_nearly_as_much(
    loss: float, spread: float, share: float
) -> None:
    found = sum(found_after(drawn(seed, loss, spread, an_image=4), 4) <= 30 for seed in range(RUNS))
    assert found / RUNS >= share


def test_a_small_loss_is_mostly_found_within_sixty_objects() -> None:
    found = sum(found_after(drawn(seed, 0.05, 0.1)) <= HORIZON for seed in range(RUNS))
    assert found / RUNS >= 0.75


@pytest.mark.parametrize(("loss", "most"), [(0.0, ALPHA), (-0.02, 0.02)])
@pytest.mark.parametrize("accepted", [0.85, 0.9])
def test_accepted_proposals_of_a_version_that_is_no_worse_do_not_take_it_back(
    loss: float, most: float, accepted: float
) -> None:
    """Two versions with errors of long tails, and a person who accepts what is nearly right; 200 objects."""
    wrong = 0
    for seed in range(RUNS):
        rng = np.random.default_rng(seed)
        common, live, former = (
            np.clip(rng.gamma(0.7, mean / 0.7, 200), 0, 0.5) for mean in (0.08, 0.07, 0.07 - loss)
        )
        untouched = 1 - common - live >= accepted
        agreement = np.clip(1 - live - former, 0, 1)
        seen = [
            NewObject(str(i), agreement[i], 1.0, True)
            if untouched[i]
            else NewObject(str(i), 1 - common[i] - former[i], 1 - common[i] - live[i], False)
            for i in range(200)
        ]
        wrong += any(evidence(seen[:count]) >= LIMIT for count in range(5, 201, 5))
    assert wrong / RUNS <= most
