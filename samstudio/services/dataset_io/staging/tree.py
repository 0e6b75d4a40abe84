"""The files of a session as a tree for the format readers: uploads, and what their archives hold."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from samstudio.domain import InvalidInput
from samstudio.files import write_text
from samstudio.services.dataset_io.imports.outcomes import readable
from samstudio.services.dataset_io.imports.reading import EntryKind, Skipped
from samstudio.services.dataset_io.imports.source.archives import is_archive, unpack
from samstudio.services.dataset_io.imports.source.file_tree import FileTree
from samstudio.services.dataset_io.staging.interface import Watch

OUTER = 2
"""How many folders that hold everything are left out of the names: an archive's, and the one in it."""


def staged_tree(folder: Path, watch: Watch) -> FileTree:
    """Return the uploads below a session's folder as a tree; archives are unpacked once.

    Raises:
        InvalidInput: There is no file in it, because an archive cannot be used or everything is hidden.
        Unavailable: The disk is full.
    """
    uploads = FileTree.of(folder / "uploads")
    files: dict[str, Path] = {}
    problems = list(uploads.problems)
    for name, path in uploads.files.items():
        if not is_archive(name):
            files[name] = path
            continue
        watch(0, 0, name)
        opened = _opened(path, folder / "unpacked", name, lambda: watch.stopped)
        problems += opened.problems
        files.update(
            {f"{name}/{inner}": one for inner, one in FileTree.of(opened.folder).files.items()}
            if opened.folder.is_dir()
            else {}
        )
    if not files and problems:
        raise InvalidInput(problems[0].why)
    outer = _outer(list(files))
    named = {name.removeprefix(outer): path for name, path in files.items()}
    return FileTree(named, problems, title=outer.rstrip("/") or next(iter(named), ""))


@dataclass(frozen=True)
class _Opened:
    """An archive's folder, and the entries that were refused."""

    folder: Path
    problems: list[Skipped]


def _opened(archive: Path, into: Path, name: str, cancelled: Callable[[], bool]) -> _Opened:
    """Unpack an archive, or find what was unpacked of it before."""
    folder = into / hashlib.sha256(name.encode()).hexdigest()[:16]
    record = folder.with_suffix(".json")
    status = archive.stat()
    stamp = [status.st_size, status.st_mtime_ns]
    if record.is_file():
        known = json.loads(record.read_text(encoding="utf-8"))
        if known["stamp"] == stamp:
            return _Opened(folder, [_problem(one) for one in known["problems"]])
    record.unlink(missing_ok=True)
    shutil.rmtree(folder, ignore_errors=True)
    try:
        problems = unpack(archive, folder, name=name, cancelled=cancelled)
    except InvalidInput as error:  # this archive is of no use; the other files are
        shutil.rmtree(folder, ignore_errors=True)
        problems = [Skipped(readable(name), str(error), code="archive", kind=EntryKind.FILE)]
    if not cancelled():
        written = [dataclasses.asdict(one) for one in problems]
        write_text(record, json.dumps({"stamp": stamp, "problems": written}))
    return _Opened(folder, problems)


def _problem(written: dict[str, str]) -> Skipped:
    return Skipped(written["name"], written["why"], written["code"], EntryKind(written["kind"]))


def _outer(names: list[str]) -> str:
    """Return the folder that holds all files, at most `OUTER` deep, as ``name/``; empty for none."""
    outer = ""
    for _ in range(OUTER):
        firsts = {name.removeprefix(outer).split("/")[0] for name in names}
        if len(firsts) != 1 or any(name.removeprefix(outer) in firsts for name in names):
            break
        outer += f"{firsts.pop()}/"
    return outer
