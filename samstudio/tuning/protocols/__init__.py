"""The protocols that decoders are scored by; registering one is enough for it to be used and reported."""

from __future__ import annotations

from samstudio.registry import Registry
from samstudio.tuning.protocols.box import BOX
from samstudio.tuning.protocols.click import ONE_CLICK
from samstudio.tuning.protocols.clicks3 import THREE_CLICKS
from samstudio.tuning.protocols.jitter import JITTERED_BOX
from samstudio.tuning.protocols.protocol import ScoringProtocol, decoder_passes, most_corrections

__all__ = [
    "DECIDES",
    "PROTOCOLS",
    "ScoringProtocol",
    "decoder_passes",
    "guard_protocols",
    "most_corrections",
]

PROTOCOLS = Registry("protocol", (BOX, JITTERED_BOX, ONE_CLICK, THREE_CLICKS))
"""In the order in which scores are reported."""

DECIDES = BOX.name
"""The protocol that decides whether a candidate goes live."""


def guard_protocols() -> tuple[ScoringProtocol, ...]:
    """Return the protocols whose mIoU may not fall much: all but the one that decides."""
    return tuple(one for one in PROTOCOLS if one.name != DECIDES)
