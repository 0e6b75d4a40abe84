"""The rules in order: the first that refuses decides."""

from __future__ import annotations

from samstudio.tuning.gate.evidence import Evidence
from samstudio.tuning.gate.rule import PROMOTED, Verdict, measured
from samstudio.tuning.gate.rules import RULES


def decide(evidence: Evidence) -> Verdict:
    """Return the first refusal of the registered rules; without one, the candidate is promoted."""
    for rule in RULES:
        params = rule.check(evidence)
        if params is not None:
            return Verdict(False, rule.name, params)
    return Verdict(True, PROMOTED, measured(evidence))
