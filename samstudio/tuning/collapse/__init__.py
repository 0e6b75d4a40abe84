"""Whether a decoder still answers its prompts: a look at its answers, beside stock's to the same prompts.

A decoder that learned from nonsense may score well on nonsense. What gives it away is how it answers:
outside of its box, the same to different boxes, with nothing, with the whole image; or as well where it is
shown another image in place of the object's. Stock is asked the same prompts, because odd objects (thin
cracks, fields) get odd answers from any decoder. Stock alone tells where masks lie beside their objects.
Not here: how good the answers are.
"""

from __future__ import annotations

from samstudio.tuning.collapse.measure import MOST_JUDGED, Collapse, Judges, measure_collapse
from samstudio.tuning.collapse.probes import MOST_PROMPTS

__all__ = ["MOST_JUDGED", "MOST_PROMPTS", "Collapse", "Judges", "measure_collapse"]
