"""What one new object says of the former version against the live one, the bias of its final mask taken out.

A mask that was accepted as the live version proposed it *is* the live version's answer: scored against it,
that version is perfect and the former one pays for its own errors and for the live one's. Objects that were
corrected alone are no way out: they are the ones that the live version failed on, so a former version that
is no better looks better on them. So all objects count, and an untouched one by what the two differ more
than errors that people accept explain.
"""

from __future__ import annotations

from dataclasses import dataclass

ACCEPTED_ERROR = 0.035
"""Distance (1 - IoU) of an accepted answer from what the person means, in the mean; 0.1 is about the most."""


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
    """Return by how much the former version is the better one on this object, -1 to 1; negative: worse.

    An untouched mask is off by some error itself. It makes the live version look better by that error, and
    the former one worse by as much, at most (Jaccard distances obey the triangle inequality). Twice the
    usual error is taken off; what is left counts for the live version, and nothing ever against it.
    """
    gap = one.former - one.live
    return min(0.0, gap + 2 * ACCEPTED_ERROR) if one.untouched else gap
