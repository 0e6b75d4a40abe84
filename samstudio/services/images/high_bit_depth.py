"""Values of more than 8 bits → uint8: unsigned, signed or float, by a range of them.

Microscopes and scanners seldom fill their 16 bits, so dividing by 257 would
show black. The values between the 0.1 and the 99.9 percentile are spread over
0..255 instead, as cellpose and micro-sam do; values outside are clipped, NaN
becomes black.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from samstudio.services.images.readers.base import Range

LOW_PERCENTILE, HIGH_PERCENTILE = 0.1, 99.9
SAMPLE = 4_000_000
"""About how many values the percentiles are taken from at most, evenly strided; for time."""


def stretch(values: NDArray[Any]) -> NDArray[np.uint8]:
    """Spread HxWxC values between the two percentiles over 0..255; a constant picture is black."""
    return scaled(values, contrast_of(values))


def contrast_of(values: NDArray[Any], valid: NDArray[np.bool_] | None = None) -> Range | None:
    """Return the two percentiles of …xC values; None where they are constant.

    ``valid``: bool of the values' shape, False for those that do not count.
    """
    # Whole pixels, so that no channel is left out.
    step = max(1, values.size // SAMPLE)
    sample = values.reshape(-1, values.shape[-1])[::step].reshape(-1)
    if valid is not None:
        sample = sample[valid.reshape(-1, values.shape[-1])[::step].reshape(-1)]
    sample = _finite(sample)
    if not sample.size:
        return None
    low, high = (float(each) for each in np.percentile(sample, (LOW_PERCENTILE, HIGH_PERCENTILE)))
    if high <= low:  # almost all of it is one value: what little there is decides
        counted = _finite(values.reshape(-1) if valid is None else values[valid])
        low, high = float(counted.min()), float(counted.max())
    return (low, high) if high > low else None


def scaled(values: NDArray[Any], contrast: Range | None) -> NDArray[np.uint8]:
    """Spread the values of a range over 0..255; black without a range."""
    if contrast is None:
        return np.zeros(values.shape, np.uint8)
    if values.dtype == np.uint16:  # by far the most common, and quicker by a table
        return np.take(_scaled(np.arange(2**16), contrast), values)
    return _scaled(values, contrast)


def _finite(values: NDArray[Any]) -> NDArray[Any]:
    return values[np.isfinite(values)] if values.dtype.kind == "f" else values


def _scaled(values: NDArray[Any], contrast: Range) -> NDArray[np.uint8]:
    low, high = contrast
    numbers: NDArray[np.float64] = values.astype(np.float64)
    with np.errstate(over="ignore", invalid="ignore"):
        spread = np.clip((numbers - low) * (255.0 / (high - low)), 0, 255)
    result: NDArray[np.uint8] = np.rint(np.nan_to_num(spread)).astype(np.uint8)
    return result
