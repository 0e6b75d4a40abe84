"""One click on the object."""

from __future__ import annotations

from typing import TYPE_CHECKING

from samstudio.domain import Prompt
from samstudio.tuning.protocols.protocol import ScoringProtocol

if TYPE_CHECKING:
    from samstudio.tuning.data.samples import Sample


def click_inside(sample: Sample) -> Prompt:
    """Return one click on the object's most interior point."""
    from samstudio.tuning.data.prompts import first_click

    return first_click(sample)


ONE_CLICK = ScoringProtocol(
    name="click",
    description="one click on the most interior point",
    label="One click",
    plural="one click",
    prompt=click_inside,
)
