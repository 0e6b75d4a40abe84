from __future__ import annotations

import numpy as np

from samstudio.web.page.canvas.drafts import DraftLogits


def test_logits_come_back_by_their_token_and_only_for_their_image() -> None:
    drafts = DraftLogits()
    logits = np.full((1, 256, 256), 1.5, dtype=np.float32)
    token = drafts.keep("a", logits)
    found = drafts.find("a", token)
    assert found is not None
    assert found.dtype == np.float32
    assert np.array_equal(found, logits)
    assert drafts.find("b", token) is None
    assert drafts.find("a", "another") is None
    assert drafts.find("a", {"not": "text"}) is None


def test_the_oldest_are_forgotten() -> None:
    drafts = DraftLogits(limit=2)
    logits = np.zeros((1, 256, 256), dtype=np.float32)
    tokens = [drafts.keep("a", logits) for _ in range(3)]
    assert [drafts.find("a", token) is None for token in tokens] == [True, False, False]
