"""Preflight's checks on plain values: no database, no image."""

from __future__ import annotations

import numpy as np
import pytest

from samstudio.masks import RunLengths, encode_rle, iou
from samstudio.services.preflight import dataset_checks as dataset
from samstudio.services.preflight import object_checks as objects
from samstudio.services.preflight.findings import Seen, Severity, named
from samstudio.services.preflight.pair_checks import candidates, check_pairs, relation

SIZE = (480, 640)


def seen(number=1, *, image="a", box=(10, 10, 59, 49), area=None, size=SIZE, **changes):
    x0, y0, x1, y1 = (float(side) for side in box)
    whole = int((x1 - x0 + 1) * (y1 - y0 + 1))
    values = {"group": image, "category": 1, **changes}
    return Seen(
        id=number,
        image_id=image,
        image=f"{image}.png",
        size=size,
        box=(x0, y0, x1, y1),
        area=whole if area is None else area,
        **values,
    )


def filled(one):
    mask = np.zeros(one.size, bool)
    x0, y0, x1, y1 = (int(side) for side in one.box)
    mask[y0 : y1 + 1, x0 : x1 + 1] = True
    return mask


def related(one, other):
    return relation((one, other), *(RunLengths.parse(encode_rle(filled(each))) for each in (one, other)))


@pytest.mark.parametrize(
    ("names", "text"),
    [
        ([], ""),
        (["a"], "a"),
        (["a", "b"], "a and b"),
        (["a", "b", "c"], "a, b and c"),
        (["a", "b", "c", "d", "e"], "a, b, c and 2 more"),
    ],
)
def test_three_are_named_and_the_rest_counted(names, text):
    assert named(names) == text


@pytest.mark.parametrize(
    ("one", "tiny"),
    [
        (seen(box=(5, 5, 8, 7)), True),  # 12 pixels
        (seen(box=(5, 5, 10, 10)), False),
        (seen(box=(5, 5, 5, 200)), True),  # a line thinner than a cell, which is 2.5 pixels here
        (seen(box=(5, 5, 14, 14), size=(8000, 8000)), True),  # a third of a cell of 31 pixels
        (seen(box=(5, 5, 44, 44), size=(8000, 8000)), False),
        (seen(box=(5, 5, 44, 44), area=20, size=(480, 640)), False),
        (seen(box=(5, 5, 44, 44), area=900, size=(8000, 8000)), True),  # holey: less than a cell's area
    ],
)
def test_what_is_smaller_or_thinner_than_a_cell_is_tiny(one, tiny):
    assert objects.is_tiny(one) is tiny
    assert bool(objects.check_tiny([one])) is tiny


def test_a_finding_names_the_objects_and_their_images():
    (finding,) = objects.check_tiny([seen(n, image=f"i{n}", box=(1, 1, 2, 2)) for n in range(1, 6)])
    assert finding.severity is Severity.WARNING
    assert finding.text.startswith("5 objects are too small for SAM")
    assert finding.text.endswith("object 1 on i1.png, object 2 on i2.png, object 3 on i3.png and 2 more.")
    assert (finding.count, finding.annotation_ids) == (5, (1, 2, 3, 4, 5))
    assert finding.image_id == "i1"
    assert "1 object is" in objects.check_tiny([seen(box=(1, 1, 2, 2))])[0].text


def test_the_whole_image_and_all_borders_are_two_things():
    everything = seen(box=(0, 0, 639, 479))
    frame = seen(box=(0, 0, 639, 479), area=4_000)
    assert [f.code for f in objects.check_whole_image([everything, frame])] == ["whole_image"]
    (borders,) = objects.check_all_borders([everything, frame])
    assert borders.count == 1
    assert not objects.check_all_borders([seen(box=(0, 0, 639, 478))])
    assert not objects.check_whole_image([seen()])


def test_broken_masks_are_told_by_reason():
    found = objects.check_broken([seen(1, broken="empty_mask"), seen(2, broken="mask_size"), seen(3)])
    assert [(f.code, f.annotation_ids) for f in found] == [("empty_mask", (1,)), ("mask_size", (2,))]
    assert "left out" in found[0].text


def test_only_nothing_usable_stops():
    assert dataset.check_nothing([])[0].severity is Severity.ERROR
    assert dataset.check_nothing([seen(broken="empty_mask")])[0].severity is Severity.ERROR
    assert dataset.check_nothing([seen(broken="empty_mask"), seen()]) == []


def test_few_images_and_one_group_cannot_be_judged():
    two = [seen(1, image="a"), seen(2, image="b")]
    three = [*two, seen(3, image="c")]
    assert dataset.check_images([]) == []
    assert dataset.check_images(two)[0].text.startswith("Only 2 images with")
    assert dataset.check_images(two[:1])[0].text.startswith("Only 1 image with")
    assert dataset.check_images(three) == []
    (finding,) = dataset.check_images([one._replace(group="scene") for one in three])
    assert finding.code == "one_group"
    assert "scene" in finding.text


def test_one_category_is_fine_and_said():
    assert dataset.check_category([seen(), seen()])[0].severity is Severity.INFO
    assert dataset.check_category([seen(), seen(category=2)]) == []
    assert dataset.check_category([]) == []


def test_an_image_with_more_than_half_of_the_objects_is_told():
    many = [seen(n, image="a") for n in range(4)]
    others = [seen(8, image="b"), seen(9, image="c")]
    assert dataset.check_balance(many + others)[0].text == "a.png holds 4 of 6 objects."
    assert dataset.check_balance(many[:2] + others) == []
    assert dataset.check_balance(many) == []


def test_images_that_stock_was_sure_of_teach_little():
    found = dataset.check_already_sure(
        [seen(1, image="a", sure=True), seen(2, image="b", sure=True), seen(3, image="b")]
    )
    assert [(f.code, f.count) for f in found] == [("already_sure", 1)]
    assert "a.png" in found[0].text
    assert "b.png" not in found[0].text


@pytest.mark.parametrize(
    ("box", "category", "kind"),
    [
        ((10, 10, 59, 49), 2, "duplicate"),
        ((11, 10, 60, 49), 2, "shifted"),
        ((9, 11, 58, 50), 2, "shifted"),
        ((10, 10, 59, 48), 2, "near_duplicate"),
        ((12, 10, 61, 49), 1, "overlapping"),
        ((12, 10, 61, 49), 2, ""),
        ((20, 20, 29, 29), 1, "overlapping"),  # wholly inside
        ((50, 40, 99, 79), 1, ""),
        ((300, 300, 349, 339), 1, ""),
    ],
)
def test_what_two_masks_are_to_each_other(box, category, kind):
    one, other = seen(1), seen(2, box=box, category=category)
    assert related(one, other) == kind
    assert bool(candidates([one, other], 9)[0]) is bool(kind)


def test_what_lies_on_an_object_as_large_as_the_image_overlaps_nothing_worth_telling():
    assert related(seen(1), seen(2, box=(0, 0, 639, 479))) == ""


def test_a_small_object_moved_by_a_pixel_is_found_though_its_iou_is_low():
    one, other = seen(1, box=(10, 10, 14, 14)), seen(2, box=(11, 11, 15, 15), category=2)
    assert iou(filled(one), filled(other)) < 0.5
    assert related(one, other) == "shifted"
    assert candidates([one, other], 9) == ([(one, other)], False)


def test_candidates_miss_no_pair():
    rng = np.random.default_rng(1)
    crowd = []
    for number in range(600):
        x, y, width, height = rng.integers(1, 300), rng.integers(1, 300), *rng.integers(1, 60, 2)
        box = (x, y, x + width, y + height)
        crowd.append(seen(number, box=box, category=int(rng.integers(2)), size=(400, 400)))
    pairs, cut = candidates(crowd, 10**6)
    assert not cut
    found = {(one.id, other.id) for one, other in pairs}
    for _ in range(3_000):
        i, j = sorted(rng.choice(len(crowd), 2, replace=False).tolist())
        if related(crowd[i], crowd[j]):
            assert (i, j) in found


def test_objects_of_two_images_are_no_pair():
    crowd = [seen(n, image=f"i{n % 3}", box=(0, 0, 639, 479)) for n in range(9)]
    crowd += [seen(20, image="i0", box=(630, 5, 639, 14)), seen(21, image="i1", box=(0, 5, 9, 14))]
    pairs, _ = candidates(crowd, 100)
    assert len(pairs) == 3 * 3 + 3 + 3
    assert all(one.image_id == other.image_id and one.id < other.id for one, other in pairs)


def test_a_box_beyond_its_image_meets_nothing_of_the_next():
    beyond = seen(1, image="a", box=(0, 0, 1_283, 479), area=9)
    next_one = seen(2, image="b", box=(0, 0, 639, 479), area=9)
    assert candidates([beyond, next_one], 9)[0] == []


def test_what_may_be_the_same_is_not_crowded_out_by_overlaps():
    crowd = [seen(n, box=(n, n, n + 99, n + 99)) for n in range(0, 40, 4)]
    twins = [seen(50, box=(300, 300, 349, 349)), seen(51, box=(300, 300, 349, 349))]
    pairs, cut = candidates(crowd + twins, 5)
    assert cut
    assert (twins[0], twins[1]) in pairs
    assert len(pairs) == 6


def test_no_object_is_no_pair():
    assert candidates([], 9) == ([], False)


def test_pairs_are_told_by_kind():
    one, other = seen(1), seen(2)
    found = check_pairs([("duplicate", (one, other)), ("overlapping", (one, other))], cut=True)
    assert [f.code for f in found] == ["duplicate", "overlapping", "not_compared"]
    assert found[0].text == "1 pair has the same mask: objects 1 and 2 on a.png."
    assert [f.severity.value for f in found] == ["warning", "info", "info"]
