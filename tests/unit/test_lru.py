import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from samstudio.lru import LruCache


def test_what_was_not_used_longest_goes_first():
    cache = LruCache(max_items=2)
    cache.put("a", 1)
    cache.put("b", 2)
    assert cache.get("a") == 1  # used: now b is the oldest
    cache.put("c", 3)
    assert [cache.get(key) for key in "abc"] == [1, None, 3]
    assert len(cache) == 2


def test_asking_whether_it_is_there_is_no_use():
    cache = LruCache(max_items=2)
    cache.put("a", 1)
    cache.put("b", 2)
    assert "a" in cache
    cache.put("c", 3)
    assert "a" not in cache


def test_bytes_are_bounded_and_counted():
    cache = LruCache(max_bytes=10, size_of=len)
    cache.put("a", b"1234")
    cache.put("b", b"12345")
    cache.put("a", b"12")  # in place of the old one, and used
    assert cache.nbytes == 7
    cache.put("c", b"12345")
    assert ("b" in cache, cache.nbytes) == (False, 7)
    cache.put("d", b"x" * 11)
    assert (len(cache), cache.nbytes) == (0, 0)


def test_bytes_need_a_size():
    with pytest.raises(ValueError, match="size_of"):
        LruCache(max_bytes=10)


def test_a_discarded_key_is_unknown_and_takes_no_room():
    cache = LruCache(max_bytes=10, size_of=len)
    cache.put("a", b"1234")
    cache.discard("a")
    cache.discard("a")
    assert (cache.get("a"), cache.nbytes) == (None, 0)


def test_a_value_is_made_once_and_a_failure_is_not_kept():
    cache = LruCache(max_items=2)
    made = []

    def make():
        made.append(1)
        if len(made) == 1:
            raise OSError("not now")
        return "value"

    with pytest.raises(OSError, match="not now"):
        cache.get_or_make("a", make)
    assert [cache.get_or_make("a", make) for _ in range(2)] == ["value", "value"]
    assert len(made) == 2


def test_threads_do_not_upset_the_count():
    cache = LruCache(max_items=50, max_bytes=300, size_of=len)
    start = threading.Barrier(8)

    def work(seed):
        start.wait()
        for step in range(400):
            key = (seed * 31 + step * 7) % 90
            cache.put(key, b"x" * (key % 11))
            cache.get((key * 3) % 90)
            cache.discard((key * 5) % 90)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    held = [cache.get(key) for key in range(90)]
    assert sum(len(value) for value in held if value is not None) == cache.nbytes <= 300
    assert sum(value is not None for value in held) == len(cache) <= 50
