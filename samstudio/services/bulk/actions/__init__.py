"""The actions, in the order in which people are offered them."""

from __future__ import annotations

from samstudio.registry import Registry
from samstudio.services.bulk.action import BulkAction
from samstudio.services.bulk.actions.annotations import ACCEPT, REJECT, SET_CATEGORY
from samstudio.services.bulk.actions.columns import FLAG, NOTE, SET_GROUP, SET_SPLIT, SET_STATE, UNFLAG
from samstudio.services.bulk.actions.encoding import ENCODE
from samstudio.services.bulk.actions.tags import TAG, UNTAG
from samstudio.services.bulk.actions.trash import DISCARD, ERASE, RESTORE

BULK_ACTIONS: Registry[BulkAction] = Registry(
    "action",
    [
        ACCEPT, REJECT, SET_CATEGORY, SET_STATE, FLAG, UNFLAG, NOTE, TAG, UNTAG, SET_GROUP, SET_SPLIT,
        ENCODE, DISCARD, RESTORE, ERASE,
    ],
)  # fmt: skip
