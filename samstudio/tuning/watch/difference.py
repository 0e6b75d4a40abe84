"""What one new object says of the former version against the live one, the bias of its final mask taken out.

A mask that was accepted as the live version proposed it *is* the live version's answer: scored against it,
that version is perfect and the former one pays for its own errors and for the live one's. Objects that were
corrected alone are no way out: they are the ones that the live version failed on, so a former version that
is no better looks better on them. So all objects count, and an untouched one is a tie where both answers
may have been acceptable.
"""

from __future__ import annotations

from dataclasses import dataclass

AGREES = 0.8
"""IoU of the former version's answer with an untouched mask from which the two are a tie.

Jaccard distances obey the triangle inequality: two answers that both are within 0.1 of what the person
means, which is about what people accept, agree to 0.8 at least.
"""


@dataclass(frozen=True)
class NewObject:
    """The IoUs, 0 to 1, of the former and the live version with the final mask of one object.

    ``untouched``: the mask was accepted as the live version answered the first prompt.
    """

    image_id: str
    former: float
    live: float
    untouched: bool


def difference(one: NewObject) -> float:
    """Return by how much the former version is the better one on this object, -1 to 1; negative: worse."""
    gap = one.former - one.live
    if one.untouched:
        return 0.0 if one.former >= AGREES else min(0.0, gap)
    return gap
