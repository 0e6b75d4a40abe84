"""The types of a gate rule and of a verdict."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from samstudio.text import plural
from samstudio.tuning.gate.evidence import Evidence

Params: TypeAlias = dict[str, Any]
"""The numbers of a verdict by name, as JSON; its sentence is made from them."""

PROMOTED = "promoted"
"""The code of a verdict without a refusal."""


@dataclass(frozen=True)
class GateRule:
    """A reason to refuse a candidate.

    ``name`` is the refusal's code: scripts, the documentation's anchors and translations rely on it.
    ``check`` returns the refusal's parameters, or None where the rule does not object. ``sentence``
    makes the English sentence from those parameters; it begins with "Kept aside".
    """

    name: str
    check: Callable[[Evidence], Params | None]
    sentence: Callable[[Mapping[str, Any]], str]

    @property
    def description(self) -> str:
        """What the rule refuses: the docstring of its check."""
        return self.check.__doc__ or ""


@dataclass(frozen=True)
class Verdict:
    """A decision to promote or not, as a code with parameters; `messages.sentence` puts it into words."""

    promote: bool
    code: str
    params: Mapping[str, Any] = field(default_factory=dict)


def measured(evidence: Evidence) -> Params:
    """Return the parameters of most verdicts: mIoU before and after, numbers, expected gain and risk."""
    choice = evidence.choice
    return {
        "base_miou": float(evidence.stock.mean()),
        "candidate_miou": float(evidence.candidate.mean()),
        "objects": len(evidence.images),
        "images": len(set(evidence.images)),
        "strength": choice.strength,
        "expected_gain": choice.expected,
        "risk": choice.risk,
        "careful": choice.careful,
    }


def measured_words(params: Mapping[str, Any]) -> str:
    """Return the scores among the parameters of `measured` in words."""
    scores = f"mIoU {params['base_miou']:.3f} → {params['candidate_miou']:.3f}"
    return f"{scores} on {plural(params['objects'], 'object')} in {params['images']} images"
