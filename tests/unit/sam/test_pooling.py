from __future__ import annotations

import numpy as np
import pytest

from samstudio.domain import Embedding
from samstudio.sam.encoder import FEATURES_SHAPE
from samstudio.sam.pooling import CONTENT, LENGTH, mirrored, pooled


def embedding(seed: int = 0, input_size: tuple[int, int] = (1024, 1024)) -> Embedding:
    features = np.random.default_rng(seed).normal(size=FEATURES_SHAPE).astype(np.float16)
    return Embedding(features, original_size=input_size, input_size=input_size)


@pytest.mark.parametrize("size", [(1024, 1024), (1024, 683), (40, 1024), (1024, 1), (16, 16)])
def test_padding_does_not_count(size: tuple[int, int]) -> None:
    one = embedding(input_size=size)
    height, width = (-(-side // 16) for side in size)
    changed = one.features.copy()
    changed[:, height:] = changed[:, :, width:] = 7
    other = Embedding(changed, original_size=size, input_size=size)
    vector = pooled(one)
    assert (vector.shape, vector.dtype) == ((LENGTH,), np.float32)
    assert np.isfinite(vector).all()
    np.testing.assert_array_equal(vector, pooled(other))


def test_of_a_mirrored_picture_the_cells_are_mirrored_and_the_rest_is_the_same() -> None:
    one = embedding()
    flipped = Embedding(one.features[:, :, ::-1], original_size=(1024, 1024), input_size=(1024, 1024))
    vectors = np.stack([pooled(one), pooled(flipped)])
    np.testing.assert_allclose(vectors[0, :CONTENT], vectors[1, :CONTENT], atol=1e-5)
    np.testing.assert_allclose(mirrored(vectors)[0], vectors[1, CONTENT:], atol=1e-5)
    assert not np.allclose(vectors[0, CONTENT:], vectors[1, CONTENT:], atol=1e-2)


def test_vectors_are_the_same_in_every_release() -> None:
    """They are kept: a projection drawn anew would make old ones worthless."""
    vector = pooled(Embedding(np.ones(FEATURES_SHAPE, np.float16), (1024, 1024), (1024, 1024)))
    np.testing.assert_allclose(vector[CONTENT : CONTENT + 2], (-1.9986486, 2.8844142), rtol=1e-4)
