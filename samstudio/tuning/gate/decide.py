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
            return Verdict(False, rule.name, params | (_kept(evidence) if rule.mentions_kept_share else {}))
    return Verdict(True, PROMOTED, measured(evidence) | _kept(evidence))


def _kept(evidence: Evidence) -> dict[str, float]:
    """Return how much of the change was kept, where it was not all of it."""
    return {"kept_share": evidence.kept_share} if evidence.kept_share < 1 else {}
