"""The page's messages in other languages: catalogues from English, and the script that contains them.

``LANGUAGE/*.json`` are objects from English to that language, as gettext
has them: see docs/app.md for their placeholders. The page's script
(static/i18n/i18n.js) puts them in place of the English.
"""

from __future__ import annotations

import functools
import hashlib
import json
from pathlib import Path

FOLDER = Path(__file__).parent
LANGUAGES = tuple(
    sorted(folder.name for folder in FOLDER.iterdir() if folder.is_dir() and len(folder.name) == 2)
)


def catalogue(language: str, folder: Path = FOLDER) -> dict[str, str]:
    """Return all messages of a language, by their English.

    Raises:
        ValueError: two files differ about a message.
    """
    messages: dict[str, str] = {}
    for path in sorted((folder / language).glob("*.json")):
        for english, other in json.loads(path.read_text(encoding="utf-8")).items():
            if messages.setdefault(english, other) != other:
                raise ValueError(f"{path.name} says another thing than its neighbours for {english!r}")
    return messages


@functools.cache
def script(language: str) -> tuple[str, bytes]:
    """Return the hash of a language's catalogue, and the catalogue as a JavaScript module in UTF-8."""
    body = f"export default {json.dumps(catalogue(language), ensure_ascii=False)};\n".encode()
    return hashlib.sha256(body).hexdigest()[:16], body


def address(language: str) -> str:
    """Return the address of a language's module, relative to the page."""
    return f"studio/i18n/{language}.js?v={script(language)[0]}"
