from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from samstudio.tuning.data.samples import Sample
from samstudio.tuning.data.views import no_views, views_of
from tests.unit.tuning.fakes import samples


def _three(sample: Sample) -> Sequence[Sample]:
    return (sample,) * 3


def test_one_view_is_the_tight_box() -> None:
    views = views_of(samples(3), _three, each=1)
    assert (len(views), len(views.tight), views.loose) == (3, 3, False)


def test_few_objects_are_seen_in_four_views() -> None:
    views = views_of(samples(3), _three, each=4)
    assert len(views) == 12
    assert len(views.tight) == 3 * 3, "itself and two mirrored images"


def test_where_nothing_mirrored_is_encoded_there_are_two() -> None:
    assert len(views_of(samples(3), no_views, each=4)) == 6


def test_the_mean_is_over_an_objects_own_views() -> None:
    views = views_of(samples(2), lambda sample: (sample,) if sample.image_id == "a" else (), each=3)
    tight, loose = np.array([0.3, 0.8, 0.6]), np.array([0.9, 0.4])
    assert views.mean(tight, loose).tolist() == pytest.approx([0.6, 0.6])
    alone = views_of(samples(2), no_views, each=1)
    assert alone.mean(tight[:2], None).tolist() == pytest.approx([0.3, 0.8])
