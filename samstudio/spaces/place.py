"""What a Space's variables and mounts say, and the settings that follow from them.

Off Hugging Face nothing here changes anything. What an owner has to do is
`samstudio.spaces.check`'s business; how a GPU is borrowed on ZeroGPU is `samstudio.spaces.zero`'s.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from samstudio.config import Settings

VOLUME = Path("/data")
"""Where a Storage Bucket is looked for when no storage folder is set."""

NO_TUNING = (
    "Fine-tuning needs dedicated hardware: this Space runs on ZeroGPU, which lends a GPU for seconds and "
    "stops work in the background. Annotating works. To tune, its owner can choose CPU or GPU hardware in "
    "the Space's settings, or tune the exported dataset elsewhere and import the version here."
)

IsMount: TypeAlias = Callable[[Path], bool]


@dataclass(frozen=True)
class Space:
    """The Space that this process runs on."""

    id: str
    zero_gpu: bool
    hardware: str
    """Hugging Face's name for it, such as ``cpu-basic``; empty where it is not said."""


def space_of(environment: Mapping[str, str]) -> Space | None:
    """Return the Space that the environment describes; None anywhere else."""
    name = environment.get("SPACE_ID")
    if not name:
        return None
    return Space(
        id=name,
        zero_gpu=environment.get("SPACES_ZERO_GPU", "").lower() in ("1", "t", "true"),
        hardware=environment.get("ACCELERATOR") or environment.get("SPACE_HARDWARE") or "",
    )


def no_tuning_because(environment: Mapping[str, str]) -> str | None:
    """Return why this place refuses tuning jobs; None where it does not."""
    space = space_of(environment)
    return NO_TUNING if space is not None and space.zero_gpu else None


def is_kept(folder: Path, is_mount: IsMount = os.path.ismount) -> bool:
    """Tell whether a folder lies on an attached volume, and not on the disk that a restart empties."""
    folder = folder.absolute()
    return any(is_mount(above) for above in (folder, *folder.parents) if above != above.parent)


def with_space_defaults(
    settings: Settings,
    environment: Mapping[str, str],
    *,
    volume: Path = VOLUME,
    is_mount: IsMount = os.path.ismount,
) -> Settings:
    """Return the settings with what a Space needs where the owner chose nothing; unchanged off a Space.

    The app listens on every address. Storage is on the attached volume. A
    bucket can hold files but no live SQLite database (it has no locks), so the
    database is on the local disk, and copied to the volume as it changes.

    Args:
        settings: What the owner chose.
        environment: The process's variables.
        volume: Where a Storage Bucket is mounted.
        is_mount: Tells whether a folder is one.
    """
    space = space_of(environment)
    if space is None:
        return settings
    wanted: dict[str, Any] = {"host": "0.0.0.0"}
    if is_mount(volume) and os.access(volume, os.W_OK):
        wanted["storage"] = volume / "samstudio"
    if space.zero_gpu:
        # Outside a borrowed GPU's minutes there is only the CPU, whatever torch says there.
        from samstudio.sam.specs import MODELS

        # ZeroGPU starts no app that has no use for a GPU.
        wanted |= {"device": "cpu", "model": next(one.name for one in MODELS if one.encodes_on_gpu)}
    settings = _with(settings, wanted)
    return _with(settings, _database(settings)) if is_kept(settings.storage, is_mount) else settings


def _database(settings: Settings) -> dict[str, Any]:
    if settings.database_url is not None:
        return {}
    live = Path(tempfile.gettempdir()) / "samstudio" / "studio.db"
    return {"database_url": f"sqlite:///{live}", "database_copy": settings.storage / "studio.db"}


def _with(settings: Settings, wanted: dict[str, Any]) -> Settings:
    """Fill in what the owner did not choose."""
    return settings.model_copy(
        update={name: value for name, value in wanted.items() if name not in settings.model_fields_set}
    )


def notices(
    settings: Settings, environment: Mapping[str, str], is_mount: IsMount = os.path.ismount
) -> list[dict[str, str]]:
    """List what everybody who works in this Space should know.

    Each has a ``title`` in a few words and a ``text`` in sentences.
    """
    space = space_of(environment)
    if space is None:
        return []
    found = []
    if not is_kept(settings.storage, is_mount):
        found.append(
            {
                "title": "Nothing here is kept",
                "text": "This Space has no storage volume: images, masks and versions are lost when it "
                "restarts or falls asleep. Export your work before you leave. Its owner can attach a "
                "Storage Bucket at /data.",
            }
        )
    if space.zero_gpu:
        found.append({"title": "No fine-tuning here", "text": NO_TUNING})
    return found
