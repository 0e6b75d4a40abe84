from samstudio.text import plural


def test_one_and_many():
    assert plural(1, "mask") == "1 mask"
    assert plural(0, "mask") == "0 masks"
    assert plural(1200, "mask") == "1,200 masks"
