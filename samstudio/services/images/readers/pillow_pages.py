"""Pictures of 8 bits a channel that Pillow decodes, and its pages of TIFF."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO

import numpy as np
from PIL import Image, ImageFile, ImageOps

from samstudio.domain import InvalidInput, PixelSize
from samstudio.services.images.pixel_size import of_density, turned
from samstudio.services.images.readers.base import Samples, SizeCheck
from samstudio.services.images.readers.orientation import orientation_of


class PillowPicture:
    """A file that Pillow opened; its frames are its pages."""

    group: str | None = None
    notes: tuple[str, ...] = ()

    def __init__(
        self,
        opener: Callable[[], ImageFile.ImageFile],
        *,
        filename: str,
        check_size: SizeCheck,
        keep: str | None = None,
    ) -> None:
        """Open a file, and check its size.

        Args:
            opener: Opens the file anew, without loading it.
            filename: What sentences call it.
            check_size: Refuses what is too large.
            keep: The suffix under which a browser shows files of this kind, if it does.

        Raises:
            InvalidInput: It cannot be opened or is too large.
        """
        self._opener = opener
        self._image = opener()
        check_size(*self._image.size)
        self._next = 0
        self._filename = filename
        self._check_size = check_size
        self._keep = keep
        self.pages = frames(self._image)

    @property
    def opened(self) -> ImageFile.ImageFile:
        """The opened file."""
        return self._image

    def read(self, page: int) -> Samples:
        """Decode a frame, the first is 0.

        Raises:
            InvalidInput: It is truncated or too large.
        """
        if page < self._next:  # not every plugin goes back
            self._image = self._opener()
        self._next = page + 1
        if page:
            self._image.seek(page)
            self._check_size(*self._image.size)
        keep = self._keep if self._keep and self.pages == 1 and _browser_exact(self._image) else None
        load(self._image, self._filename)
        samples = samples_of(self._image, self._filename, keep_suffix=keep)
        return replace(samples, pixel_size=pixel_size_of(self._image))


def open_with(
    plugin: type[ImageFile.ImageFile], data: bytes, *, kind: str, filename: str
) -> Callable[[], ImageFile.ImageFile]:
    """Return what opens a file with one of Pillow's plugins, whatever Pillow's own limit on size.

    Args:
        plugin: The plugin's class of files.
        data: The file.
        kind: What sentences call the kind.
        filename: What sentences call the file.

    Returns:
        A function that opens it anew, or says in an InvalidInput that the header cannot be read.
    """
    return lambda: _opened(plugin, data, kind=kind, filename=filename)


def _opened(
    plugin: type[ImageFile.ImageFile], data: bytes, *, kind: str, filename: str
) -> ImageFile.ImageFile:
    try:
        return plugin(BytesIO(data))
    except Exception as error:  # Pillow raises a dozen types on damaged headers
        raise InvalidInput(_cannot_open(error, kind, filename)) from error


def _cannot_open(error: Exception, kind: str, filename: str) -> str:
    reason = " ".join(str(error).split())
    if "unsupported" in reason.lower() or isinstance(error, NotImplementedError):
        return f"{filename} is a {kind} of a kind that cannot be read ({reason}); save it as PNG"
    return (
        f"{filename} starts like a {kind} file but its header cannot be read: "
        "it is truncated or damaged; save or copy it again"
    )


def frames(image: ImageFile.ImageFile) -> int:
    """Return how many frames a file says that it has, at least 1."""
    try:
        return max(1, int(getattr(image, "n_frames", 1)))
    except Exception:  # as above
        return 1


def pixel_size_of(image: Image.Image) -> PixelSize | None:
    """Return a pixel's size in the picture turned upright; None where the resolution is for printing."""
    try:
        across, down = image.info["dpi"]
        return turned(of_density(float(across), float(down), "inch"), orientation_of(image))
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return None


def load(image: ImageFile.ImageFile, filename: str) -> None:
    """Decode the present frame.

    Raises:
        InvalidInput: It is truncated or damaged.
    """
    try:
        image.load()
    except Exception as error:  # as above
        missing = _missing_percent(image)
        part = f"{missing}% of it is" if missing else "a part of it is"
        raise InvalidInput(
            f"{filename} is truncated: {part} missing or damaged; save or copy it again"
        ) from error


def _missing_percent(image: ImageFile.ImageFile) -> int | None:
    """Return the percentage of rows that a failed decoding left untouched at the bottom; None if unknown."""
    try:
        image.tile = []  # nothing left to decode: what is there may be looked at
        rows = np.count_nonzero(np.asarray(image).reshape(image.height, -1), axis=1)
    except Exception:  # as above
        return None
    if not rows.any():
        return None
    untouched = int(np.argmax(rows[::-1]))
    return max(1, round(100 * untouched / len(rows))) if untouched else None


def samples_of(image: Image.Image, filename: str, *, keep_suffix: str | None = None) -> Samples:
    """Return a loaded frame's values, upright: grey or RGB, palettes as RGB.

    Raises:
        InvalidInput: Its pixels are no colours.
    """
    try:
        upright = image if orientation_of(image) == 1 else ImageOps.exif_transpose(image)
        alpha = None
        if upright.has_transparency_data:
            colours = upright.convert("RGBA")
            alpha = np.array(colours.getchannel("A"))
            upright = colours if upright.mode not in ("LA", "La") else upright.convert("LA")
        grey = upright.mode in ("1", "L", "LA")
        values = np.array(upright.convert("L" if grey else "RGB"))
    except Exception as error:  # as above
        raise InvalidInput(
            f"{filename} has {image.mode} pixels, which cannot be turned into colours; save it as PNG"
        ) from error
    return Samples(values[..., None] if grey else values, alpha, keep_suffix=keep_suffix)


def _browser_exact(image: ImageFile.ImageFile) -> bool:
    """Tell whether a browser paints from the file exactly the pixels that we decode from it."""
    return (
        image.mode in ("RGB", "L")
        and not image.has_transparency_data
        and orientation_of(image) == 1
        and _plain_colours(image)
    )


def _plain_colours(image: ImageFile.ImageFile) -> bool:
    """Tell whether nothing in the file makes a browser shift the colours: no profile, or sRGB's."""
    profile = image.info.get("icc_profile")
    if profile:
        return b"sRGB" in profile or b"s\0R\0G\0B" in profile
    return "srgb" in image.info or not ({"gamma", "chromaticity"} & image.info.keys())
