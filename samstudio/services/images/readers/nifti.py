"""NIfTI, by nibabel: axial slices are pages, from the feet to the head; needs the extra ``medical``.

Volumes are turned to their closest standard axes (RAS), so that a slice has the front of the body at its
top and the body's left at its left. All slices share one contrast.
"""

from __future__ import annotations

import gzip
import zlib
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray

from samstudio.domain import InvalidInput, PixelSize
from samstudio.services.images.high_bit_depth import contrast_of
from samstudio.services.images.pixel_size import measured
from samstudio.services.images.readers.base import OpenPicture, Range, Samples, SizeCheck
from samstudio.services.images.readers.optional import library

MAX_BYTES = 2**31
"""The largest volume, unpacked."""

_HEADER = 544


class NiftiReader:
    """NIfTI-1 and NIfTI-2 in one file, gzipped or not."""

    name = "NIfTI"
    suffixes = (".nii.gz", ".nii")
    media_types = ("application/vnd.nifti",)

    def recognises(self, data: bytes) -> bool:
        """Tell whether a file begins as NIfTI does, after gzip perhaps."""
        head = _head(data)
        return _version(head) is not None

    def may_hold_pages(self, head: bytes) -> bool:  # noqa: ARG002
        """Tell that it may hold several pictures."""
        return True

    def open(self, data: bytes, *, filename: str, check_size: SizeCheck) -> OpenPicture:
        """Read the header.

        Raises:
            InvalidInput: It cannot be read, is too large, or nibabel is missing.
        """
        nibabel = library("nibabel", filename=filename, kind="a NIfTI file")
        head = _head(data)
        kind = nibabel.Nifti1Image if _version(head) == 1 else nibabel.Nifti2Image
        try:
            header = kind.header_class.from_fileobj(BytesIO(head), check=False)
            shape = tuple(int(size) for size in header.get_data_shape())
            n_bytes = (
                int(header["vox_offset"])
                + int(np.prod(shape, dtype=float)) * header.get_data_dtype().itemsize
            )
        except Exception as error:  # damaged bytes make it raise nearly anything
            raise InvalidInput(_damaged_header(filename)) from error
        if len(shape) < 2 or min(shape) < 1:
            raise InvalidInput(f"{filename} is a NIfTI file of the shape {shape}, which has no slices")
        if n_bytes > MAX_BYTES:
            raise InvalidInput(
                f"{filename} is a volume of {n_bytes / 2**20:,.0f} MB; the limit is {MAX_BYTES / 2**20:,.0f}"
            )
        whole = _unpacked(data, n_bytes, filename)
        try:
            image = nibabel.as_closest_canonical(kind.from_bytes(whole))
        except Exception as error:  # as above
            raise InvalidInput(_damaged_header(filename)) from error
        return NiftiPicture(image, filename=filename, check_size=check_size)


class NiftiPicture:
    """A volume; its slices along the third axis, and then along every further one, are its pages."""

    group: str | None = None
    notes: tuple[str, ...] = ()

    def __init__(self, image: Any, *, filename: str, check_size: SizeCheck) -> None:
        self._data = image.dataobj
        self._filename = filename
        self._further = tuple(int(size) for size in image.shape[2:])
        check_size(int(image.shape[0]), int(image.shape[1]))
        self.pages = int(np.prod(self._further, dtype=np.int64)) if self._further else 1
        self._contrast: Range | None = None
        self._pixel_size = _pixel_size(image)

    def read(self, page: int) -> Samples:
        """Decode a slice, the first is 0.

        Raises:
            InvalidInput: It cannot be read.
        """
        values = self._slice(page)
        if values.dtype.names:  # RGB as a structure
            colours = np.stack([values[name] for name in values.dtype.names[:3]], axis=-1)
            return Samples(colours, pixel_size=self._pixel_size)
        if values.dtype.kind not in "buif":
            raise InvalidInput(f"{self._filename} is a volume of {values.dtype} values that have no colours")
        return Samples(values[..., None], contrast=self._whole_contrast(), pixel_size=self._pixel_size)

    def _slice(self, page: int) -> NDArray[Any]:
        at = np.unravel_index(page, self._further, order="F") if self._further else ()
        try:
            values = np.asarray(self._data[(slice(None), slice(None), *(int(n) for n in at))])
        except Exception as error:  # as above
            raise InvalidInput(f"{self._filename} is truncated: slice {page + 1} cannot be read") from error
        return np.rot90(values)

    def _whole_contrast(self) -> Range | None:
        """Return the contrast of some slices spread over the volume, which all slices are shown with."""
        if self._contrast is None:
            some = np.unique(np.linspace(0, self.pages - 1, 32).astype(int))
            self._contrast = contrast_of(np.stack([self._slice(int(n)) for n in some])[..., None])
        return self._contrast


def _pixel_size(image: Any) -> PixelSize | None:
    """Return the size of a pixel of a volume in its standard axes; None where its header has no unit."""
    from nibabel.affines import voxel_sizes

    try:
        unit, _ = image.header.get_xyzt_units()
        across, down = voxel_sizes(image.affine)[:2]
        return measured(float(across), float(down), unit)
    except Exception:  # damaged headers make it raise nearly anything
        return None


def _head(data: bytes) -> bytes:
    """Return the first bytes, after gzip if it is gzipped."""
    if not data.startswith(b"\x1f\x8b"):
        return data[:_HEADER]
    try:
        return zlib.decompressobj(wbits=31).decompress(data, _HEADER)
    except zlib.error:
        return b""


def _version(head: bytes) -> int | None:
    if head[344:348] == b"n+1\0":
        return 1
    return 2 if head[4:8] == b"n+2\0" else None


def _unpacked(data: bytes, n_bytes: int, filename: str) -> bytes:
    """Return the first ``n_bytes`` of the file, after gzip; no more is ever unpacked."""
    if data.startswith(b"\x1f\x8b"):
        try:
            with gzip.open(BytesIO(data)) as file:
                data = file.read(n_bytes)
        except (OSError, EOFError, zlib.error) as error:
            raise InvalidInput(
                f"{filename} is truncated: its gzip data ends early or is damaged; save or copy it again"
            ) from error
    if len(data) < n_bytes:
        raise InvalidInput(
            f"{filename} is truncated: its header speaks of {n_bytes:,} bytes, "
            f"and the file has {len(data):,}; save or copy it again"
        )
    return data


def _damaged_header(filename: str) -> str:
    return (
        f"{filename} starts like a NIfTI file but its header cannot be read: "
        "it is truncated or damaged; save or copy it again"
    )
