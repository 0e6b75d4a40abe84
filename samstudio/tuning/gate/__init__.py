"""The decision to promote a candidate or not, as a code with parameters.

All decoders are compared on the same objects, which the candidate (or, when
cross-fitted, the model that represents it) was not trained on. Not here: how
the scores were obtained.
"""

from __future__ import annotations

from samstudio.tuning.gate.decide import decide
from samstudio.tuning.gate.evidence import Evidence, Guard
from samstudio.tuning.gate.messages import sentence
from samstudio.tuning.gate.rule import GateRule, Verdict
from samstudio.tuning.gate.rules import RULES
from samstudio.tuning.gate.statistics import Gain, Scores, best_strength, paired_gain

__all__ = [
    "RULES",
    "Evidence",
    "Gain",
    "GateRule",
    "Guard",
    "Scores",
    "Verdict",
    "best_strength",
    "decide",
    "paired_gain",
    "sentence",
]
