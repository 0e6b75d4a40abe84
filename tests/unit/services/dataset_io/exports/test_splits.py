from __future__ import annotations

from types import SimpleNamespace

from hypothesis import given
from hypothesis import strategies as st

from samstudio.services.dataset_io.exports.splits import Splits

NAMES = st.lists(st.tuples(st.text(max_size=5), st.integers(0, 12)), min_size=1, max_size=40)


def split(pairs):
    splits = Splits()
    for number, (_, group) in enumerate(pairs):
        splits.add(
            SimpleNamespace(
                name=f"{number}.png", image=SimpleNamespace(group=f"g{group}", id=str(number)), split=None
            )
        )
    return splits.lists()


@given(NAMES)
def test_every_image_is_in_one_split_and_groups_stay_together(pairs):
    lists = split(pairs)
    groups = {name: {pairs[int(one.split(".")[0])][1] for one in names} for name, names in lists.items()}
    assert all(lists.values())
    everything = [f"{number}.png" for number in range(len(pairs))]
    if len({group for _, group in pairs}) == 1:
        assert lists == {"train": everything, "val": everything}
    else:
        assert sorted(one for names in lists.values() for one in names) == sorted(everything)
        assert not groups["train"] & groups["val"]
        assert not groups.get("test", set()) & (groups["train"] | groups["val"])


def test_an_image_stays_where_it_is_as_the_dataset_grows():
    pairs = [("", number) for number in range(400)]
    small, large = split(pairs[:200]), split(pairs)
    for name, names in small.items():
        assert set(names) <= set(large[name])
    assert 0.7 < len(large["train"]) / 400 < 0.9


FIXED = st.lists(
    st.tuples(st.integers(0, 12), st.sampled_from([None, None, "train", "val", "test"])), min_size=1
)


@given(FIXED)
def test_what_a_person_fixed_is_where_they_fixed_it(pairs):
    fixed = dict(pairs)  # a group has one split
    splits = Splits()
    for number, (group, _) in enumerate(pairs):
        image = SimpleNamespace(group=f"g{group}", id=str(number))
        splits.add(SimpleNamespace(name=str(number), image=image, split=fixed[group]))
    lists = splits.lists()
    where = {name: {pairs[int(one)][0] for one in names} for name, names in lists.items()}
    assert {pairs[n][0] for n in range(len(pairs))} == set().union(*where.values())
    tested = {group for group, split in fixed.items() if split == "test"}
    assert tested <= where.get("test", set())
    assert not tested & (where["train"] | where["val"])
    if tested:
        assert where["test"] == tested
    if "val" in fixed.values():
        assert where["val"] == {group for group, split in fixed.items() if split == "val"}
    if len(set(fixed) - tested) > 1 and set(fixed.values()) != {"val", "test"}:
        assert where["train"]
    if where["train"] != where["val"]:
        assert not where["train"] & where["val"]
