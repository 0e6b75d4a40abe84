"""Runs in the environment of the other tools: ``read.py TOOL FOLDER`` prints as JSON what the tool finds."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
from pycocotools import mask as coco


def rle(mask):
    encoded = coco.encode(np.asfortranarray(np.asarray(mask).astype(np.uint8)))
    return {"size": [int(side) for side in encoded["size"]], "counts": encoded["counts"].decode()}


def supervision_coco(folder):
    import supervision as sv

    data = sv.DetectionDataset.from_coco(
        str(folder / "images"), str(folder / "annotations.json"), force_masks=True
    )
    return _supervision(data)


def supervision_yolo(folder):
    import supervision as sv

    data = sv.DetectionDataset.from_yolo(
        str(folder / "images"), str(folder / "labels"), str(folder / "data.yaml"), force_masks=True
    )
    return _supervision(data)


def _supervision(data):
    found = {}
    for path, _, detections in data:
        masks = [] if detections.mask is None else detections.mask
        found[Path(path).stem] = [
            (data.classes[number], rle(mask)) for number, mask in zip(detections.class_id, masks, strict=True)
        ]
    return found


def ultralytics(folder):
    """As ultralytics.data reads a set: lists of images, labels beside them, ``polygon2mask``."""
    import cv2
    import yaml

    document = yaml.safe_load((folder / "data.yaml").read_text())
    found = {}
    for split in ("train", "val", "test"):
        if split not in document:
            continue
        listed = folder / document[split]
        for line in listed.read_text().splitlines():
            image = Path(line.replace("./", f"{listed.parent}/", 1))
            label = Path("/labels/".join(str(image).rsplit("/images/", 1))).with_suffix(".txt")
            height, width = cv2.imread(str(image)).shape[:2]
            found[image.stem] = []
            for row in label.read_text().splitlines():
                number, *points = row.split()
                outline = np.array(points, np.float32).reshape(-1, 2) * (width, height)
                mask = np.zeros((height, width), np.uint8)
                cv2.fillPoly(mask, np.asarray([outline], np.int32), color=1)
                found[image.stem].append((document["names"][int(number)], rle(mask)))
    return found


def datumaro_coco(folder):
    """It looks for the file under another name, as the docs say."""
    (folder / "annotations").mkdir()
    (folder / "annotations.json").rename(folder / "annotations" / "instances_default.json")
    return _datumaro(folder, "coco_instances")


def datumaro_voc(folder):
    return _datumaro(folder, "voc_instance_segmentation")


def _datumaro(path, kind):
    import datumaro as dm

    data = dm.Dataset.import_from(str(path), kind)
    names = data.categories()[dm.AnnotationType.label]
    found = {}
    for item in data:
        masks = [one for one in item.annotations if one.type == dm.AnnotationType.mask]
        found[Path(item.id).name] = [(names[one.label].name, rle(one.image)) for one in masks]
    return found


def datasets(folder):
    from datasets import load_dataset

    found = {}
    for part in load_dataset("imagefolder", data_dir=str(folder)).values():
        for row in part:
            labels = np.asarray(row["mask"])
            assert labels.shape == row["image"].size[::-1]
            found[row["name"]] = [
                (category, rle(labels == value))
                for category, value in zip(row["objects"]["category"], row["objects"]["value"], strict=True)
            ]
    return found


TOOLS = {
    tool.__name__: tool
    for tool in (supervision_coco, supervision_yolo, ultralytics, datumaro_coco, datumaro_voc, datasets)
}

if __name__ == "__main__":
    print(json.dumps(TOOLS[sys.argv[1]](Path(sys.argv[2]))))
