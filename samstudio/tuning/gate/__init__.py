"""The decision to promote a candidate or not, as a code with parameters.

All decoders are compared on the same objects, which the candidate (or, when
cross-fitted, the model that represents it) was not trained on. Not here: how
the scores were obtained.
"""

from __future__ import annotations

from samstudio.tuning.gate.against_live import against_live
from samstudio.tuning.gate.choice import Choice, choose
from samstudio.tuning.gate.decide import decide
from samstudio.tuning.gate.evidence import AgainstLive, Evidence, Guard
from samstudio.tuning.gate.expected_gain import Belief, Differences, Prior, Scores, believe
from samstudio.tuning.gate.messages import sentence
from samstudio.tuning.gate.priors import priors_for
from samstudio.tuning.gate.rule import GateRule, Verdict
from samstudio.tuning.gate.rules import RULES

__all__ = [
    "RULES",
    "AgainstLive",
    "Belief",
    "Choice",
    "Differences",
    "Evidence",
    "GateRule",
    "Guard",
    "Prior",
    "Scores",
    "Verdict",
    "against_live",
    "believe",
    "choose",
    "decide",
    "priors_for",
    "sentence",
]
