"""The size of a pixel of a DICOM frame, in the patient or the specimen."""

from __future__ import annotations

from typing import Any

from samstudio.domain import PixelSize
from samstudio.services.images.pixel_size import measured


def spacing_of(dataset: Any, frame: int) -> PixelSize | None:
    """Return the size that ``PixelSpacing`` says; None where the file has none.

    The spacing at the detector of a projection (``ImagerPixelSpacing``) is none of
    what is seen: beams diverge.

    Args:
        dataset: The pydicom dataset.
        frame: Which frame, the first is 0.
    """
    try:
        spacing = _spacing(dataset, frame)
        return None if spacing is None else measured(float(spacing[1]), float(spacing[0]), "mm")
    except Exception:  # damaged bytes make pydicom raise nearly anything; a picture is more than its spacing
        return None


def _spacing(dataset: Any, frame: int) -> Any:
    """Return (down, across) in mm: of the file, of all frames together, or of this one."""
    if dataset.get("PixelSpacing"):
        return dataset.PixelSpacing
    for name, at in (("SharedFunctionalGroupsSequence", 0), ("PerFrameFunctionalGroupsSequence", frame)):
        groups = dataset.get(name) or ()
        measures = groups[at].get("PixelMeasuresSequence") if at < len(groups) else None
        if measures and measures[0].get("PixelSpacing"):
            return measures[0].PixelSpacing
    return None
