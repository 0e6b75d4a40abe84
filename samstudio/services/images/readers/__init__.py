"""Picture readers, one kind of file each; `READERS` is the registry."""

from __future__ import annotations

from samstudio.services.images.readers.base import PictureReader
from samstudio.services.images.readers.bmp import BmpReader
from samstudio.services.images.readers.dicom import DicomReader
from samstudio.services.images.readers.gif import GifReader
from samstudio.services.images.readers.heif_files import AvifReader, HeicReader
from samstudio.services.images.readers.jpeg import JpegReader
from samstudio.services.images.readers.jpeg2000 import Jpeg2000Reader
from samstudio.services.images.readers.nifti import NiftiReader
from samstudio.services.images.readers.png import PngReader
from samstudio.services.images.readers.tiff import TiffReader
from samstudio.services.images.readers.webp import WebPReader

READERS: tuple[PictureReader, ...] = (
    JpegReader(),
    PngReader(),
    WebPReader(),
    BmpReader(),
    TiffReader(),
    GifReader(),
    Jpeg2000Reader(),
    HeicReader(),
    AvifReader(),
    DicomReader(),
    NiftiReader(),
)
"""Every kind of picture that comes in, in the order in which sentences name them."""
