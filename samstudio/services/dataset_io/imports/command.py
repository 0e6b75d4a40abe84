"""An import as scripts ask for it: sources of any format, or a folder of images and one of the objects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from samstudio.domain import InvalidInput
from samstudio.services.dataset_io.imports.formats import IMPORT_FORMATS
from samstudio.services.dataset_io.imports.formats.images import IMAGES
from samstudio.services.dataset_io.imports.options import AUTO, ImportOptions
from samstudio.services.dataset_io.imports.reading import Skipped
from samstudio.services.dataset_io.imports.source.archives import is_archive, unpack
from samstudio.services.dataset_io.imports.source.file_tree import FileTree
from samstudio.services.dataset_io.imports.source.folders import checked_folder
from samstudio.services.images.file_types import READABLE


@dataclass(frozen=True)
class ImportCommand:
    """The files of an import and the options that follow from how they were named."""

    tree: FileTree
    options: ImportOptions


@contextmanager
def import_command(
    sources: Sequence[Path],
    images: Path | None,
    format_name: str,
    objects: Mapping[str, Path | None],
    *,
    storage: Path | None = None,
) -> Iterator[ImportCommand]:
    """Provide the import that arguments ask for; archives among the sources are unpacked meanwhile.

    Args:
        sources: Folders and files, whose format is recognised or named.
        images: A folder of images, instead of ``sources``.
        format_name: A format's name, or `AUTO`.
        objects: With ``images``, the file or folder of the objects by the format's name.
        storage: The product's own folder, which is left out where it lies in a source.

    Raises:
        InvalidInput: There are no sources, or two kinds of them, or one does not exist.
    """
    if images is None:
        if any(objects.values()):
            raise InvalidInput("name the folder of images with --images, or give everything as SOURCE")
        with opened_sources(sources, storage=storage) as tree:
            yield ImportCommand(tree, ImportOptions(format_name))
        return
    if sources:
        raise InvalidInput(f"give either SOURCE ({sources[0]}) or --images ({images})")
    name, source = named_objects(objects)
    if source is None and format_name != AUTO:
        name = format_name
    if format_name not in (AUTO, name):
        raise InvalidInput(f"--format {format_name} and --{name} name two formats: leave one out")
    yield ImportCommand(image_tree(images, without=storage), ImportOptions(name, source=source))


@contextmanager
def opened_sources(sources: Sequence[Path], *, storage: Path | None = None) -> Iterator[FileTree]:
    """Provide the files of folders, files and archives; the last are unpacked meanwhile.

    Args:
        sources: What to import.
        storage: The product's own folder, which is left out where it lies in a source.

    Raises:
        InvalidInput: One of them does not exist or cannot be read, or there is none.
    """
    with unpacked(sources, near=storage) as (folders, refused):
        tree = FileTree.of(*folders, without=storage)
        tree.title = ", ".join(map(str, sources))
        tree.problems += refused
        yield tree


@contextmanager
def unpacked(
    sources: Sequence[Path], *, near: Path | None = None
) -> Iterator[tuple[list[Path], list[Skipped]]]:
    """Provide the sources with a folder in place of each archive, and the entries that were refused.

    Args:
        sources: Folders, files and archives.
        near: A folder on the disk that has room for what they hold; None: the system's for temporary files.

    Raises:
        InvalidInput: An archive cannot be read.
    """
    if near is not None:
        near.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="import-", dir=near) as temporary:
        folders, refused = [], []
        for number, source in enumerate(sources):
            if source.is_file() and is_archive(source.name):
                folder = Path(temporary, str(number), source.name.split(".")[0] or "archive")
                refused += unpack(source, folder, name=source.name)
                folders.append(folder)
            else:
                folders.append(source)
        yield folders, refused


def image_tree(folder: Path, *, without: Path | None = None) -> FileTree:
    """Return the files of a folder of images, but for those of one folder in it.

    Raises:
        InvalidInput: It is missing, is no folder, or holds no image.
    """
    tree = FileTree.of(checked_folder(folder, what="images"), without=without)
    if not tree.images():
        raise InvalidInput(f"{folder} holds no image: {READABLE} files can be read")
    return tree


def named_objects(objects: Mapping[str, Path | None]) -> tuple[str, Path | None]:
    """Return the format's name and the path of the objects; of plain images where there are none.

    Raises:
        InvalidInput: There are several, or a format is unknown.
    """
    given = [(IMPORT_FORMATS.get(name), path) for name, path in objects.items() if path is not None]
    if len(given) > 1:
        both = " or ".join(f"{one.label} ({one.description})" for one, _ in given)
        raise InvalidInput(f"give the objects in one format, not both: {both}")
    return (given[0][0].name, given[0][1]) if given else (IMAGES.name, None)
