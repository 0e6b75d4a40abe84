import shutil
import subprocess
import sys
import textwrap
import threading

import numpy as np
import pytest
from PIL import Image
from sqlalchemy import event

from samstudio.domain import Conflict, InvalidInput, NewAnnotation, NotFound, Unavailable
from samstudio.masks import encode_rle
from samstudio.services.images.decoding import pixels_id
from tests.unit.services.pictures import colours, encoded, png

PIXELS = colours()


def stored(images):
    folder = images._folder
    return sorted(p for p in folder.rglob("*") if p.is_file()) if folder.exists() else []


def test_a_png_is_kept_byte_for_byte(images):
    data = encoded(PIXELS, "PNG")
    added = images.add(data, filename="a.png", group="scene 1")
    assert added.created
    image = added.image
    assert image.id == pixels_id(PIXELS)
    assert (image.filename, image.size, image.source_format, image.group) == (
        "a.png",
        (24, 36),
        "PNG",
        "scene 1",
    )
    assert image.created_at.tzinfo is not None
    assert images.path(image.id).read_bytes() == data
    assert images.path(image.id).relative_to(images._folder).as_posix() == f"{image.id[:2]}/{image.id}.png"
    assert np.array_equal(images.pixels(image.id), PIXELS)
    assert images.get(image.id) == image


def test_what_a_browser_would_show_otherwise_is_stored_as_png(images):
    rgba = np.dstack([PIXELS, np.full((24, 36), 100, np.uint8)])
    image = images.add(encoded(rgba, "PNG"), filename="a.png").image
    path = images.path(image.id)
    with Image.open(path) as picture:
        assert (picture.format, picture.mode) == ("PNG", "RGB")
        assert np.array_equal(np.asarray(picture), images.pixels(image.id))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "BMP", "TIFF"])
def test_the_stored_file_shows_the_pixels(images, kind):
    image = images.add(encoded(PIXELS, kind), filename=f"a.{kind}").image
    path = images.path(image.id)
    with Image.open(path) as picture:
        assert np.array_equal(np.asarray(picture.convert("RGB")), images.pixels(image.id))
    assert path.suffix == {"JPEG": ".jpg", "WEBP": ".webp"}.get(kind, ".png")
    assert pixels_id(images.pixels(image.id)) == image.id


def test_the_same_pixels_are_one_image_whatever_the_file(images):
    first = images.add(encoded(PIXELS, "BMP"), filename="first.bmp")
    again = images.add(encoded(PIXELS, "PNG"), filename="second.png")
    assert not again.created
    assert again.image == first.image
    assert images.count() == 1
    assert stored(images) == sorted([images.path(first.image.id), images.original(first.image.id)])


def test_listing(images):
    ids = [images.add(encoded(colours(seed=s), "PNG"), filename=f"{s}.png").image.id for s in range(5)]
    assert [i.id for i in images.list()] == ids
    assert [i.id for i in images.list(newest_first=True)] == ids[::-1]
    assert [i.id for i in images.list(1, 2)] == ids[1:3]
    assert [i.id for i in images.list(3)] == ids[3:]
    assert images.stored_bytes() == sum(p.stat().st_size for p in stored(images))


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "x.png is empty"),
        (b"text", "x.png is not an image"),
        (b"\0" * (10**6 + 1), r"x.png is 1 MB; the limit is 0.953674 \(SAMSTUDIO_MAX_UPLOAD_MB\)"),
        (encoded(colours(200, 200), "JPEG")[:5000], "x.png is truncated"),
        (png((30_000, 30_000, 1, 0), b"\0" * 30_000), r"x.png is 30000x30000 pixels \(900 megapixels\)"),
    ],
)
def test_a_refused_file_leaves_nothing(images, data, why):
    with pytest.raises(InvalidInput, match=why):
        images.add(data, filename="/some/where/x.png")
    assert images.count() == 0
    assert stored(images) == []


def test_a_failing_commit_leaves_nothing(images, database):
    def fail(*_args):
        raise OSError("disk full")

    engine = database._engine
    event.listen(engine, "commit", fail)
    with pytest.raises(OSError, match="disk full"):
        images.add(encoded(PIXELS, "PNG"), filename="a.png")
    event.remove(engine, "commit", fail)
    assert images.count() == 0
    assert stored(images) == []
    assert images.add(encoded(PIXELS, "PNG"), filename="a.png").created


def test_a_failing_rename_leaves_nothing(images, monkeypatch):
    def fail(*_args, **_options):
        raise OSError("disk full")

    monkeypatch.setattr("samstudio.services.images.storing.put_in_place", fail)
    with pytest.raises(OSError, match="disk full"):
        images.add(encoded(PIXELS, "PNG"), filename="a.png")
    assert images.count() == 0
    assert stored(images) == []


def test_dying_between_file_and_row_leaves_no_row_and_the_next_add_works(images, tmp_path):
    picture = tmp_path / "a.png"
    picture.write_bytes(encoded(PIXELS, "PNG"))
    code = f"""
        import os, sys
        from pathlib import Path
        from sqlalchemy import event
        from samstudio.db.engine import open_database
        from samstudio.services.images import ImageService
        storage = Path({str(tmp_path / "storage")!r})
        database = open_database(f"sqlite:///{{storage / 'studio.db'}}")
        images = ImageService(database=database, folder=storage / "images", max_bytes=10**6, max_pixels=10**6)
        event.listen(database._engine, "commit", lambda _: os.kill(os.getpid(), 9))
        images.add(Path({str(picture)!r}).read_bytes(), filename="a.png")
    """
    died = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], check=False, timeout=60)
    assert died.returncode == -9
    assert images.count() == 0
    assert len(stored(images)) == 1  # the file was in place, and nothing points to it
    assert images.add(picture.read_bytes(), filename="a.png").created
    assert len(stored(images)) == 1


def test_many_at_once_add_one(images):
    data = encoded(PIXELS, "PNG")
    results = []
    threads = [
        threading.Thread(target=lambda: results.append(images.add(data, filename="a.png"))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(added.created for added in results) == 1
    assert len({added.image for added in results}) == 1
    assert len(stored(images)) == 1


def test_deleting(images, annotations):
    image = images.add(encoded(PIXELS, "PNG"), filename="a.png").image
    images.delete(image.id)
    assert stored(images) == []
    for call in (images.get, images.pixels, images.path, images.delete):
        with pytest.raises(NotFound, match=f"there is no image '{image.id[:12]}'"):
            call(image.id)
    assert images.add(encoded(PIXELS, "PNG"), filename="a.png").created


def test_an_image_with_annotations_is_not_deleted_by_accident(images, annotations):
    image = images.add(encoded(PIXELS, "PNG"), filename="a.png").image
    made = annotations.add(NewAnnotation(image.id, "x", encode_rle(np.ones((24, 36), bool))))
    with pytest.raises(Conflict, match=r"a.png has 1 annotation, which would be deleted with it"):
        images.delete(image.id)
    assert annotations.get(made.id) == made
    images.delete(image.id, with_annotations=True)
    assert annotations.list() == []
    assert images.count() == 0


def test_an_image_whose_annotations_were_all_rejected_can_go(images, annotations):
    image = images.add(encoded(PIXELS, "PNG"), filename="a.png").image
    annotations.delete(annotations.add(NewAnnotation(image.id, "x", encode_rle(np.ones((24, 36), bool)))).id)
    images.delete(image.id)
    assert annotations.list() == []


def test_a_lost_or_damaged_file_is_said_plainly(images):
    image = images.add(encoded(PIXELS, "PNG"), filename="a.png").image
    images.path(image.id).write_bytes(b"garbage")
    with pytest.raises(Unavailable, match=r"the stored file of a.png cannot be read"):
        images.pixels(image.id)
    shutil.rmtree(images._folder)
    with pytest.raises(Unavailable, match=r"the stored file of a.png cannot be read"):
        images.pixels(image.id)


def test_a_name_without_a_suffix_stands_for_those_with_one(images):
    for name in ("a.png", "a.b.png", "ab.png", "A_.png"):
        images.add(encoded(colours(seed=len(name) + ord(name[0])), "PNG"), filename=name)
    assert [one.filename for one in images.named("a")] == ["a.png"]
    assert [one.filename for one in images.named("a.b")] == ["a.b.png"]
    assert [one.filename for one in images.named("a.png")] == ["a.png"]
    assert images.named("a.jpg") == []
    assert images.named("%") == []
