"""One click on the object and two corrections: it shares the first answer with ``click``."""

from __future__ import annotations

from samstudio.tuning.protocols.click import click_inside
from samstudio.tuning.protocols.protocol import ScoringProtocol

THREE_CLICKS = ScoringProtocol(
    name="clicks3",
    description="that click and two corrections",
    label="Three clicks",
    plural="three clicks",
    prompt=click_inside,
    corrections=2,
)
