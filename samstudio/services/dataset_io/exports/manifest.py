"""The manifest of an export folder: which files in it are this product's own."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from samstudio.domain import InvalidInput
from samstudio.files import put_in_place, sha256_of
from samstudio.services.dataset_io.exports.names import same_name
from samstudio.services.dataset_io.own_files import MANIFEST

MADE_BY = "SAM Studio"


@dataclass(frozen=True)
class OwnFile:
    """A file as an export wrote it: its path in the folder, its size in bytes and its SHA-256."""

    path: str
    bytes: int
    sha256: str

    @classmethod
    def of(cls, folder: Path, path: str) -> OwnFile:
        """Describe the file at ``path`` in the folder, as it is now."""
        file = folder / path
        return cls(path, file.stat().st_size, sha256_of(file))

    def is_at(self, file: Path) -> bool:
        """Tell whether a file has exactly this content."""
        return file.stat().st_size == self.bytes and sha256_of(file) == self.sha256


@dataclass
class Manifest:
    """The files of each format's export in one folder.

    A path occurs twice in a format's list while it is being replaced, as it was
    and as it will be: an export that is interrupted leaves no file unknown.
    """

    exports: dict[str, list[OwnFile]] = field(default_factory=dict)

    @classmethod
    def read(cls, folder: Path) -> Manifest:
        """Read a folder's manifest; empty where there is none.

        Raises:
            InvalidInput: A file of its name is there that is no manifest, or cannot be read.
        """
        path = folder / MANIFEST
        if not path.exists() and not path.is_symlink():
            return cls()
        try:
            if path.is_symlink() or not path.is_file():
                raise ValueError("it is no file")
            return cls(_exports(json.loads(path.read_text(encoding="utf-8"))))
        except (OSError, ValueError) as error:
            raise InvalidInput(
                f"{path} is not a manifest that SAM Studio wrote ({error}), so that nothing says which files "
                "there are its own: move it away, or export into another folder"
            ) from error

    def write(self, folder: Path, beside: Path) -> None:
        """Write the manifest into the folder, whole or not at all; first into the folder ``beside``."""
        listed = {
            name: {"files": [{"path": f.path, "bytes": f.bytes, "sha256": f.sha256} for f in files]}
            for name, files in self.exports.items()
        }
        document = {"made_by": MADE_BY, "manifest": 1, "exports": listed}
        temporary = beside / MANIFEST
        temporary.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        put_in_place(temporary, folder / MANIFEST)

    def by_path(self) -> dict[str, list[tuple[str, OwnFile]]]:
        """Return (format, file) for every state in which a path was or is to be written.

        The keys are `same_name` of the paths: those that some file system holds to be one are one.
        """
        found: dict[str, list[tuple[str, OwnFile]]] = {}
        for name, files in self.exports.items():
            for file in files:
                found.setdefault(same_name(file.path), []).append((name, file))
        return found


def _exports(document: Any) -> dict[str, list[OwnFile]]:
    if not isinstance(document, dict) or document.get("made_by") != MADE_BY:
        raise ValueError(f"it does not say that {MADE_BY} made it")
    try:
        return {
            str(name): [_own_file(entry) for entry in export["files"]]
            for name, export in document["exports"].items()
        }
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("its list of files is damaged") from error


def _own_file(entry: Any) -> OwnFile:
    path, size, digest = entry["path"], entry["bytes"], entry["sha256"]
    parts = PurePosixPath(path).parts
    if not parts or parts[0] == "/" or ".." in parts or "\\" in path or ":" in parts[0]:
        raise ValueError(f"it names {path!r}, which is not below the folder")
    return OwnFile(path, int(size), str(digest))
