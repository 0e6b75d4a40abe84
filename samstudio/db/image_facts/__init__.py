"""What lists of images are filtered and ordered by: one short row an image, kept equal to what is stored.

Whatever changes an image, its tags or its annotations calls `refresh` in the same transaction; nothing
else writes `ImageFactsRow`. A row says nothing that cannot be computed again.
"""

from __future__ import annotations

from samstudio.db.image_facts.refreshing import complete, rebuild, refresh
from samstudio.db.image_facts.words import in_set, name_key, search_text

__all__ = ["complete", "in_set", "name_key", "rebuild", "refresh", "search_text"]
