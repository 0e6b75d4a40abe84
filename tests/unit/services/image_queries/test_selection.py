from itertools import combinations_with_replacement

import numpy as np
import pytest

from samstudio.domain import AnnotationStatus, NewAnnotation
from samstudio.masks import encode_rle
from samstudio.services.image_queries import (
    SORT_KEYS,
    ImageQuery,
    ImageQueryService,
    Selection,
    SelectionService,
    selection,
)
from samstudio.services.trash import TrashService
from tests.unit.services.pictures import colours, encoded

MASK = encode_rle(np.ones((24, 36), bool))


@pytest.fixture
def lists(database):
    return ImageQueryService(database=database)


@pytest.fixture
def selections(database, lists):
    return SelectionService(database=database, queries=lists)


@pytest.fixture
def ids(images, annotations):
    """Six images; those with an even number have an accepted and a proposed object."""
    found = [images.add(encoded(colours(seed=s), "PNG"), filename=f"{s}.png").image.id for s in range(6)]
    both = (AnnotationStatus.ACCEPTED, AnnotationStatus.PROPOSED)
    annotations.add_many(
        [NewAnnotation(one, "cell", MASK, status=s, predicted_iou=0.5) for one in found[::2] for s in both]
    )
    return found


def numbers(lists, query=None):
    return [one.seq for one in lists.page(query or ImageQuery()).items]


def counts(totals):
    return totals.images, totals.accepted, totals.proposed


@pytest.mark.parametrize("many", [selection.MANY, 0])
def test_some_images(lists, selections, ids, monkeypatch, many):
    monkeypatch.setattr(selection, "MANY", many)
    seqs = numbers(lists)
    some = Selection(frozenset([seqs[4], seqs[1], 999]), ImageQuery())
    assert counts(selections.totals(some)) == (2, 1, 1)
    assert selections.totals(some).gone == (999,)
    assert selections.ids(some) == [ids[1], ids[4]]


@pytest.mark.parametrize("many", [selection.MANY, 0])
def test_all_of_a_query_without_some_of_it_and_others(lists, selections, ids, monkeypatch, many):
    monkeypatch.setattr(selection, "MANY", many)
    seqs = numbers(lists)
    query = ImageQuery(proposals=True)
    without = Selection(frozenset([seqs[0], seqs[1]]), query, others=True)
    assert counts(selections.totals(without)) == (2, 2, 2)
    assert selections.totals(without).gone == (seqs[1],)
    named = Selection(frozenset([seqs[0], seqs[1]]), query)
    assert (counts(selections.totals(named)), selections.totals(named).gone) == ((1, 1, 1), (seqs[1],))
    assert selections.ids(without) == [ids[2], ids[4]]
    assert counts(selections.totals(Selection(frozenset(), ImageQuery(), others=True))) == (6, 3, 3)
    assert counts(selections.totals(Selection(frozenset(), ImageQuery(tag="none"), others=True))) == (0, 0, 0)


def test_what_was_deleted_meanwhile_is_no_longer_selected(database, images, lists, selections, ids):
    trash = TrashService(database=database, images=images)
    seqs = numbers(lists)
    chosen = Selection(frozenset(seqs[:3]), ImageQuery())
    trash.discard(ids[:2])
    assert (counts(selections.totals(chosen)), selections.totals(chosen).gone) == ((1, 1, 1), tuple(seqs[:2]))
    inside = Selection(frozenset(seqs[:3]), ImageQuery(trashed=True))
    assert (counts(selections.totals(inside)), selections.totals(inside).gone) == ((2, 1, 1), (seqs[2],))


@pytest.mark.parametrize("name", SORT_KEYS.names())
@pytest.mark.parametrize("descending", [True, False])
def test_all_between_two_images_either_way(lists, selections, ids, name, descending):
    query = ImageQuery(sort=name, descending=descending)
    items = lists.page(query).items
    for low, high in combinations_with_replacement(range(6), 2):
        expected = [one.seq for one in items[low : high + 1]]
        assert selections.between(query, items[low].id, items[high].id) == expected
        assert selections.between(query, items[high].id, items[low].id) == expected
    few = ImageQuery(sort=name, descending=descending, proposals=True)
    found = lists.page(few).items
    assert selections.between(few, found[0].id, found[2].id) == [one.seq for one in found]
