from __future__ import annotations

from samstudio.tuning.data.views import Views
from tests.unit.tuning.fakes import samples


def test_a_loose_box_doubles_the_views() -> None:
    assert len(Views(samples(3), loose=False)) == 3
    assert len(Views(samples(3), loose=True)) == 6
