"""The size of a pixel as makers of microscopes and slide scanners write it into their TIFF files.

tifffile reads their tags; the keys and units are those of its source and of Bio-Formats' readers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from samstudio.domain import PixelSize
from samstudio.services.images.pixel_size import measured

_MICRO_MANAGER = 51123
"""The tag of a page's own facts."""

Found: TypeAlias = PixelSize | None


def size_of_instrument(file: Any) -> Found:
    """Return the size of a pixel of the first page of a `tifffile.TiffFile`; None where no tag says it.

    A tag that cannot be read counts as none.
    """
    for find in _MAKERS:
        try:
            found = find(file)
        except Exception:  # damaged tags make tifffile raise nearly anything; a picture is more than they
            continue
        if found is not None:
            return found
    return None


def _of_thermo_fisher(file: Any) -> Found:
    """FEI's and Thermo Fisher's electron microscopes: metres, of the scan that made the picture."""
    facts = file.fei_metadata or {}
    for section in ("Scan", "EScan", "IScan", "EBeam"):
        size = _of_pair(facts.get(section, {}), "PixelWidth", "PixelHeight", "m")
        if size is not None:
            return size
    return None


def _of_zeiss_sem(file: Any) -> Found:
    """Zeiss' electron microscopes: a name, a number and its unit; the picture's before the scan's."""
    facts = file.sem_metadata or {}
    for key in ("ap_image_pixel_size", "ap_pixel_size"):
        _, length, unit = (*facts.get(key, ()), "", "", "")[:3]
        if unit:
            return measured(float(length), float(length), str(unit))
    return None


def _of_zeiss_lsm(file: Any) -> Found:
    return _of_pair(file.lsm_metadata, "VoxelSizeX", "VoxelSizeY", "m")


def _of_olympus(file: Any) -> Found:
    return _of_pair(file.sis_metadata, "pixelsizex", "pixelsizey", "m")


def _of_metamorph(file: Any) -> Found:
    facts = file.stk_metadata or {}
    if not facts.get("SpatialCalibration"):
        return None
    return _of_pair(facts, "XCalibration", "YCalibration", str(facts["CalibrationUnits"]))


def _of_metaseries(file: Any) -> Found:
    facts = (file.metaseries_metadata or {}).get("PlaneInfo", {})
    if not facts.get("spatial-calibration-state"):
        return None
    unit = str(facts["spatial-calibration-units"])
    return _of_pair(facts, "spatial-calibration-x", "spatial-calibration-y", unit)


def _of_micro_manager(file: Any) -> Found:
    of_page = file.pages.first.tags.valueof(_MICRO_MANAGER) or {}
    summary = (file.micromanager_metadata or {}).get("Summary", {})
    length = of_page.get("PixelSizeUm") or summary.get("PixelSize_um") or 0
    return measured(float(length), float(length), "um")


def _of_aperio(file: Any) -> Found:
    """Aperio's slides: ``MPP``, micrometres a pixel, among what the description lists."""
    description = file.pages.first.description
    if not description.startswith("Aperio "):
        return None
    facts = dict(item.strip().partition("=")[::2] for item in description.split("|")[1:])
    facts = {key.strip(): value for key, value in facts.items()}
    return measured(float(facts["MPP"]), float(facts["MPP"]), "um")


_MAKERS: tuple[Callable[[Any], Found], ...] = (
    _of_thermo_fisher,
    _of_zeiss_sem,
    _of_zeiss_lsm,
    _of_olympus,
    _of_metamorph,
    _of_metaseries,
    _of_micro_manager,
    _of_aperio,
)


def _of_pair(facts: Mapping[str, Any] | None, across: str, down: str, unit: str) -> Found:
    """Return the size from two numbers of a unit; None where they are not there."""
    if not facts or across not in facts or down not in facts:
        return None
    return measured(float(facts[across]), float(facts[down]), unit)
