"""What the colours of a mask mean: each colour is an object, but for the background's.

A mask of greys alone, in whatever mode it was saved, is one of numbers. A pixel
that is transparent is background; where the rest has one colour, or the colours
of a photograph, what is not transparent is one object. Otherwise background is
black, or else the colour along the picture's edge, with a doubt. Colours that
lie only between others are of smoothed edges: such pixels get the nearest of
the other colours, with a doubt.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from samstudio.domain import InvalidInput
from samstudio.services.dataset_io.label_masks.grey import SPECK, SPECK_DOUBT, labels_of_values
from samstudio.services.dataset_io.label_masks.labels import Doubt, LabelMask
from samstudio.services.dataset_io.label_masks.picture import MaskPicture
from samstudio.services.dataset_io.label_masks.structure import border_counts, structure_of
from samstudio.services.dataset_io.label_masks.void import VOC_BORDER

MOST_SOLID = 256
"""Pixels that shade into others are only given to the nearest colour where there are so few."""

SMOOTHED = 0.25
"""In a smoothed mask, at most this part of the pixels shades into others."""

TINT = 16
"""Greys that were saved as WebP or JPEG get colours of this strength at most."""

Colours = NDArray[np.int64]
"""int64 Nx3 RGB."""


def labels_of_colours(picture: MaskPicture) -> LabelMask:
    """Make labels of a mask of grey and alpha, RGB, or RGBA.

    Raises:
        InvalidInput: It is no mask; the sentence names it.
    """
    values = picture.values
    alpha = values[..., -1] if values.shape[2] in (2, 4) else None
    if alpha is not None and (alpha < np.iinfo(alpha.dtype).max).any():
        return _cut_out(picture, values[..., :-1], alpha)
    return _opaque(picture, values[..., :-1] if alpha is not None else values)


def _opaque(picture: MaskPicture, values: NDArray[Any]) -> LabelMask:
    grey = values[..., 0]
    if (values == grey[..., None]).all():
        return labels_of_values(MaskPicture(picture.name, grey, lossy=picture.lossy))
    if picture.lossy and _tint(values) > TINT:
        raise InvalidInput(
            f"{picture.name} is a JPEG of colours, or a WebP file with losses, and those change colours: "
            "save the mask again as PNG"
        )
    return _by_grey(picture.name, values) if picture.lossy else _by_colour(picture.name, values)


def _tint(values: NDArray[Any]) -> int:
    """Return how far from grey a pixel is at most."""
    return int((values.max(axis=2).astype(np.int64) - values.min(axis=2)).max())


def _by_grey(name: str, values: NDArray[Any]) -> LabelMask:
    """Make labels of colours that are greys, changed when they were saved."""
    grey = np.round(values.mean(axis=2)).astype(values.dtype)
    return labels_of_values(MaskPicture(name, grey, lossy=True))


def _cut_out(picture: MaskPicture, values: NDArray[Any], alpha: NDArray[Any]) -> LabelMask:
    """Make labels of a mask with transparent pixels, which are background."""
    clear = alpha < (int(np.iinfo(alpha.dtype).max) + 1) // 2
    if clear.all():
        raise InvalidInput(f"{picture.name} is transparent at every pixel: nothing in it is an object")
    if not clear.any():
        return _opaque(picture, values)
    shown = values[~clear].reshape(-1, values.shape[2])
    if (shown == shown[0]).all():
        return labels_of_values(MaskPicture(picture.name, (~clear).astype(np.uint8)))
    black = np.where(clear[..., None], 0, values)
    try:
        return _opaque(picture, black)
    except InvalidInput:
        found = LabelMask((~clear).astype(np.int64), {1: "what is not transparent"})
        why = "it has the colours of a picture: all that is not transparent was taken as one object"
        found.doubt_object(1, Doubt("cut_out", why, unsure=False))
        return found


def _by_colour(name: str, values: NDArray[Any]) -> LabelMask:
    colours, ids = _numbered(name, values)
    structure = structure_of(ids, len(colours))
    solid = np.flatnonzero(structure.solid)
    doubts = []
    if len(colours) - len(solid) >= max(3, len(solid)):
        if _tint(values) <= TINT:
            return _by_grey(name, values)
        changed = int(structure.areas.sum() - structure.areas[solid].sum())
        if len(solid) < 2 or len(solid) > MOST_SOLID or changed > SMOOTHED * ids.size:
            raise InvalidInput(
                f"{name} has {len(colours):,} colours that shade into each other: it is a picture, "
                "or a mask that was resized smoothly or saved as JPEG"
            )
        why = (
            f"the mask's colours shade into each other at {changed:,} pixels: "
            f"they got the nearest of its {len(solid)} colours"
        )
        doubts.append(Doubt("soft_edges", why, unsure=False))
        ids, colours = _nearest(colours, solid)[ids], colours[solid]
    background, unsure = _background(colours, ids)
    return _labelled(colours, ids, background, [*unsure, *doubts])


def _nearest(colours: Colours, solid: NDArray[np.int64]) -> NDArray[np.uint16]:
    """Return for each colour the place of the nearest one among the solid ones."""
    apart = np.square(colours[:, None] - colours[solid][None]).sum(axis=2)
    nearest: NDArray[np.uint16] = apart.argmin(axis=1).astype(np.uint16)
    return nearest


def _background(colours: Colours, ids: NDArray[np.uint16]) -> tuple[int, list[Doubt]]:
    """Return the place of the background's colour: black, or else the edge's, with a doubt."""
    black = np.flatnonzero((colours == 0).all(axis=1))
    shares = border_counts(ids, len(colours)) / border_counts(ids, len(colours)).sum()
    most = int(shares.argmax())
    edge = f"{_hex(colours[most])}, which has {shares[most]:.0%} of the picture's edge"
    if not len(black):
        return most, [Doubt("background_unsure", f"no pixel is black: {edge}, was taken for the background")]
    number = int(black[0])
    if shares[number] < 0.05 and shares[most] > 0.5:
        return number, [Doubt("background_unsure", f"black was taken for the background, and not {edge}")]
    return number, []


def _labelled(colours: Colours, ids: NDArray[np.uint16], background: int, doubts: list[Doubt]) -> LabelMask:
    table, notes = np.arange(1, len(colours) + 1), []
    table[background] = 0
    void = np.flatnonzero((colours == VOC_BORDER).all(axis=1) & (table > 0))
    if len(void) and len(colours) > 2:
        table[void] = 0
        notes.append(f"the colour {_hex(colours[void[0]])} is no object: it is that of VOC's border")
    areas = np.bincount(ids.reshape(-1), minlength=len(colours))
    names = {int(table[n]): f"colour {_hex(colours[n])}" for n in np.flatnonzero(table)}
    labelled = zip(table.tolist(), colours.tolist(), strict=True)
    shades = {label: (red, green, blue) for label, (red, green, blue) in labelled}
    found = LabelMask(table[ids], names, shades, doubts, notes=notes)
    for number in np.flatnonzero((table > 0) & (areas <= SPECK)).tolist():
        found.doubt_object(int(table[number]), Doubt("speck", SPECK_DOUBT.format(pixels=areas[number])))
    return found


def _hex(colour: NDArray[np.int64]) -> str:
    red, green, blue = (int(part) for part in colour)
    return f"#{red:02x}{green:02x}{blue:02x}" if max(colour) < 256 else f"({red}, {green}, {blue})"


def _numbered(name: str, values: NDArray[Any]) -> tuple[Colours, NDArray[np.uint16]]:
    """Return the different colours, and each pixel's place among them.

    Raises:
        InvalidInput: There are too many for a mask.
    """
    bits = 8 * values.dtype.itemsize
    wide: NDArray[np.int64] = values.astype(np.int64)
    packed = (wide[..., 0] << 2 * bits) | (wide[..., 1] << bits) | wide[..., 2]
    if bits == 8:
        # A table of all colours is quicker than sorting millions of pixels.
        present = np.zeros(1 << 24, np.bool_)
        present[packed] = True
        found = np.flatnonzero(present)
    else:
        found = np.unique(packed)
    if len(found) > 65535:
        raise InvalidInput(f"{name} has {len(found):,} colours: it is a picture, not a mask")
    if bits == 8:
        places = np.zeros(1 << 24, np.uint16)
        places[found] = np.arange(len(found))
        ids = places[packed]
    else:
        ids = np.searchsorted(found, packed).astype(np.uint16)
    one = (1 << bits) - 1
    return np.stack((found >> 2 * bits, (found >> bits) & one, found & one), axis=1), ids
