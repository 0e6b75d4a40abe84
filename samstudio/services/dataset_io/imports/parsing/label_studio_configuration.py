"""Label Studio's labelling configurations, of which an import takes the order of the labels."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element

from samstudio.domain import InvalidInput
from samstudio.services.dataset_io.imports.source.file_tree import FileTree
from samstudio.services.dataset_io.imports.source.xml_files import read_xml

_ROOT = re.compile(rb"<View[\s>]")


def listed_labels(tree: FileTree) -> tuple[list[str], list[str]]:
    """Return the names of the configurations among a tree's files, and the labels of regions in them."""
    used: list[str] = []
    labels: list[str] = []
    for name in tree.with_suffix(".xml"):
        if not _ROOT.search(tree.head(name).replace(b"\0", b"")):
            continue
        try:
            root = read_xml(tree.path(name), name=name)
        except InvalidInput:
            continue  # it ends as a file that was not read
        if root.tag == "View":
            used.append(name)
            labels += [value for one in _regions(root) if (value := one.get("value", "").strip())]
    return used, labels


def _regions(root: Element) -> list[Element]:
    """Return the labels of the tags that draw or label regions: ``BrushLabels``, ``Labels`` and the like."""
    return [label for tag in root.iter() if tag.tag.endswith("Labels") for label in tag.iter("Label")]
