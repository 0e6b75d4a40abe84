"""The action that encodes images ahead, so that the first prompt on each is quick."""

from __future__ import annotations

from samstudio.services.bulk.action import BulkAction

ENCODE = BulkAction(
    "encode", "Encode now", "encode them ahead, so that the first click on each is quick", None
)
