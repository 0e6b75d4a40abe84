"""The files of an import's sources, by relative name: what every format reader looks at."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import unicodedata
import weakref
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import takewhile
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote

from samstudio.domain import InvalidInput
from samstudio.services.dataset_io.imports.reading import EntryKind, Skipped
from samstudio.services.dataset_io.imports.source.json_files import read_json
from samstudio.services.dataset_io.imports.source.stored import StoredImage
from samstudio.services.dataset_io.own_files import is_about_export
from samstudio.services.images.file_types import IMAGE_SUFFIXES

SYSTEM_FILES = frozenset({"__macosx", "thumbs.db", "desktop.ini"})
"""Names, casefolded, that operating systems leave in folders; hidden files are left out as well."""

KEPT_DOCUMENTS = 4
"""How many parsed JSON files a tree keeps, so that recognising a format and reading it parse once."""


class FileTree:
    """The files of one or several sources.

    ``files``: path on disk by name, in natural order. A name is the path relative
    to the source with ``/`` between its parts; with several sources, it starts with the
    source's own name. Hidden and system files are left out. ``problems``: what
    is there and is no file that can be read, such as a folder without permission. ``look_up``: lists
    the images of the dataset that it is imported into.
    """

    def __init__(self, files: Mapping[str, Path], problems: Sequence[Skipped] = (), title: str = "") -> None:
        self.files: dict[str, Path] = {name: files[name] for name in sorted(files, key=natural_key)}
        self.problems = list(problems)
        self.title = title
        self.look_up: Callable[[], Sequence[StoredImage]] = tuple
        self._documents: OrderedDict[str, Any] = OrderedDict()
        self._lookup: dict[str, list[str]] | None = None
        self._scratch: Path | None = None

    @classmethod
    def of(cls, *sources: Path, without: Path | None = None) -> FileTree:
        """Return the files of these sources, each a folder or a file, at any depth.

        Args:
            *sources: Folders and files.
            without: A folder to leave out where it lies in one of them: the product's own storage.

        Raises:
            InvalidInput: A source does not exist, or there is none.
        """
        if not sources:
            raise InvalidInput("name a folder or a file to import")
        files: dict[str, Path] = {}
        problems: list[Skipped] = []
        for source, prefix in zip(sources, _prefixes(sources), strict=True):
            if not os.path.lexists(source) or not source.exists():
                raise InvalidInput(f"{source} does not exist")
            if source.is_dir():
                _walk(source, prefix, files, problems, without)
            else:
                files[_unused(source.name, files)] = source
        return cls(files, problems, title=", ".join(str(source) for source in sources))

    @cached_property
    def stored(self) -> Sequence[StoredImage]:
        """The images of the dataset, which masks and annotations that come alone may mean."""
        return self.look_up()

    def __iter__(self) -> Iterator[str]:
        return iter(self.files)

    def __len__(self) -> int:
        return len(self.files)

    def __contains__(self, name: object) -> bool:
        return name in self.files

    def path(self, name: str) -> Path:
        """Return where the file of that name is on the disk."""
        return self.files[name]

    def images(self) -> list[str]:
        """List the names of the files that are named like images."""
        return self.with_suffix(*IMAGE_SUFFIXES)

    def with_suffix(self, *suffixes: str) -> list[str]:
        """List the names that end with one of these suffixes (``.json``), in upper or lower case."""
        wanted = tuple(suffix.casefold() for suffix in suffixes)
        return [name for name in self.files if name.casefold().endswith(wanted)]

    def name_of(self, path: Path) -> str | None:
        """Return the name of a file on the disk; None where it is not in the tree."""
        found = path.resolve()
        return next((name for name, one in self.files.items() if one.resolve() == found), None)

    def known_as(self, files: Mapping[str, Path]) -> dict[str, str]:
        """Return the names that files have in this tree, by those given; empty for files not in it."""
        here = {path.resolve(): name for name, path in self.files.items()}
        return {name: here.get(path.resolve(), "") for name, path in files.items()}

    def scratch(self) -> Path:
        """Return a folder for what a reader takes out of files; it is removed with the tree."""
        if self._scratch is None:
            self._scratch = Path(tempfile.mkdtemp(prefix="samstudio-import-"))
            weakref.finalize(self, shutil.rmtree, self._scratch, ignore_errors=True)
        return self._scratch

    def json(self, name: str) -> Any:
        """Parse a JSON file, whatever its Unicode encoding; the last few are kept.

        Raises:
            InvalidInput: It cannot be read, or is not JSON.
        """
        if name not in self._documents:
            self._documents[name] = read_json(self.files[name], name=name)
            while len(self._documents) > KEPT_DOCUMENTS:
                self._documents.popitem(last=False)
        self._documents.move_to_end(name)
        return self._documents[name]

    def head(self, name: str, size: int = 65536) -> bytes:
        """Return the first bytes of a file; empty where it cannot be read."""
        try:
            with self.files[name].open("rb") as file:
                return file.read(size)
        except OSError:
            return b""

    def find(self, written: str, *, near: str = "") -> list[str]:
        """List the images that an annotation file may mean by ``written``: one where it is clear.

        The names' last parts must be equal: as written, or else without regard to case, URL escapes
        and Unicode's forms. Of several, those whose folders agree with most of the written
        path are meant, and of these the nearest to the annotation file.

        Args:
            written: A path or name as an annotation file has it, in either system's spelling.
            near: The name of the annotation file: what lies nearest to it goes first.
        """
        lookup = self._by_last_part()
        parts = parts_of(written)
        if not parts:
            return []
        for folded in (False, True):
            candidates = lookup.get(_folded(parts[-1]), [])
            exact = [name for name in candidates if folded or name.rsplit("/", 1)[-1] == parts[-1]]
            if exact:
                return _nearest(exact, parts, near)
        return []

    def _by_last_part(self) -> dict[str, list[str]]:
        if self._lookup is None:
            self._lookup = {}
            for name in self.images():
                self._lookup.setdefault(_folded(name.rsplit("/", 1)[-1]), []).append(name)
        return self._lookup


def natural_key(name: str) -> list[list[tuple[int, int, str]]]:
    """Return a sort key that has ``b2`` before ``b10``, folder by folder."""
    return [_natural_part(part) for part in name.split("/")]


def _natural_part(part: str) -> list[tuple[int, int, str]]:
    pieces = re.split(r"([0-9]+)", part.casefold())
    return [(0, int(piece), piece) if piece.isdecimal() else (1, 0, piece) for piece in pieces if piece]


def _nearest(names: list[str], parts: list[str], near: str) -> list[str]:
    """Keep those whose path agrees with most of the written one, and then those nearest to the file."""
    agreed = {name: agreement(name, parts) for name in names}
    best = [name for name in names if agreed[name] == max(agreed.values())]
    if len(best) == 1:
        return best
    beside = "/".join([*PurePosixPath(near).parent.parts, *parts])
    if beside in best:  # the path as it is written, from the annotation file's folder
        return [beside]
    shared = {name: shared_folders(name, near) for name in best}
    return [name for name in best if shared[name] == max(shared.values())]


def shared_folders(one: str, other: str) -> int:
    """Count the folders that two names have in common, from the root."""
    pairs = zip(PurePosixPath(one).parent.parts, PurePosixPath(other).parent.parts, strict=False)
    return len(list(takewhile(lambda pair: pair[0] == pair[1], pairs)))


def agreement(name: str, parts: list[str]) -> int:
    """Count how many parts of two paths agree, from the end, however systems and tools spell them."""
    count = 0
    for mine, written in zip(reversed(parts_of(name)), reversed(parts), strict=False):
        if _folded(mine) != _folded(written):
            break
        count += 1
    return count


def parts_of(written: str) -> list[str]:
    """Return the parts of a path in either system's spelling."""
    return [part for part in re.split(r"[\\/]+", written) if part not in ("", ".", "..")]


def _folded(part: str) -> str:
    """Return one form of a name that systems and tools spell in several: Unicode, case, URL escapes."""
    return unicodedata.normalize("NFC", unquote(part, errors="surrogateescape")).casefold()


def _prefixes(sources: Sequence[Path]) -> list[str]:
    """Return what each source's names start with: nothing where there is only one folder."""
    if len(sources) == 1:
        return [""]
    taken: set[str] = set()
    prefixes = []
    for source in sources:
        prefix = _unused(source.resolve().name or "source", taken)
        taken.add(prefix)
        prefixes.append(f"{prefix}/")
    return prefixes


def _unused(name: str, taken: Iterable[str]) -> str:
    found, number = name, 1
    while found in taken:
        number += 1
        found = f"{number}-{name}"
    return found


def _walk(
    root: Path, prefix: str, files: dict[str, Path], problems: list[Skipped], without: Path | None
) -> None:
    """Add the files of a folder and of those below it; a link to a folder seen already is not followed."""
    seen: set[tuple[int, int]] = set() if without is None else {_identity(without)}

    def report(error: OSError) -> None:
        where = Path(error.filename or root)
        name = prefix + _relative(where, root)
        why = f"the folder cannot be read: {error.strerror or error}"
        problems.append(Skipped(name, why, code="unreadable_folder", kind=EntryKind.FILE))

    for folder, below, names in os.walk(root, onerror=report, followlinks=True):
        if _identity(Path(folder)) in seen:
            below.clear()
            continue
        seen.add(_identity(Path(folder)))
        below[:] = [name for name in below if not is_system(name)]
        for name in names:
            path = Path(folder, name)
            if is_system(name):
                continue
            if path.is_file():
                files[prefix + _relative(path, root)] = path
            else:
                why = "is no file: a broken link or a special file"
                problems.append(
                    Skipped(prefix + _relative(path, root), why, code="special_file", kind=EntryKind.FILE)
                )


def _identity(folder: Path) -> tuple[int, int]:
    """Return what two paths of one folder have in common; zeros where there is none."""
    try:
        status = folder.stat()
    except OSError:
        return (0, 0)
    return (status.st_dev, status.st_ino)


def _relative(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name


def is_system(name: str) -> bool:
    """Tell whether a name is hidden, or of what operating systems and our own exports leave behind."""
    return name.startswith(".") or name.casefold() in SYSTEM_FILES or is_about_export(name)
