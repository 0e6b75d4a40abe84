"""XML files, read without what XML can do beyond holding data: entities and other files are refused."""

from __future__ import annotations

from pathlib import Path
from xml.etree.ElementTree import Element, ParseError

import defusedxml.ElementTree as SafeTree
from defusedxml import DefusedXmlException

from samstudio.domain import InvalidInput


def read_xml(path: Path, *, name: str = "") -> Element:
    """Parse an XML file and return its root.

    Args:
        path: Where it is.
        name: What the sentences call it; empty: its path.

    Raises:
        InvalidInput: It cannot be read, is not XML, or declares entities; the sentence names it.
    """
    name = name or str(path)
    try:
        return parse_xml(path.read_bytes(), name=name)
    except OSError as error:
        raise InvalidInput(f"{name} cannot be read: {error.strerror or error}") from error


def parse_xml(data: bytes, *, name: str) -> Element:
    """Parse XML and return its root.

    Raises:
        InvalidInput: It is not XML, or declares entities; the sentence calls it ``name``.
    """
    try:
        root: Element = SafeTree.fromstring(data)
    except DefusedXmlException as error:
        raise InvalidInput(
            f"{name} declares XML entities or reads other files, which can fill the memory: it is not read"
        ) from error
    except (ParseError, ValueError, LookupError) as error:
        raise InvalidInput(f"{name} is not XML: {error}") from error
    return root


def text_of(element: Element | None, tag: str = "") -> str:
    """Return the text of an element, or of its first child called ``tag``; empty where there is none."""
    found = element.find(tag) if element is not None and tag else element
    return (found.text or "").strip() if found is not None else ""
