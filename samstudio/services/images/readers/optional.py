"""Libraries that only some kinds of pictures need, and that are not installed with the app."""

from __future__ import annotations

import importlib
from typing import Any

from samstudio.domain import InvalidInput


def library(module: str, *, filename: str, kind: str) -> Any:
    """Import a library of the extra ``medical``.

    Args:
        module: Its name, as imported.
        filename: The file that needs it.
        kind: What the file is, with its article.

    Raises:
        InvalidInput: It is not installed; the sentence says what to install.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise InvalidInput(
            f"{filename} is {kind}, which needs the library {module.partition('.')[0]}: "
            "pip install 'samstudio[medical]'"
        ) from error
