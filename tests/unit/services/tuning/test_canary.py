from __future__ import annotations

from samstudio.masks import decode_rle
from samstudio.services.images.decoding import pixels_id
from samstudio.services.images.sample_images import sample_picture
from samstudio.services.tuning.canary import canary_set


def test_every_object_lies_in_a_picture_that_is_there_and_is_worth_judging() -> None:
    canary = canary_set()
    assert len(canary.examples) == 12
    assert len(canary.pixels) == 5
    for image_id, pixels in canary.pixels.items():
        assert pixels_id(pixels) == image_id
    for example in canary.examples:
        mask = decode_rle(example.rle)
        assert mask.shape == canary.pixels[example.image_id].shape[:2]
        assert 100 < mask.sum() < 0.8 * mask.size
        assert example.annotation_id is None


def test_a_picture_that_is_not_installed_is_none() -> None:
    assert sample_picture("coffee.png") is not None
    assert sample_picture("no-such-picture.png") is None
