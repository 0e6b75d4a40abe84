"""The history of an annotation: what each write did to it, a line of text each, in its own row.

It lies in the row so that the statement which changes an annotation also says so: neither happens
without the other, on one row or on thousands.
"""

from __future__ import annotations

from samstudio.services.annotations.history.actions import change_actions, column_actions, new_actions
from samstudio.services.annotations.history.lines import KEPT, appended, line
from samstudio.services.annotations.history.reading import history_of

__all__ = ["KEPT", "appended", "change_actions", "column_actions", "history_of", "line", "new_actions"]
