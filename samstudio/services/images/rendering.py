"""Values of a picture → the RGB pixels that are worked on, and a record of how, to repeat it.

Colours are shown as they are (8 bits) or with one contrast; channels that are no colours are put
together as ImageJ's composites are (red, green, blue), each with its own contrast.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from samstudio.domain import InvalidInput
from samstudio.services.images.high_bit_depth import contrast_of, scaled
from samstudio.services.images.readers.base import Range, Samples
from samstudio.text import plural

Pixels = NDArray[np.uint8]

VISIBLE_OPACITY = 0.05
"""A pixel that is less opaque counts as transparent."""
VISIBLE_SHARE = 0.001
"""Where fewer of the pixels are visible, the transparency says nothing: it is ignored."""


@dataclass(frozen=True)
class ReadOptions:
    """What a person chooses about reading a picture; None: as the file says.

    Attributes:
        channels: One to three channels, counted from 1: one is shown grey, more as red, green, blue.
        contrast: The values that are shown as black and as white: one range, or one a channel.
    """

    channels: tuple[int, ...] | None = None
    contrast: tuple[Range, ...] | None = None

    @classmethod
    def repeating(cls, reading: dict[str, Any]) -> ReadOptions:
        """Return the options that read the same pixels again as a record says."""
        ranges = reading.get("contrast")
        return cls(
            channels=tuple(reading["channels"]) if reading.get("channels") else None,
            contrast=tuple((float(low), float(high)) for low, high in ranges) if ranges else None,
        )

    @classmethod
    def parsed(cls, channels: str | None = None, contrast: str | None = None) -> ReadOptions:
        """Return the options that are written as texts.

        Args:
            channels: One to three numbers with commas between, e.g. ``4,2``; empty or None: as the file says.
            contrast: One range for all of them, or one a channel, with commas between, e.g.
                ``0:4000,100:900``; empty or None: by the values of each image.

        Raises:
            InvalidInput: They are no such texts, or cannot be followed for any picture.
        """
        options = cls(_numbers(channels) if channels else None, _contrasts(contrast) if contrast else None)
        options.check()
        return options

    def check(self) -> None:
        """Check them.

        Raises:
            InvalidInput: They cannot be followed for any picture.
        """
        if self.channels is not None and (not 1 <= len(self.channels) <= 3 or min(self.channels) < 1):
            raise InvalidInput("choose one to three channels, counted from 1")
        for low, high in self.contrast or ():
            if not (math.isfinite(low) and math.isfinite(high) and low < high):
                raise InvalidInput(
                    f"a contrast from {low:g} to {high:g} shows nothing: give two rising numbers"
                )


AS_THE_FILE_SAYS = ReadOptions()


def _numbers(text: str) -> tuple[int, ...]:
    try:
        return tuple(int(each) for each in text.split(","))
    except ValueError:
        raise InvalidInput(f"the channels {text!r} cannot be read: write them as 1 or 3,1,2") from None


def _contrasts(text: str) -> tuple[Range, ...]:
    try:
        pairs = [each.split(":") for each in text.split(",")]
        return tuple((float(low), float(high)) for low, high in pairs)
    except ValueError:
        raise InvalidInput(
            f"the contrast {text!r} cannot be read: write it as LOW:HIGH, such as 0:4000"
        ) from None


@dataclass(frozen=True, eq=False)
class Rendered:
    """RGB pixels, uint8 HxWx3, and how they came about, in words for a person and in a record."""

    pixels: Pixels
    notes: tuple[str, ...] = ()
    reading: dict[str, Any] = field(default_factory=dict)


def rendered(samples: Samples, options: ReadOptions, *, filename: str) -> Rendered:
    """Turn values into the pixels that are worked on.

    Args:
        samples: The values.
        options: What a person chose.
        filename: What sentences call the picture.

    Raises:
        InvalidInput: The picture has no such channels or contrasts.
    """
    options.check()
    shown, notes = _chosen(samples, options, filename)
    ranges = _ranges(options.contrast, len(shown), filename)
    every = shown == tuple(range(samples.values.shape[2]))
    values = samples.values if every else samples.values[..., list(shown)]
    joint = samples.colours and options.channels is None
    layer = replace(samples, values=values)
    colours, used = _together(layer, ranges) if joint or values.shape[2] == 1 else _apart(layer, ranges)
    reading: dict[str, Any] = {
        "channels": [each + 1 for each in shown] if options.channels or not joint else None,
        "contrast": [list(each) for each in used] if used else None,
    }
    pixels, more = _over_white(_three(colours), samples.alpha, reading, filename)
    reading |= _marks(samples)
    if samples.values.dtype.itemsize > 1 and (pixels == pixels[0, 0]).all():
        more = (*more, f"{filename} has one value at every pixel, or none: it is shown as one colour")
    return Rendered(pixels, (*notes, *more), {k: v for k, v in reading.items() if v is not None})


def _chosen(samples: Samples, options: ReadOptions, filename: str) -> tuple[tuple[int, ...], tuple[str, ...]]:
    """Return the channels to show, from 0, and what to say of the others."""
    count = samples.values.shape[2]
    if options.channels is not None:
        if max(options.channels) > count:
            raise InvalidInput(
                f"{filename} has {plural(count, 'channel')}, and no channel {max(options.channels)}"
            )
        return tuple(each - 1 for each in options.channels), ()
    if count == 1 or (count == 3 and samples.colours):
        return tuple(range(count)), ()
    if count == 2:
        return (0, 1), (f"{filename} has 2 channels: they are shown as red and green",)
    if count == 3:
        return (0, 1, 2), (f"{filename} has 3 channels: they are shown as red, green and blue",)
    return (0, 1, 2), (f"{filename} has {count} channels: the first three are shown as red, green and blue",)


def _ranges(contrast: tuple[Range, ...] | None, count: int, filename: str) -> tuple[Range, ...] | None:
    if contrast is None or len(contrast) == count:
        return contrast
    if len(contrast) == 1:
        return contrast * count
    raise InvalidInput(f"{len(contrast)} contrasts were given for {plural(count, 'channel')} of {filename}")


def _together(samples: Samples, ranges: tuple[Range, ...] | None) -> tuple[Pixels, list[Range] | None]:
    """Show all channels with one contrast, or with those that were chosen."""
    if ranges is not None and len(set(ranges)) > 1:
        return _apart(samples, ranges)
    values = samples.values
    if values.dtype == np.bool_:
        values = values.astype(np.uint8) * np.uint8(255)
    valid = _valid(values, samples.nodata)
    wanted = ranges[0] if ranges else samples.contrast
    if wanted is None and values.dtype == np.uint8:
        return (255 - values if samples.inverted else values), None
    if wanted is None:
        wanted = contrast_of(values, valid)
    pixels = _shown(values, wanted, inverted=samples.inverted)
    if valid is not None:
        pixels = np.where(valid, pixels, np.uint8(0))
    return pixels, None if wanted is None else [wanted]


def _apart(samples: Samples, ranges: tuple[Range, ...] | None) -> tuple[Pixels, list[Range] | None]:
    """Show each channel with its own contrast."""
    layers, used = [], []
    for n in range(samples.values.shape[2]):
        layer = replace(samples, values=samples.values[..., n : n + 1])
        pixels, contrast = _together(layer, (ranges[n],) if ranges else None)
        layers.append(pixels)
        used += contrast or [_black(layer.values)]
    as_it_is = samples.values.dtype == np.uint8 and not ranges and samples.contrast is None
    return np.concatenate(layers, axis=2), None if as_it_is else used


def _black(values: NDArray[Any]) -> Range:
    """Return a range that shows constant values as black."""
    finite = values[np.isfinite(values)]
    low = float(finite[0]) if finite.size else 0.0
    return low, low + max(1.0, abs(low))


def _valid(values: NDArray[Any], nodata: float | None) -> NDArray[np.bool_] | None:
    """Return where values were measured; None where all count. 8-bit ones are shown as they are."""
    if nodata is None or values.dtype == np.uint8:
        return None
    if math.isnan(nodata):
        return None  # never counted, and black
    if values.dtype.kind == "f":
        return np.asarray(values != values.dtype.type(nodata))
    return np.asarray(values != nodata)


def _shown(values: NDArray[Any], contrast: Range | None, *, inverted: bool) -> Pixels:
    if not inverted or contrast is None:
        return scaled(values, contrast)
    low, high = contrast
    numbers = values.astype(np.float64)
    return scaled(-numbers, (-high, -low))


def _three(colours: Pixels) -> Pixels:
    """Return one, two or three channels as RGB."""
    height, width, count = colours.shape
    if count == 1:
        return np.repeat(colours, 3, axis=2)
    if count == 2:
        return np.concatenate([colours, np.zeros((height, width, 1), np.uint8)], axis=2)
    return np.ascontiguousarray(colours)


def _over_white(
    colours: Pixels, alpha: NDArray[Any] | None, reading: dict[str, Any], filename: str
) -> tuple[Pixels, tuple[str, ...]]:
    """Paint over white, unless that would leave nothing to see."""
    if alpha is None:
        return colours, ()
    opacity = _opacity(alpha)
    visible = float(np.mean(opacity > VISIBLE_OPACITY))
    if visible < VISIBLE_SHARE:
        reading["alpha"] = "ignored"
        share = "everywhere" if not visible else f"in {100 * (1 - visible):.2f}% of its pixels"
        return colours, (f"{filename} is transparent {share}: its transparency is ignored",)
    reading["alpha"] = "over white"
    if alpha.dtype == np.uint8:
        layered = Image.fromarray(np.dstack([colours, alpha]))
        white = Image.new("RGBA", layered.size, "white")
        return np.array(Image.alpha_composite(white, layered).convert("RGB")), ()
    weight = opacity[..., None]
    return np.rint(colours * weight + 255.0 * (1.0 - weight)).astype(np.uint8), ()


def _opacity(alpha: NDArray[Any]) -> NDArray[np.float32]:
    full = np.iinfo(alpha.dtype).max if alpha.dtype.kind in "ui" else 1.0
    opacity: NDArray[np.float32] = np.clip(alpha.astype(np.float32) / np.float32(full), 0, 1)
    return opacity


def _marks(samples: Samples) -> dict[str, Any]:
    """Return what of the file's own words took part, as JSON can hold it."""
    nodata = samples.nodata
    return {
        "of_channels": samples.values.shape[2],
        "inverted": True if samples.inverted else None,
        "nodata": None if nodata is None else nodata if math.isfinite(nodata) else str(nodata),
        "pixel_size": samples.pixel_size.to_json() if samples.pixel_size else None,
    }
