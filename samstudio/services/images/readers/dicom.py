"""DICOM, by pydicom: frames are pages; rescaled, with the window that the file asks for.

The frames of a series, in one file or many, are one group. Needs the extra ``medical``.
"""

from __future__ import annotations

import math
from dataclasses import replace
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray

from samstudio.domain import InvalidInput
from samstudio.services.images.readers.base import OpenPicture, Range, Samples, SizeCheck
from samstudio.services.images.readers.codestreams import embedded_size
from samstudio.services.images.readers.dicom_pixel_size import spacing_of
from samstudio.services.images.readers.optional import library

_DEFLATED, _DEFLATED_NAME = b"1.2.840.10008.1.2.1.99", "Deflated Explicit VR Little Endian"
_BY_IMAGECODECS = {
    "1.2.840.10008.1.2.4.50": "jpeg_decode",
    "1.2.840.10008.1.2.4.51": "jpeg_decode",
    "1.2.840.10008.1.2.4.57": "ljpeg_decode",
    "1.2.840.10008.1.2.4.70": "ljpeg_decode",
    "1.2.840.10008.1.2.4.80": "jpegls_decode",
    "1.2.840.10008.1.2.4.81": "jpegls_decode",
    "1.2.840.10008.1.2.4.90": "jpeg2k_decode",
    "1.2.840.10008.1.2.4.91": "jpeg2k_decode",
    "1.2.840.10008.1.2.4.201": "htj2k_decode",
    "1.2.840.10008.1.2.4.202": "htj2k_decode",
}
"""Transfer syntaxes that pydicom needs more libraries for, and what of imagecodecs decodes them."""


class DicomReader:
    """DICOM."""

    name = "DICOM"
    suffixes = (".dcm", ".dicom")
    media_types = ("application/dicom",)

    def recognises(self, data: bytes) -> bool:
        """Tell whether a file has DICOM's mark after its preamble."""
        return data[128:132] == b"DICM"

    def may_hold_pages(self, head: bytes) -> bool:  # noqa: ARG002
        """Tell that it may hold several pictures."""
        return True

    def open(self, data: bytes, *, filename: str, check_size: SizeCheck) -> OpenPicture:
        """Read the header.

        Raises:
            InvalidInput: It cannot be read, has no pixels, is too large, or pydicom is missing.
        """
        pydicom = library("pydicom", filename=filename, kind="a DICOM file")
        if _DEFLATED in data[:4096]:  # the whole file would be inflated, however large
            raise InvalidInput(
                f"{filename} is a DICOM file compressed with {_DEFLATED_NAME}, which cannot be read"
            )
        pydicom.config.settings.reading_validation_mode = pydicom.config.IGNORE
        try:
            dataset = pydicom.dcmread(BytesIO(data))
        except Exception as error:  # damaged bytes make it raise nearly anything
            raise InvalidInput(
                f"{filename} starts like a DICOM file but its header cannot be read: "
                "it is truncated or damaged; save or copy it again"
            ) from error
        return DicomPicture(dataset, filename=filename, check_size=check_size)


class DicomPicture:
    """A DICOM file with pixels; its frames are its pages."""

    notes: tuple[str, ...] = ()

    def __init__(self, dataset: Any, *, filename: str, check_size: SizeCheck) -> None:
        if "PixelData" not in dataset:
            kind = str(dataset.get("Modality", "") or "unknown")
            raise InvalidInput(f"{filename} is a DICOM file without pixels (modality {kind})")
        width, height = int(dataset.get("Columns", 0) or 0), int(dataset.get("Rows", 0) or 0)
        if width < 1 or height < 1:
            raise InvalidInput(f"{filename} is a DICOM file of {width}x{height} pixels, which cannot be read")
        self._channels = int(dataset.get("SamplesPerPixel", 1) or 1)
        check_size(width, height, self._channels)
        self._dataset = dataset
        self._filename = filename
        self._shape = (height, width)
        self.pages = max(1, int(dataset.get("NumberOfFrames", 1) or 1))
        series = str(dataset.get("SeriesInstanceUID", "") or "")
        self.group = f"series {series}" if series else None

    def read(self, page: int) -> Samples:
        """Decode a frame, the first is 0.

        Raises:
            InvalidInput: It is truncated, or of a codec that cannot be read.
        """
        dataset = self._dataset
        raw = self._frame(page)
        if raw.shape[:2] != self._shape:
            height, width = self._shape
            raise InvalidInput(
                f"{self._filename} is {width}x{height} pixels by its header, "
                f"and its frame {page + 1} has the shape {raw.shape}"
            )
        size = spacing_of(dataset, page)
        if raw.ndim == 3:
            return Samples(raw, pixel_size=size)
        if dataset.get("PhotometricInterpretation") == "PALETTE COLOR":
            return replace(self._palette(raw), pixel_size=size)
        values = self._rescaled(raw)
        return Samples(
            values[..., None],
            inverted=dataset.get("PhotometricInterpretation") == "MONOCHROME1",
            nodata=self._padding(),
            contrast=_window(dataset) or _whole_byte(values),
            pixel_size=size,
        )

    def _frame(self, page: int) -> NDArray[Any]:
        """Decode a frame's stored values, HxW or HxWx3 as RGB."""
        from pydicom.pixels import pixel_array

        syntax = self._dataset.file_meta.get("TransferSyntaxUID", None)
        codec = _BY_IMAGECODECS.get(str(syntax))
        try:
            if codec is not None:
                return self._by_imagecodecs(codec, page)
            return np.asarray(pixel_array(self._dataset, index=page))
        except InvalidInput:
            raise
        except Exception as error:  # pydicom's many, and each codec's own
            raise InvalidInput(self._why(syntax, page, known=codec is not None)) from error

    def _by_imagecodecs(self, codec: str, page: int) -> NDArray[Any]:
        import imagecodecs
        from pydicom.encaps import get_frame

        encoded = get_frame(self._dataset.PixelData, page, number_of_frames=self.pages)
        height, width = self._shape
        if embedded_size(encoded) not in (None, (width, height)):
            raise InvalidInput(_other_size(self._filename, (width, height), embedded_size(encoded)))
        values = np.asarray(getattr(imagecodecs, codec)(encoded))
        if self._dataset.get("PixelRepresentation", 0) == 1 and values.dtype.kind == "u":
            values = _signed(values, int(self._dataset.get("BitsStored", values.dtype.itemsize * 8)))
        return values

    def _why(self, syntax: Any, page: int, *, known: bool) -> str:
        name = getattr(syntax, "name", None) or "an unnamed transfer syntax"
        if (
            syntax is not None
            and getattr(syntax, "is_encapsulated", False)
            and not known
            and "RLE" not in name
        ):
            return f"{self._filename} is a DICOM file compressed with {name}, which cannot be read"
        return (
            f"{self._filename} is truncated: frame {page + 1} of {self.pages} ({name}) is missing or damaged"
        )

    def _rescaled(self, raw: NDArray[Any]) -> NDArray[Any]:
        """Apply the modality's rescaling, e.g. to Hounsfield units; whole numbers stay whole."""
        from pydicom.pixels import apply_rescale

        slope, intercept = self._dataset.get("RescaleSlope", 1), self._dataset.get("RescaleIntercept", 0)
        if "ModalityLUTSequence" not in self._dataset and slope == 1 and float(intercept or 0).is_integer():
            return raw if not intercept else raw.astype(np.int32) + np.int32(intercept)
        return np.asarray(apply_rescale(raw, self._dataset))

    def _palette(self, raw: NDArray[Any]) -> Samples:
        from pydicom.pixels import apply_color_lut

        colours = np.asarray(apply_color_lut(raw, self._dataset))
        full = 255.0 if colours.dtype == np.uint8 else 65535.0
        return Samples(colours[..., :3], contrast=(0.0, full))

    def _padding(self) -> float | None:
        """Return the value of pixels outside of what was scanned, rescaled as the others."""
        padding = self._dataset.get("PixelPaddingValue", None)
        if not isinstance(padding, int):
            return None
        slope, intercept = (
            self._dataset.get("RescaleSlope", 1) or 1,
            self._dataset.get("RescaleIntercept", 0) or 0,
        )
        return float(padding) * float(slope) + float(intercept)


def _other_size(filename: str, said: tuple[int, int], found: tuple[int, int] | None) -> str:
    width, height = found or (0, 0)
    return (
        f"{filename} is {said[0]}x{said[1]} pixels by its header "
        f"and {width}x{height} by its data: it is damaged"
    )


def _signed(values: NDArray[Any], bits: int) -> NDArray[Any]:
    """Read the lowest ``bits`` of unsigned values as a signed number."""
    shift = 32 - bits
    return (values.astype(np.int32) << shift) >> shift


def _window(dataset: Any) -> Range | None:
    """Return the first window of the file as (low, high); None where it has none."""
    try:
        centre, width = (_first(dataset.get(name)) for name in ("WindowCenter", "WindowWidth"))
    except (TypeError, ValueError):
        return None
    if not (width >= 1 and math.isfinite(centre) and math.isfinite(width)):
        return None
    # C.11.2.1.2.1 of the standard: what is at or below low is black, what is above high white.
    return centre - 0.5 - (width - 1) / 2, centre - 0.5 + (width - 1) / 2 if width > 1 else centre + 0.5


def _first(value: Any) -> float:
    return float(value if isinstance(value, (int, float, str)) else value[0])


def _whole_byte(values: NDArray[Any]) -> Range | None:
    return (0.0, 255.0) if values.dtype == np.uint8 else None
