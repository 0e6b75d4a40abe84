"""Images and annotations as rows, without files or real masks, for tests of lists."""

import random
from datetime import UTC, datetime, timedelta

from sqlalchemy import insert

from samstudio.db.image_facts import refresh
from samstudio.db.tables import AnnotationRow, CategoryRow, ImageRow, ImageTagRow

START = datetime(2026, 3, 1, tzinfo=UTC)
CATEGORIES = ("cell", "Nucleus", "cell wall")
TAGS = ("hard", "hard one", "to ask")
PEOPLE = ("Ann", "ann b", "Jürgen")


def image_id(n):
    return f"{n:064x}"


def image_values(n, draw):
    return {
        "id": image_id(n),
        "filename": draw.choice(["img", "IMG_", "Zelle ", "100%_"]) + str(draw.randrange(40)) + ".png",
        "width": draw.choice([64, 640]),
        "height": draw.choice([64, 480]),
        "source_format": "PNG",
        "file": f"00/{n}.png",
        "n_bytes": 100,
        "group": draw.choice([None, "slide 2", "slide 10"]),
        "created_at": START + timedelta(hours=draw.randrange(50)),
        "updated_at": draw.choice([None, START + timedelta(days=draw.randrange(9))]),
        "deleted_at": draw.choice([None, None, None, None, START]),
        "mark": draw.choice([None, "done", "nothing"]),
        "flagged": draw.random() < 0.2,
        "note": draw.choice(["", "", "", "blurred"]),
        "split": draw.choice([None, "test"]),
    }


def annotation_values(n, image, draw):
    proposed_by = draw.choice([None, 0, 1, 10])
    rle = {"size": [64, 64], "counts": draw.choice(["0PPPP4", "1OPPP4"])}
    moment = START + timedelta(hours=draw.randrange(400))
    return {
        "image_id": image_id(image),
        "category_id": draw.randrange(len(CATEGORIES)) + 1,
        "rle": rle,
        **dict.fromkeys(("x0", "y0", "x1", "y1"), 1.0),
        "area": 1,
        "status": draw.choice(["accepted", "proposed", "rejected"]),
        "prompts": [],
        "proposed_by": proposed_by,
        "proposed_rle": draw.choice([None, {"size": [64, 64], "counts": "0PPPP4"}]),
        "predicted_iou": draw.choice([None, round(draw.random(), 2)]),
        "held_out_iou": draw.choice([None, round(draw.random(), 2)]),
        "author": draw.choice([None, *PEOPLE]),
        "flagged": draw.random() < 0.1,
        "note": draw.choice(["", "", "", "", "", "which cell?"]),
        "revision": 1,
        "created_at": moment,
        "updated_at": moment,
    }


def fill(database, images=60, seed=0):
    """Store images with up to four annotations and two tags each; return the values of both."""
    draw = random.Random(seed)
    pictures = [image_values(n, draw) for n in range(images)]
    objects = [annotation_values(n, n, draw) for n in range(images) for _ in range(draw.randrange(5))]
    tags = [
        {"image_seq": n + 1, "tag": tag}
        for n in range(images)
        for tag in draw.sample(TAGS, draw.choice([0, 0, 1, 2]))
    ]
    with database.write() as session:
        session.add_all(CategoryRow(name=name, color="#000000") for name in CATEGORIES)
        session.flush()
        for row, values in ((ImageRow, pictures), (AnnotationRow, objects), (ImageTagRow, tags)):
            session.execute(insert(row), values)
        refresh(session, [one["id"] for one in pictures])
    return pictures, objects, tags
