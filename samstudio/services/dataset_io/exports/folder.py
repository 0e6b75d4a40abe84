"""An export's folder: files are written beside, compared with what is there, and then put in place.

A file that this product did not write, or that somebody changed since, is never
touched: what would overwrite one is refused before anything is written. The
manifest says which files are the product's own.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

from filelock import FileLock, Timeout

from samstudio.domain import Conflict, InvalidInput
from samstudio.services.dataset_io.exports.manifest import Manifest, OwnFile
from samstudio.services.dataset_io.exports.names import same_name
from samstudio.services.dataset_io.exports.notes import Notes, listed
from samstudio.text import plural

STAGING = ".samstudio-export.part"
"""The folder, in that of the export, where files are written before they are put in place."""

FOREIGN = "not written by an export from here"
CHANGED = "changed since it was exported"
LINK = "a link, or below one"
NO_FOLDER = "below what is no folder"
FOLDER = "a folder or a special file"
OTHER = "part of another format's export into this folder, and different"
STALE = "of an earlier export {was} changed since and {was} kept, though this export has no such file"
SHARED = "{was} replaced that the export as %s into this folder also uses: export that again"


class ExportFolder:
    """A context in which one format's export is written to ``staging`` and then installed."""

    def __init__(self, out: Path, format: str) -> None:
        """Write the export of ``format`` into the folder ``out``, made when it does not exist."""
        self._out = out
        self._format = format
        self._made = False
        self._lock = FileLock(out / STAGING / "lock")
        self.staging = out / STAGING / "files"

    def __enter__(self) -> ExportFolder:
        if (self._out / STAGING).is_symlink():
            raise InvalidInput(f"{self._out / STAGING} is a link: remove it, exports write there first")
        self._made = not self._out.exists()
        (self._out / STAGING).mkdir(parents=True, exist_ok=True)
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            raise Conflict(
                f"another export into {self._out} is being written: wait until it is done"
            ) from None
        shutil.rmtree(self.staging, ignore_errors=True)  # what a killed export left
        self.staging.mkdir()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        shutil.rmtree(self.staging, ignore_errors=True)
        self._lock.release()
        shutil.rmtree(self._out / STAGING, ignore_errors=True)
        if self._made and kind is not None:
            _remove_if_empty(self._out)

    def install(self, notes: Notes) -> None:
        """Put the staged files in place and remove this format's own that are not of them.

        Own files that somebody changed since are kept and named in the notes.

        Raises:
            InvalidInput: A file that is not this format's own is in the way; nothing was written then.
        """
        manifest = Manifest.read(self._out)
        plan = self._plan(manifest)
        plan.check(self._out)
        before = manifest.exports.get(self._format, [])
        # Written first: an interrupted export leaves no file that the next one does not know.
        manifest.exports[self._format] = [*before, *plan.own]
        manifest.write(self._out, self._out / STAGING)
        for file in plan.write:
            target = self._out / file.path
            target.parent.mkdir(parents=True, exist_ok=True)
            (self.staging / file.path).replace(target)
        kept = self._remove_stale(before, plan, manifest, notes)
        manifest.exports[self._format] = [*plan.own, *kept]
        manifest.write(self._out, self._out / STAGING)
        for path, name in plan.shared:
            notes.add(SHARED % name, path, noun="file")

    def _plan(self, manifest: Manifest) -> _Plan:
        owned = manifest.by_path()
        plan = _Plan()
        for path in sorted(self.staging.rglob("*")):
            if path.is_file():
                file = OwnFile.of(self.staging, path.relative_to(self.staging).as_posix())
                self._look_at(file, owned.get(same_name(file.path), []), plan)
        return plan

    def _look_at(self, file: OwnFile, known: list[tuple[str, OwnFile]], plan: _Plan) -> None:
        """Decide whether one staged file is to be written, is there already, or cannot be."""
        target = self._out / file.path
        obstacle = _obstacle(self._out, file.path)
        if obstacle:
            plan.refuse(obstacle, file.path)
        elif not target.exists():
            plan.add(file)
        elif file.is_at(target):
            plan.add(file, write=False, own=bool(known))
        else:
            formats = {name for name, was in known if was.is_at(target)}
            if self._format in {name for name, _ in known} and formats:
                plan.add(file)
                plan.shared += [(file.path, name) for name in sorted(formats - {self._format})]
            else:
                plan.refuse(OTHER if formats else CHANGED if known else FOREIGN, file.path)

    def _remove_stale(
        self, before: list[OwnFile], plan: _Plan, manifest: Manifest, notes: Notes
    ) -> list[OwnFile]:
        """Remove this format's files of earlier that are not in the plan; return those that are kept."""
        present = {file.path for file in plan.own}
        elsewhere = {
            f.path for name, files in manifest.exports.items() if name != self._format for f in files
        }
        written = {same_name(path): path for path in present}
        states: dict[str, list[OwnFile]] = {}
        for file in before:
            if file.path not in present | elsewhere:
                states.setdefault(file.path, []).append(file)
        kept = []
        for path, files in states.items():
            twin = written.get(same_name(path))
            if not self._is_there(path) or (twin is not None and self._is_one_file(path, twin)):
                continue
            if any(file.is_at(self._out / path) for file in files):
                (self._out / path).unlink()
                _remove_empty_above(self._out / path, self._out)
            else:
                kept += files
                notes.add(STALE, path, noun="file")
        return kept

    def _is_there(self, path: str) -> bool:
        return not _obstacle(self._out, path) and (self._out / path).is_file()

    def _is_one_file(self, path: str, twin: str) -> bool:
        """Tell whether the file system, case-insensitive perhaps, holds two paths to be one file."""
        return (self._out / twin).exists() and (self._out / twin).samefile(self._out / path)


@dataclass
class _Plan:
    """What an export will do: its own files, those of them to be written, and what is in the way."""

    own: list[OwnFile] = field(default_factory=list)
    write: list[OwnFile] = field(default_factory=list)
    refused: dict[str, list[str]] = field(default_factory=dict)
    shared: list[tuple[str, str]] = field(default_factory=list)

    def add(self, file: OwnFile, *, write: bool = True, own: bool = True) -> None:
        if write:
            self.write.append(file)
        if own:
            self.own.append(file)

    def refuse(self, why: str, path: str) -> None:
        self.refused.setdefault(why, []).append(path)

    def check(self, out: Path) -> None:
        """Check that nothing is in the way.

        Raises:
            InvalidInput: A file is, which the export must not overwrite.
        """
        if not self.refused:
            return
        reasons = "; ".join(f"{why}: {listed(paths, len(paths))}" for why, paths in self.refused.items())
        files = plural(sum(len(paths) for paths in self.refused.values()), "file")
        raise InvalidInput(
            f"nothing was written to {out}, where {files} would be overwritten ({reasons}). "
            "Export into another folder, or move what is there away"
        )


def _obstacle(out: Path, path: str) -> str:
    """Return why a file cannot be written or removed at a path below ``out``; empty where it can."""
    steps = [out.joinpath(*Path(path).parts[: depth + 1]) for depth in range(len(Path(path).parts))]
    if any(step.is_symlink() for step in steps):
        return LINK
    if any(os.path.lexists(step) and not step.is_dir() for step in steps[:-1]):
        return NO_FOLDER
    return FOLDER if os.path.lexists(steps[-1]) and not steps[-1].is_file() else ""


def _remove_empty_above(target: Path, out: Path) -> None:
    for parent in target.parents:
        if parent == out or not _remove_if_empty(parent):
            return


def _remove_if_empty(folder: Path) -> bool:
    try:
        folder.rmdir()
    except OSError:
        return False
    return True
