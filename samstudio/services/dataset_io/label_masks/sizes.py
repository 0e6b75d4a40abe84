"""The size of a mask, compared with its image's."""

from __future__ import annotations

from samstudio.domain import InvalidInput, Size


class OtherSize(InvalidInput):
    """An error: a mask is for another size than its image has."""

    code = "other_mask_size"


def check_size(name: str, size: Size, found: tuple[int, ...]) -> None:
    """Check that a mask of (H, W) ``found`` fits an image of ``size`` (H, W).

    Raises:
        OtherSize: It does not; the sentence has both sizes.
    """
    if tuple(found) == tuple(size):
        return
    sides = "x".join(str(side) for side in reversed(found))
    turned = tuple(reversed(found)) == tuple(size)
    why = (
        "they lie on different sides: the image may be turned by its EXIF orientation, and the mask not"
        if turned
        else "they must have one size"
    )
    raise OtherSize(f"{name} is {sides} pixels but its image is {size[1]}x{size[0]}: {why}")
