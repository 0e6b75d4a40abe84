"""Cold start and resident memory of a serving app: ``python -m benchmarks.memory [--images 200] [--json]``.

Cold start: from launching the process to the first page answered, weights
cached, empty storage. Memory: images of 1024x768 are uploaded, shown, encoded
and prompted with one box each, through the app's own addresses; resident memory
is read before and after. The peer, in a process of its own on the same images:
the same weights as a script commonly uses them, onnxruntime's default session
and stock segment-anything modules, each image's float32 embedding kept.

Expected before measuring: first page about 5 s; 0.7 GB after the first image
(torch and gradio 0.45, model 0.15), and 256 MB more once the embedding cache is
full, so about 1.0 GB after 200 images; the peer about 0.7 + 200 x 4 MB = 1.5 GB.
"""

from __future__ import annotations

import argparse
import io
import json
import pickle
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import requests
from PIL import Image
from skimage import data

from benchmarks.serving import ServedApp

SIZE = (1024, 768)
BOX = [200.0, 150.0, 700.0, 600.0]
GB = 1e9


def pictures(count: int) -> list[bytes]:
    """``count`` different JPEGs of 1024x768, cut and turned from photographs."""
    sources = [Image.fromarray(picture()) for picture in (data.coffee, data.astronaut, data.rocket)]
    found = []
    for index in range(count):
        turned = sources[index % 3].convert("RGB").rotate(index * 7 % 360).resize(SIZE)
        buffer = io.BytesIO()
        turned.save(buffer, format="JPEG", quality=90)
        found.append(buffer.getvalue())
    return found


def measure_app(images: list[bytes], storage: Path) -> dict[str, float]:
    """First page, and resident memory after one image and after all of them."""
    with ServedApp(storage) as app:
        ids = []
        after_one = 0
        for index, picture in enumerate(images):
            ids.append(app.upload(picture, f"{index}.jpg"))
            requests.get(f"{app.url}/api/v1/images/{ids[-1]}/pixels", timeout=30).raise_for_status()
            app.ask("prepare_image", {"image_id": ids[-1]})
            app.ask("open_image", {"image_id": ids[-1]})
            app.ask("predict", {"image_id": ids[-1], "prompt": {"box": BOX}, "previous": None})
            after_one = after_one or app.resident_bytes()
        return {
            "first_page_s": app.first_page_seconds,
            "app_one_gb": after_one / GB,
            "app_all_gb": app.resident_bytes() / GB,
        }


def measure_peer(images: list[bytes]) -> float:
    """Resident gigabytes of the plain script after the same images."""
    command = [sys.executable, "-m", "benchmarks.stock_script"]
    done = subprocess.run(command, input=pickle.dumps(images), capture_output=True, check=True)
    return int(done.stdout) / GB


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--images", type=int, default=200)
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    images = pictures(chosen.images)
    with tempfile.TemporaryDirectory() as folder:
        starts = []
        for attempt in range(3):
            with ServedApp(Path(folder) / f"start-{attempt}") as app:
                starts.append(app.first_page_seconds)
        found = measure_app(images, Path(folder) / "storage")
    found["first_page_s"] = float(np.median(starts))
    found |= {"images": chosen.images, "stock_script_gb": measure_peer(images)}
    print(f"cold start to first page       {found['first_page_s']:6.2f} s (median of 3; at most 8)")
    print(f"resident after 1 image         {found['app_one_gb']:6.2f} GB")
    print(f"resident after {chosen.images:>3} images      {found['app_all_gb']:6.2f} GB (at most 1.5)")
    print(f"a plain script, {chosen.images:>3} images     {found['stock_script_gb']:6.2f} GB")
    if chosen.json:
        print(json.dumps(found))


if __name__ == "__main__":
    main()
