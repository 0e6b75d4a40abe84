from samstudio.records import Drawn
from samstudio.text import drawn_words, plural


def test_one_and_many():
    assert plural(1, "mask") == "1 mask"
    assert plural(0, "mask") == "0 masks"
    assert plural(1200, "mask") == "1,200 masks"


def test_what_was_drawn_in_words():
    drawn = Drawn(objects=2_000, of_objects=50_000, images=500, of_images=5_000)
    assert drawn_words(drawn) == "2,000 of 50,000 objects, drawn evenly over 500 of 5,000 images"
    assert drawn_words(None) == drawn_words(Drawn(objects=3)) == ""
