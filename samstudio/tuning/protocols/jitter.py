"""A loose box: the tight one, each side moved by up to a tenth."""

from __future__ import annotations

from typing import TYPE_CHECKING

from samstudio.domain import Prompt
from samstudio.tuning.protocols.protocol import ScoringProtocol

if TYPE_CHECKING:
    from samstudio.tuning.data.samples import Sample


def _prompt(sample: Sample) -> Prompt:
    from samstudio.tuning.data.prompts import JITTER, fixed_rng, jittered_box

    return jittered_box(sample, JITTER, fixed_rng(sample))


JITTERED_BOX = ScoringProtocol(
    name="jitter",
    description="a loose box",
    label="Loose box",
    plural="loose boxes",
    prompt=_prompt,
)
