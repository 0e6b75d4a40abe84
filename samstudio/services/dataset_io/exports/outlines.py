"""One closed outline of each part of a mask, its holes cut open to its border without leaving the mask."""

from __future__ import annotations

from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from samstudio.masks import Mask

Ring: TypeAlias = NDArray[np.int32]
"""A closed outline, int32 Nx2 (x, y), through the mask's own pixels."""


def outlines_of_parts(mask: Mask) -> list[Ring]:
    """Return an outline of at least 3 points for each part (8-connected) of a mask, bool HxW.

    Filled with its border, it is the part to the pixel. From the leftmost pixel of a
    hole's border a cut runs left, within the mask, to the border of another hole or of the
    part; the outline follows it there and back.
    """
    found, family = cv2.findContours(mask.astype(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    rings: list[Ring] = [np.asarray(ring, np.int32).reshape(-1, 2) for ring in found]
    parents = family.reshape(-1, 4)[:, 3]
    holes: dict[int, list[Ring]] = {}
    for number in np.flatnonzero(parents >= 0).tolist():
        holes.setdefault(int(parents[number]), []).append(rings[number])
    parts = np.flatnonzero(parents < 0).tolist()
    return [_corners(_cut_open(rings[part], holes.get(part, []), mask)) for part in parts]


def _cut_open(border: Ring, holes: list[Ring], mask: Mask) -> Ring:
    """Return one ring around a part and along its holes."""
    if not holes:
        return border
    rings = [border, *sorted((_from_leftmost(ring) for ring in holes), key=lambda ring: int(ring[0, 0]))]
    # By pixel, the last of the rings so far that runs through it, and at which of its points.
    owner, place = np.full(mask.shape, -1, np.int32), np.zeros(mask.shape, np.int32)
    inserts: list[list[tuple[int, int]]] = [[] for _ in rings]
    for number, ring in enumerate(rings):
        if number:
            x, y = _end_of_cut(mask, int(ring[0, 0]), int(ring[0, 1]))
            inserts[owner[y, x]].append((int(place[y, x]), number))
        owner[ring[:, 1], ring[:, 0]] = number
        place[ring[:, 1], ring[:, 0]] = np.arange(len(ring))
    # A ring is only inserted into one before it.
    for number in reversed(range(len(rings))):
        rings[number] = _with_inserts(rings[number], sorted(inserts[number]), rings)
    return rings[0]


def _from_leftmost(ring: Ring) -> Ring:
    return np.roll(ring, -int(ring[:, 0].argmin()), axis=0)


def _end_of_cut(mask: Mask, x: int, y: int) -> tuple[int, int]:
    """Return the last pixel of the mask to the left of one: it lies on a border."""
    gaps = np.flatnonzero(~mask[y, :x])
    return (int(gaps[-1]) + 1 if len(gaps) else 0), y


def _with_inserts(ring: Ring, inserts: list[tuple[int, int]], rings: list[Ring]) -> Ring:
    """Return a ring that after these of its points goes around other rings and back."""
    if not inserts:
        return ring
    pieces, start = [], 0
    for here, number in inserts:
        inner = rings[number]
        pieces += [ring[start : here + 1], inner, inner[:1]]
        start = here
    return np.concatenate([*pieces, ring[start:]])


def _corners(ring: Ring) -> Ring:
    """Drop the points between others on a straight line; at least 3 are left."""
    before, after = ring - np.roll(ring, 1, axis=0), np.roll(ring, -1, axis=0) - ring
    turns = before[:, 0] * after[:, 1] != before[:, 1] * after[:, 0]
    kept = ring[turns | ((before * after).sum(axis=1) <= 0)]
    return np.concatenate((kept, kept[-1:].repeat(max(0, 3 - len(kept)), axis=0)))
