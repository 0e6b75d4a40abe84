"""What a query finds, said a second time in plain Python over the values that were stored."""

import re

from samstudio.db.image_facts import name_key

FIRST_OF = {
    "added": lambda i: i["seq"],
    "name": lambda i: name_key(i["filename"]),
    "group": lambda i: name_key(i["group"] or ""),
    "changed": lambda i: i["changed"],
    "objects": lambda i: len(i["objects"]),
    "accepted": lambda i: len(i["accepted"]),
    "proposed": lambda i: len(i["proposed"]),
    "size": lambda i: i["width"] * i["height"],
}


def expected(query, images, annotations, tags):
    every = [_image(n + 1, one, annotations, tags) for n, one in enumerate(images)]
    found = [one for one in every if (one["deleted_at"] is not None) == query.trashed and _fits(query, one)]
    return [one["id"] for one in sorted(found, key=lambda one: _key(query, one), reverse=query.falls)]


def _image(seq, image, annotations, tags):
    mine = [one for one in annotations if one["image_id"] == image["id"]]
    present = [one for one in mine if one["status"] != "rejected"]
    accepted = [one for one in present if one["status"] == "accepted"]
    moments = [image["created_at"], image["updated_at"], *(one["updated_at"] for one in mine)]
    mark = image["mark"] if image["mark"] != "nothing" or not accepted else None
    return {
        **image,
        "seq": seq,
        "objects": present,
        "accepted": accepted,
        "proposed": [one for one in present if one["status"] == "proposed"],
        "changed": max(one for one in moments if one),
        "state": mark or ("in_progress" if accepted else "todo"),
        "tags": {one["tag"] for one in tags if one["image_seq"] == seq},
        "corrected": [one for one in present if _corrected(one)],
        "score": min((s for one in present if (s := one["predicted_iou"]) is not None), default=None),
        "held_out": min((s for one in present if (s := one["held_out_iou"]) is not None), default=None),
    }


def _corrected(one):
    return one["proposed_by"] is not None and one["proposed_rle"] not in (None, one["rle"])


def _key(query, image):
    if query.sort in ("score", "held_out"):
        value = image[query.sort]
        return (value if value is not None else (-1 if query.falls else 2), image["seq"])
    return (FIRST_OF[query.sort](image), image["seq"])


def _has(objects, query):
    return any(
        (query.category is None or ("cell", "Nucleus", "cell wall")[one["category_id"] - 1] == query.category)
        and (query.status is None or one["status"] == query.status)
        for one in objects
    )


def _in(value, low, high):
    return (low is None and high is None) or (
        value is not None and (low is None or value >= low) and (high is None or value <= high)
    )


def _fits(query, i):
    q = query
    words = re.sub("ＩＭＧ", "img", (q.text or "")).casefold().split()
    return all([
        all(word in f"{i['filename']} {i['group'] or ''}".casefold() for word in words),
        (q.category is None and q.status is None) or _has(i["objects"], q),
        q.state in (None, i["state"]), q.split in (None, i["split"]), q.group in (None, i["group"]),
        q.tag is None or q.tag in i["tags"],
        q.author is None or any(one["author"] == q.author for one in i["objects"]),
        q.version is None or any(one["proposed_by"] == q.version for one in i["objects"]),
        _in(i["created_at"], q.added_from, q.added_to), _in(i["changed"], q.changed_from, q.changed_to),
        _in(i["score"], q.score_from, q.score_to), _in(i["held_out"], q.held_out_from, q.held_out_to),
        _in(len(i["objects"]), q.objects_from, q.objects_to),
        _in(i["width"] * i["height"], q.pixels_from, q.pixels_to),
        q.proposals in (None, bool(i["proposed"])), q.corrections in (None, bool(i["corrected"])),
        q.noted in (None, any(one["note"] for one in [i, *i["objects"]])),
        q.flagged in (None, bool(i["flagged"]) or any(one["flagged"] for one in i["objects"])),
    ])  # fmt: skip
