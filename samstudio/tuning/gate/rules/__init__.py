"""The rules of the gate, in the order in which they are checked: one object in one file each."""

from __future__ import annotations

from samstudio.registry import Registry
from samstudio.tuning.gate.rule import GateRule
from samstudio.tuning.gate.rules.collapsed import COLLAPSED
from samstudio.tuning.gate.rules.everyday_objects import EVERYDAY_OBJECTS
from samstudio.tuning.gate.rules.gain_uncertain import GAIN_UNCERTAIN
from samstudio.tuning.gate.rules.live_not_beaten import LIVE_NOT_BEATEN
from samstudio.tuning.gate.rules.no_gain import NO_GAIN
from samstudio.tuning.gate.rules.other_prompts import OTHER_PROMPTS
from samstudio.tuning.gate.rules.too_few_steps import TOO_FEW_STEPS

RULES: Registry[GateRule] = Registry(
    "gate rule",
    [TOO_FEW_STEPS, NO_GAIN, GAIN_UNCERTAIN, OTHER_PROMPTS, LIVE_NOT_BEATEN, COLLAPSED, EVERYDAY_OBJECTS],
)
