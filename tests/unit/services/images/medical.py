"""DICOM and NIfTI files for tests, made on the spot."""

from __future__ import annotations

import gzip
from io import BytesIO
from typing import Any

import nibabel
import numpy as np
import pydicom
from numpy.typing import NDArray
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import UID, ExplicitVRLittleEndian

SERIES = "1.2.3.4.5"


def dicom(
    values: NDArray[Any],
    *,
    syntax: str = ExplicitVRLittleEndian,
    frames: list[bytes] | None = None,
    **more: Any,
) -> bytes:
    """A DICOM of HxW or NxHxW grey values, or HxWx3 RGB; ``more``: attributes by keyword."""
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = UID("1.2.840.10008.5.1.4.1.1.7")
    meta.MediaStorageSOPInstanceUID = UID("1.2.3.4")
    meta.TransferSyntaxUID = UID(syntax)
    dataset = FileDataset(None, {}, file_meta=meta, preamble=b"\0" * 128)
    colours = values.ndim == 3 and values.shape[-1] == 3
    stack = values if values.ndim == 3 and not colours else values[None]
    dataset.Rows, dataset.Columns = stack.shape[1:3]
    dataset.SamplesPerPixel = 3 if colours else 1
    dataset.PhotometricInterpretation = "RGB" if colours else "MONOCHROME2"
    if colours:
        dataset.PlanarConfiguration = 0
    dataset.BitsAllocated = values.dtype.itemsize * 8
    dataset.BitsStored = dataset.BitsAllocated
    dataset.HighBit = dataset.BitsStored - 1
    dataset.PixelRepresentation = int(values.dtype.kind == "i")
    dataset.SeriesInstanceUID = SERIES
    dataset.Modality = "CT"
    if len(stack) > 1:
        dataset.NumberOfFrames = len(stack)
    for name, value in more.items():
        setattr(dataset, name, value)
    dataset.PixelData = encapsulate(frames) if frames else values.tobytes()
    dataset["PixelData"].VR = "OB" if frames else "OW"
    buffer = BytesIO()
    pydicom.dcmwrite(buffer, dataset, enforce_file_format=True)
    return buffer.getvalue()


def nifti(values: NDArray[Any], *, zipped: bool = False, affine: NDArray[Any] | None = None) -> bytes:
    """A NIfTI-1 of a volume, in the orientation of ``affine`` (default RAS)."""
    image = nibabel.Nifti1Image(values, np.eye(4) if affine is None else affine)
    data = bytes(image.to_bytes())
    return gzip.compress(data) if zipped else data
