"""Opening of mask files: which values are in them, and what the file says that they mean.

PNG, TIFF, BMP, GIF, WebP and JPEG pictures, and NumPy's ``.npy`` and ``.npz``.
The size is compared with the header before a pixel is decoded. Nothing here
decides what is an object.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from types import MappingProxyType
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import BmpImagePlugin, GifImagePlugin, ImageFile, JpegImagePlugin, PngImagePlugin, WebPImagePlugin

from samstudio.domain import InvalidInput, Size
from samstudio.services.dataset_io.label_masks.arrays import read_npy, read_npz
from samstudio.services.dataset_io.label_masks.picture import PLAIN, MaskPicture
from samstudio.services.dataset_io.label_masks.sizes import check_size
from samstudio.services.dataset_io.label_masks.tiff import read_tiff

MASK_SUFFIXES = (
    ".png", ".tif", ".tiff", ".bmp", ".gif", ".webp", ".jpg", ".jpeg", ".npy", ".npz",
)  # fmt: skip
"""What files of masks are called, in lower case; the earlier are taken where one image has several."""

MASK_FORMATS = "PNG, TIFF, BMP, GIF, NPY and NPZ"
LOSSY = ("JPEG", "LOSSY WEBP")


def is_mask_name(path: Path) -> bool:
    """Tell whether a file is named like one that can hold a mask."""
    return path.suffix.lower() in MASK_SUFFIXES


def open_mask(path: Path, *, size: Size) -> MaskPicture:
    """Read the values of a mask file of an image of ``size`` (H, W).

    Raises:
        InvalidInput: The file cannot be read, holds no mask, or has another size; the sentence names it.
    """
    name = f"mask {path.name}"
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read: {error.strerror or error}") from error
    kind, read = _kind(data, path, name)
    return read(data, kind, name, size)


_Reader: TypeAlias = Callable[[bytes, str, str, Size], MaskPicture]


def _picture(data: bytes, kind: str, name: str, size: Size) -> MaskPicture:
    try:
        picture = _OPENERS[kind](BytesIO(data))
    except Exception as error:  # Pillow raises a dozen types on damaged headers
        raise InvalidInput(f"{name} is truncated or damaged; save or copy it again") from error
    check_size(name, size, (picture.height, picture.width))
    frames = getattr(picture, "n_frames", 1)
    if frames > 1:
        why = "save each as a mask of its own, or all as the pages of a TIFF"
        raise InvalidInput(f"{name} has {frames} frames: {why}")
    if kind == "PNG" and picture.mode in ("RGB", "RGBA") and _is_16_bit_png(data):
        return MaskPicture(name, _deep_colours(data, name))
    try:
        picture.load()
        return _of_mode(picture, kind, name)
    except InvalidInput:
        raise
    except Exception as error:  # as above
        raise InvalidInput(f"{name} is truncated or damaged; save or copy it again") from error


def _of_mode(picture: ImageFile.ImageFile, kind: str, name: str) -> MaskPicture:
    palette = None
    if picture.mode == "P":
        palette = _palette(picture)
    elif picture.mode not in ("1", "L", "I;16", "I;16B", "I;16L", "I", "F", "LA", "RGB", "RGBA"):
        raise InvalidInput(f"{name} has {picture.mode} pixels, which are no mask; save it as a grey PNG")
    values = np.asarray(picture)
    if values.dtype.byteorder == ">":
        values = values.astype(values.dtype.newbyteorder("="))
    plain = picture.info.get(PLAIN[0]) == PLAIN[1]
    return MaskPicture(name, values, palette, lossy=kind in LOSSY, plain=plain)


def _has_losses(data: bytes) -> bool:
    """Tell whether a WebP file's pixels were compressed with losses, by the names of its chunks."""
    place = 12
    while place + 8 <= len(data):
        if data[place : place + 4] in (b"VP8 ", b"ANMF"):
            return True
        place += 8 + int.from_bytes(data[place + 4 : place + 8], "little") + 1 & ~1
    return False


def _palette(picture: ImageFile.ImageFile) -> NDArray[np.uint8]:
    """Return a palette's RGBA colours; those beyond the file's are black, as Pillow shows them."""
    colours = np.zeros((256, 4), np.uint8)
    given = np.frombuffer(bytes(picture.getpalette("RGB") or []), np.uint8).reshape(-1, 3)
    colours[: len(given), :3] = given
    colours[:, 3] = 255
    clear = picture.info.get("transparency")
    if isinstance(clear, bytes):
        colours[: len(clear), 3] = np.frombuffer(clear, np.uint8)
    elif isinstance(clear, int) and 0 <= clear < 256:
        colours[clear, 3] = 0
    return colours


def _is_16_bit_png(data: bytes) -> bool:
    return len(data) > 24 and data[24] == 16


def _deep_colours(data: bytes, name: str) -> NDArray[np.uint16]:
    found = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if found is None or found.ndim != 3:
        raise InvalidInput(f"{name} is truncated or damaged; save or copy it again")
    return np.ascontiguousarray(found[..., [2, 1, 0, *range(3, found.shape[2])]], np.uint16)


def _tiff(data: bytes, kind: str, name: str, size: Size) -> MaskPicture:  # noqa: ARG001
    return read_tiff(data, name, size)


def _npy(data: bytes, kind: str, name: str, size: Size) -> MaskPicture:
    values = (read_npz if kind == "NPZ" else read_npy)(data, name, size)
    return MaskPicture(name, values, stacked=values.ndim == 3)


def _kind(data: bytes, path: Path, name: str) -> tuple[str, _Reader]:
    """Return the format that a file's first bytes are of, whatever it is called.

    Raises:
        InvalidInput: It is none that masks are read from.
    """
    for start, kind in _STARTS.items():
        if data.startswith(start):
            return kind, _picture if kind in _OPENERS else _OTHERS[kind]
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "LOSSY WEBP" if _has_losses(data) else "WEBP", _picture
    if path.suffix.lower() == ".npz" and zipfile.is_zipfile(BytesIO(data)):
        return "NPZ", _npy
    what = "an empty file" if not data else "not a file that masks are read from"
    raise InvalidInput(f"{name} is {what}: masks are {MASK_FORMATS} files")


_OPENERS: MappingProxyType[str, type[ImageFile.ImageFile]] = MappingProxyType(
    {
        "PNG": PngImagePlugin.PngImageFile,
        "BMP": BmpImagePlugin.BmpImageFile,
        "GIF": GifImagePlugin.GifImageFile,
        "WEBP": WebPImagePlugin.WebPImageFile,
        "LOSSY WEBP": WebPImagePlugin.WebPImageFile,
        "JPEG": JpegImagePlugin.JpegImageFile,
    }
)
_OTHERS: MappingProxyType[str, _Reader] = MappingProxyType({"TIFF": _tiff, "NPY": _npy})
_STARTS = MappingProxyType(
    {
        b"\x89PNG\r\n\x1a\n": "PNG",
        b"BM": "BMP",
        b"GIF8": "GIF",
        b"\xff\xd8\xff": "JPEG",
        b"II*\0": "TIFF",
        b"MM\0*": "TIFF",
        b"II+\0": "TIFF",
        b"MM\0+": "TIFF",
        b"\x93NUMPY": "NPY",
    }
)
