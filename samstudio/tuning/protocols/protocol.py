"""The interface of a scoring protocol."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from samstudio.domain import Prompt

if TYPE_CHECKING:
    from samstudio.tuning.data.samples import Sample

FirstPrompt: TypeAlias = "Callable[[Sample], Prompt]"


@dataclass(frozen=True)
class ScoringProtocol:
    """How an object is prompted when a decoder is scored on it.

    ``name``: stored, and what the command line takes. ``description``: half a sentence for its help.
    ``label``: the words in the page's table of scores. ``plural``: the words in the gate's verdict.
    ``prompt``: the object's first prompt, the same at each call. ``corrections``: how many clicks
    follow it, each where the last answer is most wrong, with the previous logits as ``mask_input``.
    """

    name: str
    description: str
    label: str
    plural: str
    prompt: FirstPrompt
    corrections: int = 0


def most_corrections(protocols: Iterable[ScoringProtocol]) -> dict[FirstPrompt, int]:
    """Return the most corrections that follow each first prompt: protocols that begin alike share answers."""
    found: dict[FirstPrompt, int] = {}
    for one in protocols:
        found[one.prompt] = max(found.get(one.prompt, 0), one.corrections)
    return found


def decoder_passes(protocols: Iterable[ScoringProtocol]) -> int:
    """Return how many decoder passes an object takes under these protocols together."""
    return sum(1 + corrections for corrections in most_corrections(protocols).values())
