"""Everything that a Space's owner should know before and after the push, found without changing anything.

Run where the repository is, it looks at the files; run on the Space itself, at
the storage, the login and the hardware too.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from samstudio.config import Settings
from samstudio.sam.specs import MODELS
from samstudio.spaces.findings import SpaceFinding, missing, ok, unknown, warning
from samstudio.spaces.place import NO_TUNING, IsMount, Space, is_kept, space_of
from samstudio.spaces.repository import check_repository

Reach: TypeAlias = Callable[[str], str]
"""Asks an address whether its file can be had: empty when it can, else why not."""

GB = 1_000_000_000
NEEDED_BYTES = 2 * GB
"""A small dataset with its embeddings (2 MB an image), some versions, and a margin."""


def reach(url: str) -> str:
    """Ask for a file's headers, with patience of a few seconds."""
    import requests

    try:
        answer = requests.head(url, timeout=4, allow_redirects=True)
    except requests.RequestException as error:
        return type(error).__name__
    return "" if answer.ok else f"status {answer.status_code}"


@dataclass(frozen=True)
class Checker:
    """A check of a Space before and after the push.

    ``root`` is the folder that is pushed; ``settings`` come from `place.with_space_defaults`.
    """

    root: Path
    settings: Settings
    environment: Mapping[str, str]
    is_mount: IsMount = os.path.ismount
    reach: Reach = reach
    needed_bytes: int = NEEDED_BYTES

    def findings(self) -> list[SpaceFinding]:
        """List all findings, in the order in which an owner would go about them."""
        space = space_of(self.environment)
        zero_gpu = space is not None and space.zero_gpu
        found = [*check_repository(self.root, zero_gpu=zero_gpu), self._hardware(space)]
        return [*found, self._login(space), *self._storage(space), self._weights()]

    def _hardware(self, space: Space | None) -> SpaceFinding:
        if space is None:
            return unknown(
                "hardware",
                "This is no Space, so its hardware cannot be seen.",
                "Choose CPU basic (2 cores, 16 GB) to begin with: annotating and tuning both work there. "
                "On ZeroGPU tuning does not.",
            )
        if space.zero_gpu:
            advice = "Choose other hardware in the Space's settings if people shall tune here."
            return warning("hardware", NO_TUNING, advice)
        return ok("hardware", f"The hardware is {space.hardware or 'dedicated to this Space'}.")

    def _login(self, space: Space | None) -> SpaceFinding:
        chosen = self.settings
        ways = [name for name in ("password", "token") if getattr(chosen, name) is not None]
        if space is not None and self.environment.get("OAUTH_CLIENT_ID"):
            ways.append("Hugging Face login")
        if chosen.open:
            return warning(
                "login",
                "SAMSTUDIO_OPEN is set: everyone who has the address can change and delete everything.",
                "Unset it unless that is what you want.",
            )
        if ways:
            return ok("login", f"Who comes in is asked for: {', '.join(ways)}.")
        advice = (
            "Add SAMSTUDIO_PASSWORD (8 characters at least) as a secret in the Space's settings, or "
            "hf_oauth: true to README.md's first block."
        )
        if space is None:
            return unknown("login", "Whether the Space asks for a login cannot be seen from here.", advice)
        text = "No login was chosen: a password is made up at each start, and printed in the Space's log."
        return missing("login", text, advice)

    def _storage(self, space: Space | None) -> Iterator[SpaceFinding]:
        folder = self.settings.storage.absolute()
        attach = (
            "Attach a Storage Bucket at /data, read and write, in the Space's settings; or set "
            "SAMSTUDIO_STORAGE to a folder on a volume."
        )
        if space is None:
            yield unknown("storage", "A Space's own disk is emptied at each restart.", attach)
            return
        if not is_kept(folder, self.is_mount):
            text = f"{folder} is on the Space's own disk: everything is lost when it restarts or sleeps."
            yield missing("storage", text, attach)
        elif not os.access(_existing(folder), os.W_OK):
            yield missing(
                "storage",
                f"{folder} is on a volume, and cannot be written.",
                "Attach the bucket read and write; its folders must belong to uid 1000.",
            )
        else:
            yield ok("storage", f"{folder} is on a volume that outlives the Space.")
        yield self._disk(folder)

    def _disk(self, folder: Path) -> SpaceFinding:
        free = shutil.disk_usage(_existing(folder)).free
        if free < self.needed_bytes:
            return missing(
                "disk",
                f"{folder} has {free / GB:.1f} GB left.",
                f"Make room: a small dataset takes {self.needed_bytes / GB:.0f} GB, at 2 MB an image.",
            )
        return ok("disk", f"{folder} has {free / GB:.0f} GB left.")

    def _weights(self) -> SpaceFinding:
        model, folder = self.settings.model, self.settings.weights_dir
        if self.settings.checkpoint is not None:
            return self._checkpoint(self.settings.checkpoint)
        absent = [source for source in MODELS.get(model).sources if not (folder / source.filename).is_file()]
        if not absent:
            return ok("weights", f"The weights of {model} are in {folder}.")
        refused = {source.url: why for source in absent if (why := self.reach(source.url))}
        if not refused:
            return ok("weights", f"The weights of {model} can be fetched at the first start.")
        told = "; ".join(f"{url}: {why}" for url, why in refused.items())
        return missing(
            "weights",
            f"The weights of {model} are not in {folder} and cannot be fetched from here ({told}).",
            "Try again with a network, or set SAMSTUDIO_CHECKPOINT to a file that is on the volume.",
        )

    @staticmethod
    def _checkpoint(path: Path) -> SpaceFinding:
        if path.exists():
            return ok("weights", f"The weights are taken from {path}.")
        return missing(
            "weights", f"SAMSTUDIO_CHECKPOINT names {path}, which is not there.", "Mend it, or unset it."
        )


def _existing(folder: Path) -> Path:
    """Return the folder, or the nearest one above it that is there."""
    return next(one for one in (folder, *folder.parents) if one.exists())
