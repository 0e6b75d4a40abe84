"""The tight box: the protocol that decides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from samstudio.domain import Prompt
from samstudio.tuning.protocols.protocol import ScoringProtocol

if TYPE_CHECKING:
    from samstudio.tuning.data.samples import Sample


def _prompt(sample: Sample) -> Prompt:
    from samstudio.tuning.data.prompts import tight_box

    return tight_box(sample)


BOX = ScoringProtocol(
    name="box",
    description="the tight box of the true mask, which decides",
    label="Tight box (decides)",
    plural="boxes",
    prompt=_prompt,
)
