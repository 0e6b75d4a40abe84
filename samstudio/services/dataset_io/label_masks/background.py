"""Which value of a mask is the background."""

from __future__ import annotations

import numpy as np

from samstudio.services.dataset_io.label_masks.labels import Doubt
from samstudio.services.dataset_io.label_masks.structure import border_counts
from samstudio.services.dataset_io.label_masks.values import ValueMap


def background_of(look: ValueMap) -> tuple[int, list[Doubt]]:
    """Return the background's value, and a doubt where nothing says which one it is.

    What the palette says comes first: the one transparent colour, or else the one
    black one. Without a palette it is 0. Where there is neither, it is the value
    that has most of the picture's edge.
    """
    said = _said_by_palette(look)
    if said is not None:
        return said, []
    has_zero = 0 in look.values
    if has_zero and not _has_colours(look):
        return 0, []
    counts = border_counts(look.ids, len(look.values))
    most = int(look.values[counts.argmax()])
    if has_zero and most == 0:
        return 0, []
    share = counts.max() / counts.sum()
    why = (
        f"nothing says which value is the background: {most} was taken for it, "
        f"which has {share:.0%} of the picture's edge"
    )
    return most, [Doubt("background_unsure", why)]


def is_clear(look: ValueMap) -> bool:
    """Tell whether all colours in use are transparent."""
    used = look.palette_used
    return used is not None and bool((used[:, 3] == 0).all())


def _said_by_palette(look: ValueMap) -> int | None:
    used = look.palette_used
    if used is None:
        return None
    clear = look.values[used[:, 3] == 0]
    if len(clear) == 1:
        return int(clear[0])
    if not _has_colours(look):
        return None
    black = look.values[(used[:, :3] == 0).all(axis=1)]
    if len(black) == 1 or 0 in black:
        return int(black[0])
    return None


def _has_colours(look: ValueMap) -> bool:
    """Tell whether the palette has different colours for the values; otherwise it says nothing."""
    used = look.palette_used
    return used is not None and bool(np.any(used != used[0]))
