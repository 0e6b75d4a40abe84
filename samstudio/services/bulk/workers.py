"""How those actions are done that change no rows: encoding, and deleting for good."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from samstudio.domain import NotFound, StudioError
from samstudio.services.bulk.action import Work
from samstudio.services.bulk.actions.encoding import ENCODE
from samstudio.services.bulk.actions.trash import ERASE
from samstudio.services.bulk.steps import GONE, NOT_IN_TRASH

ENCODED = "it was encoded already"
UNREADABLE = "its file is gone or damaged"


class Predictions(Protocol):
    """The part of the prediction service that is needed here."""

    def prepare(self, image_id: str) -> object:
        """Encode an image, unless it is encoded already."""

    def prepared(self, image_id: str) -> bool:
        """Tell whether it is encoded."""


def workers(*, predictions: Callable[[], Predictions], remove: Callable[[str], bool]) -> Mapping[str, Work]:
    """Return the workers by the names of their actions.

    Args:
        predictions: Returns the prediction service; this loads the model.
        remove: Deletes an image of the trash for good; returns whether it was there.
    """

    def encode(image_id: str) -> str:
        known = predictions()  # what it raises is true of every image
        if known.prepared(image_id):
            return ENCODED
        try:
            known.prepare(image_id)
        except NotFound:
            return GONE
        except StudioError:
            return UNREADABLE
        return ""

    def erase(image_id: str) -> str:
        return "" if remove(image_id) else NOT_IN_TRASH

    return {ENCODE.name: encode, ERASE.name: erase}
