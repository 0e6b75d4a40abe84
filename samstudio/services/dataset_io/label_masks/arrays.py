"""Masks in NumPy's files, which are read without running what is pickled in them."""

from __future__ import annotations

import zipfile
from io import BytesIO
from typing import IO, Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from samstudio.domain import InvalidInput, Size
from samstudio.services.dataset_io.label_masks.sizes import check_size

MASK_KEYS = ("masks", "mask", "labels", "label", "segmentation", "seg", "instances", "arr_0")
"""Names under which the mask is looked for in an ``.npz`` of several arrays."""

MAX_STACK = 4096
"""Most masks that one stack may hold."""


def read_npy(data: bytes, name: str, size: Size) -> NDArray[Any]:
    """Read an ``.npy``: HxW numbers, or NxHxW bool as one mask an object.

    Raises:
        InvalidInput: It holds Python objects, is damaged, or has another size.
    """
    return _read(BytesIO(data), name, size)


def read_npz(data: bytes, name: str, size: Size) -> NDArray[Any]:
    """Read the one array of an ``.npz``, or the one that is called like a mask.

    Raises:
        InvalidInput: As `read_npy`; or several arrays are there and none is called like a mask.
    """
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            members = {each.removesuffix(".npy"): each for each in archive.namelist()}
            known = [key for key in MASK_KEYS if key in members]
            chosen = known[0] if known else next(iter(members)) if len(members) == 1 else None
            if chosen is None:
                listed = ", ".join(list(members)[:8]) or "nothing"
                raise InvalidInput(f"{name} holds {listed}: call the array of the mask masks")
            with archive.open(members[chosen]) as file:
                return _read(file, name, size)
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError) as error:
        raise InvalidInput(f"{name} is damaged: {error}") from error


def _read(file: IO[bytes], name: str, size: Size) -> NDArray[Any]:
    try:
        version = npy.read_magic(file)
        header = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
        shape, fortran, dtype = header(file)
    except (ValueError, SyntaxError, EOFError) as error:
        raise InvalidInput(f"{name} has a NumPy header that cannot be read: {error}") from error
    if dtype.hasobject:
        raise InvalidInput(
            f"{name} holds pickled Python objects, which could run a program when they are read "
            "(cellpose's _seg.npy is such a file): save the masks as PNG or TIFF"
        )
    if dtype.kind not in "biuf":
        raise InvalidInput(f"{name} holds {dtype} values: a mask has numbers")
    kept = _checked_shape(shape, dtype, name, size)
    wanted = int(np.prod(shape)) * dtype.itemsize
    data = file.read(wanted)
    if len(data) < wanted:
        raise InvalidInput(f"{name} is truncated: {wanted - len(data)} bytes are missing; copy it again")
    values = np.frombuffer(data, dtype).reshape(shape, order="F" if fortran else "C").reshape(kept)
    return values.astype(dtype.newbyteorder("="))


def _checked_shape(shape: tuple[int, ...], dtype: np.dtype[Any], name: str, size: Size) -> tuple[int, ...]:
    """Return the shape without sides of 1, which is HxW, or NxHxW of bool.

    Raises:
        InvalidInput: It is another one.
    """
    kept = shape
    while len(kept) > 2 and 1 in (kept[0], kept[-1]):
        kept = kept[1:] if kept[0] == 1 else kept[:-1]
    if len(kept) == 3 and kept[1:] == tuple(size) and dtype.kind == "b" and kept[0] <= MAX_STACK:
        return kept
    if len(kept) != 2:
        sides = "x".join(map(str, shape))
        raise InvalidInput(
            f"{name} holds an array of {sides} {dtype}: a mask is height x width numbers, "
            f"or a number of bool masks x height x width ({size[0]}x{size[1]})"
        )
    check_size(name, size, kept)
    return kept
