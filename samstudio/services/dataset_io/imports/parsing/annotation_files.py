"""The annotation files of one format in a source, found by what they hold."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from samstudio.domain import InvalidInput
from samstudio.services.dataset_io.imports.reading import EntryKind, Skipped
from samstudio.services.dataset_io.imports.source.file_tree import FileTree
from samstudio.services.dataset_io.imports.source.json_files import read_json


@dataclass(frozen=True)
class JsonKind:
    """JSON files of one format.

    ``noun``: what sentences call one. ``sign``: what its beginning has, so that other files
    are not parsed. ``is_one``: tells by the parsed document.
    """

    noun: str
    is_one: Callable[[Any], bool]
    sign: re.Pattern[bytes]

    def names(self, tree: FileTree, problems: list[Skipped] | None = None) -> Iterator[str]:
        """Yield the names of those among a tree's files.

        ``problems`` gets those that begin like one and cannot be parsed.
        """
        for name in tree.with_suffix(".json"):
            head = tree.head(name).replace(b"\0", b"")  # UTF-16 has zeros between
            try:
                if self.sign.search(head) and self.is_one(tree.json(name)):
                    yield name
            except InvalidInput as error:
                if problems is not None:
                    problems.append(Skipped(name, str(error), kind=EntryKind.FILE))

    def documents(
        self, tree: FileTree, source: Path | None, problems: list[Skipped]
    ) -> Iterator[tuple[str, Any]]:
        """Yield name and parsed document of each file.

        Args:
            tree: The files of the import.
            source: The file or folder that a person named; None: the tree is searched.
            problems: Gets files that begin like one and cannot be parsed.

        Raises:
            InvalidInput: The source is a file that cannot be read, or of another format.
        """
        if source is not None and not source.is_dir():
            document = read_json(source, name=str(source))
            if not self.is_one(document):
                raise InvalidInput(f"{source} is not {self.noun}")
            yield tree.name_of(source) or source.name, document
            return
        searched = tree if source is None else FileTree.of(source)
        for name in self.names(searched, problems):
            known = name if searched is tree else tree.name_of(searched.path(name))
            yield known or name, searched.json(name)
