"""Conversion of masks between the API's three formats and the RLE that the services use."""

from __future__ import annotations

import base64
import binascii
import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Picture

from samstudio.domain import InvalidInput, Rle, Size
from samstudio.masks import Mask, decode_rle, encode_rle
from samstudio.masks.outlines import polygons_of, rle_of
from samstudio.masks.png import read_values
from samstudio.prompts import LOGITS_SHAPE
from samstudio.web.api.models.base import MaskFormat
from samstudio.web.api.models.masks import AnyMask, CocoRle, PngMask, PolygonsMask, RleMask


def to_wire(rle: Rle, mask_format: MaskFormat, *, tolerance: float = 0.0) -> AnyMask:
    """Return a stored mask in the format that was asked for.

    ``tolerance``: pixels by which polygons may leave the mask's edge.

    Raises:
        InvalidInput: the mask is too ragged for polygons.
    """
    if mask_format == "polygons":
        return PolygonsMask(polygons=polygons_of(decode_rle(rle), tolerance=tolerance))
    if mask_format == "png":
        return PngMask(png=base64.b64encode(_png(decode_rle(rle))).decode("ascii"))
    return RleMask(rle=CocoRle(size=rle["size"], counts=rle["counts"]))


def from_wire(mask: AnyMask, *, size: Size) -> Rle:
    """Return the RLE of a mask that was sent for an image of ``size`` (height, width).

    Run-lengths are passed on as they are: the services check them.

    Raises:
        InvalidInput: the polygons or the PNG are no mask of such an image.
    """
    if isinstance(mask, RleMask):
        return mask.rle.model_dump()
    if isinstance(mask, PolygonsMask):
        return rle_of(mask.polygons, size=size)
    return encode_rle(_read_png(mask.png, size=size))


def logits_to_wire(logits: NDArray[np.float32]) -> str:
    """Return float32 1x256x256 logits as base64 of their little-endian bytes."""
    return base64.b64encode(logits.astype("<f4").tobytes()).decode("ascii")


def logits_from_wire(text: str) -> NDArray[np.float32]:
    """Return the float32 1x256x256 logits of a text that `logits_to_wire` made.

    Raises:
        InvalidInput: the text is not base64, or its length is not that of such logits.
    """
    data = _bytes(text, "mask_input")
    if len(data) != 4 * np.prod(LOGITS_SHAPE):
        raise InvalidInput(
            f"mask_input holds {len(data)} bytes: give the logits of an earlier answer, "
            "which are 1x256x256 float32"
        )
    return np.frombuffer(data, "<f4").reshape(LOGITS_SHAPE).astype(np.float32)


def _bytes(text: str, what: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error) as error:
        raise InvalidInput(f"{what} is not base64: {error}") from error


def _read_png(text: str, *, size: Size) -> Mask:
    name = "the mask's png"
    inside: Mask = read_values(_bytes(text, name), size=size, name=name) != 0
    return inside


def _png(mask: Mask) -> bytes:
    out = io.BytesIO()
    Picture.fromarray(mask.astype(np.uint8) * 255).convert("1").save(out, format="PNG", compress_level=1)
    return out.getvalue()
