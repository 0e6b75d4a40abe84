"""Preflight over a real database: every pathology in it, written by hand where the services refuse it."""

from __future__ import annotations

import json

import numpy as np
import pytest
from sqlalchemy import text

from samstudio.domain import AnnotationStatus, Embedding, InvalidInput, NewAnnotation
from samstudio.masks import encode_rle
from samstudio.services.preflight import PreflightService, service
from samstudio.services.preflight.findings import Severity
from tests.unit.services.pictures import colours, encoded

SIZE = (100, 140)


@pytest.fixture
def preflight(database):
    return PreflightService(database=database)


@pytest.fixture
def pictures(images):
    return [
        images.add(encoded(colours(*SIZE, seed=seed), "PNG"), filename=f"{seed}.png").image
        for seed in range(4)
    ]


def rle(x0=10, y0=10, x1=49, y1=39, size=SIZE):
    mask = np.zeros(size, bool)
    mask[y0 : y1 + 1, x0 : x1 + 1] = True
    return encode_rle(mask)


def write_mask(database, annotation_id, stored):
    """What the services refuse: old data, or an edit from outside."""
    with database.write() as session:
        session.execute(
            text("UPDATE annotations SET rle = :rle, revision = revision + 1 WHERE id = :id"),
            {"rle": stored, "id": annotation_id},
        )


def codes(findings):
    return {finding.code for finding in findings}


def test_nothing_accepted_stops(preflight, annotations, pictures):
    assert [f.severity for f in preflight.check()] == [Severity.ERROR]
    annotations.add(NewAnnotation(pictures[0].id, "cup", rle(), AnnotationStatus.PROPOSED))
    assert codes(preflight.check()) == {"nothing"}


def test_a_sound_dataset_has_nothing_to_say(preflight, annotations, pictures):
    for number, picture in enumerate(pictures):
        annotations.add(NewAnnotation(picture.id, f"kind {number % 2}", rle(x0=10 + number)))
    assert preflight.check() == []


BROKEN = {
    "empty_mask": json.dumps(encode_rle(np.zeros(SIZE, bool))),
    "mask_size": json.dumps(rle(size=(200, 300))),
    "damaged_mask": json.dumps({"size": list(SIZE), "counts": "zzz" * 20}),
}


def test_every_pathology_is_named_and_none_stops(preflight, annotations, pictures, database):
    def add(picture, mask, category="cup", **more):
        return annotations.add(NewAnnotation(pictures[picture].id, category, mask, **more)).id

    for stored in BROKEN.values():
        write_mask(database, add(3, rle()), stored)
    add(0, rle())
    add(0, rle(), client_id="again")
    add(0, rle(x0=11, x1=50))
    add(0, rle(y1=38))
    add(0, rle(x0=20, x1=59))
    add(0, rle(60, 60, 62, 62))
    add(0, rle(0, 0, 139, 98))
    frame = np.ones(SIZE, bool)
    frame[1:-1, 1:-1] = False
    add(0, encode_rle(frame))
    add(1, rle(), proposed_by=0, proposed_rle=rle(), predicted_iou=0.97)
    found = preflight.check()
    expected = {"duplicate", "shifted", "near_duplicate", "overlapping", "tiny", "whole_image"}
    expected |= {"all_borders", "few_images", "one_category", "already_sure", *BROKEN}
    assert codes(found) == expected
    by_code = {finding.code: finding for finding in found}
    assert by_code["empty_mask"].annotation_ids == (1,)
    assert by_code["mask_size"].annotation_ids == (2,)
    assert by_code["damaged_mask"].annotation_ids == (3,)
    assert "objects 4 and 5 on 0.png" in by_code["duplicate"].text
    assert "Only 2 images" in by_code["few_images"].text  # picture 3 has nothing that can be used
    order = [list(Severity).index(finding.severity) for finding in found]
    assert order == sorted(order)
    assert all(finding.text.endswith(".") for finding in found)


@pytest.mark.parametrize("stored", ["", "no json", "[]", "null", "{}", '{"size": [1e9, 1e9], "counts": "P"}'])
def test_no_text_in_the_mask_s_column_crashes_it(preflight, annotations, pictures, database, stored):
    for picture in pictures[:3]:
        annotations.add(NewAnnotation(picture.id, "cup", rle()))
    write_mask(database, 1, stored)
    assert {"damaged_mask", "few_images"} <= codes(preflight.check())


def test_all_broken_stops(preflight, annotations, pictures, database):
    write_mask(database, annotations.add(NewAnnotation(pictures[0].id, "cup", rle())).id, "{}")
    found = preflight.check()
    assert found[0].severity is Severity.ERROR
    assert codes(found) == {"nothing", "damaged_mask"}


def test_what_a_person_corrected_is_not_already_sure(preflight, annotations, pictures):
    new = {"proposed_by": 0, "predicted_iou": 0.99}
    annotations.add(NewAnnotation(pictures[0].id, "cup", rle(), proposed_rle=rle(x1=80), **new))
    annotations.add(NewAnnotation(pictures[1].id, "cup", rle(), **(new | {"proposed_by": 1})))
    annotations.add(NewAnnotation(pictures[2].id, "cup", rle()))
    assert "already_sure" not in codes(preflight.check())
    annotations.add(NewAnnotation(pictures[3].id, "cup", rle(), **new))
    (finding,) = [f for f in preflight.check() if f.code == "already_sure"]
    assert "3.png" in finding.text
    assert finding.count == 1


def test_groups_count_where_images_have_one(preflight, annotations, images):
    for seed in range(3):
        data = encoded(colours(*SIZE, seed=seed), "PNG")
        image = images.add(data, filename=f"{seed}.png", group="scene").image
        annotations.add(NewAnnotation(image.id, "cup", rle()))
    assert "one_group" in codes(preflight.check())


def test_an_unchanged_dataset_is_not_looked_at_twice(preflight, annotations, pictures, monkeypatch):
    annotations.add(NewAnnotation(pictures[0].id, "cup", rle()))
    first = preflight.check()
    monkeypatch.setattr(service, "_findings", lambda session: [])
    assert preflight.check() == first
    annotations.update(1, revision=1, category="bowl")
    assert preflight.check() == []


def test_a_slow_look_is_remembered_for_a_while(preflight, annotations, pictures, monkeypatch):
    monkeypatch.setattr(service, "SLOW_SECONDS", -1.0)
    monkeypatch.setattr(service, "REST", 1e9)
    assert codes(preflight.check()) == {"nothing"}
    annotations.add(NewAnnotation(pictures[0].id, "cup", rle()))
    assert codes(preflight.check()) == {"nothing"}


def test_too_many_overlaps_are_cut_and_said(preflight, annotations, pictures, monkeypatch):
    monkeypatch.setattr(service, "MAX_PAIRS", 3)
    for number in range(6):
        annotations.add(NewAnnotation(pictures[0].id, "cup", rle(x1=49 + number)))
    found = preflight.check()
    assert "not_compared" in codes(found)
    assert sum(f.count for f in found if f.code == "near_duplicate") <= 6


def test_columns_alone_tell_of_a_large_dataset_what_they_can(
    preflight, annotations, pictures, database, monkeypatch
):
    monkeypatch.setattr(service, "READ_ALL", 0)
    for stored in (BROKEN["empty_mask"], BROKEN["mask_size"]):
        write_mask(
            database, annotations.add(NewAnnotation(pictures[0].id, "cup", rle(60, 60, 99, 99))).id, stored
        )
    assert {"empty_mask", "mask_size"} <= codes(preflight.check())


def _no_embedding(_image_id: str) -> Embedding:
    raise AssertionError("sizes come from the database")


def test_tuning_leaves_out_what_preflight_says_is_left_out(preflight, annotations, pictures, database):
    from samstudio.tuning.data.samples import make_samples

    for stored in BROKEN.values():
        write_mask(database, annotations.add(NewAnnotation(pictures[0].id, "cup", rle())).id, stored)
    annotations.add(NewAnnotation(pictures[1].id, "cup", rle()))
    annotations.add(NewAnnotation(pictures[1].id, "cup", rle(), client_id="again"))
    annotations.add(NewAnnotation(pictures[2].id, "cup", rle(60, 60, 60, 60)))
    annotations.add(NewAnnotation(pictures[3].id, "cup", rle(0, 0, 139, 99)))
    accepted = annotations.examples(one.annotation_id for one in annotations.accepted_objects())
    kept, skipped = make_samples(accepted, _no_embedding)
    assert [sample.example.annotation_id for sample in kept] == [4, 6, 7]
    assert len(skipped) == 4
    found = {f.code: f for f in preflight.check()}
    assert {*BROKEN, "duplicate"} <= set(found)


def test_the_services_refuse_the_worst_of_it(annotations, pictures):
    for mask in (encode_rle(np.zeros(SIZE, bool)), rle(size=(200, 300))):
        with pytest.raises(InvalidInput):
            annotations.add(NewAnnotation(pictures[0].id, "cup", mask))
    assert annotations.counts().accepted == 0
