"""``predict`` and ``evaluate``: one mask of an image file, and the score of a version on a folder."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from samstudio.cli.choices import listing
from samstudio.cli.common import AsJson, opened, version_number
from samstudio.cli.terminal import bar, report
from samstudio.domain import InvalidInput, Prompt
from samstudio.files import write_with
from samstudio.prompts import EMPTY, box_from_text, make_prompt, point_from_text

predict_commands = typer.Typer()


@predict_commands.command()
def predict(
    context: typer.Context,
    image: Annotated[Path, typer.Argument(help="An image file.")],
    out: Annotated[Path, typer.Option(help="Where the mask goes: an 8-bit PNG, 255 inside.")],
    box: Annotated[str | None, typer.Option(help="X0,Y0,X1,Y1 in pixels.")] = None,
    point: Annotated[
        list[str] | None, typer.Option(help="X,Y,1 (foreground) or X,Y,0; may be repeated.")
    ] = None,
    version: Annotated[str, typer.Option(help="Decoder version: live, or a number (0 is stock).")] = "live",
    as_json: AsJson = False,
) -> None:
    """Predict one mask from a box, points, or both."""
    number = version_number(version)
    prompt = _prompt(box, point or [])
    with opened(context.obj) as project:
        found = project.predictions.predict_file(image, prompt, version=number, max_pixels=project.max_pixels)
    _write_mask(out, found.masks[0])
    area = int(found.masks[0].sum())
    iou = float(found.iou_predictions[0])
    report(
        {"version": found.version, "predicted_iou": iou, "area": area},
        as_json,
        f"version {found.version}: {area} pixels, predicted IoU {iou:.3f}, written to {out}",
    )


def _prompt(box: str | None, points: list[str]) -> Prompt:
    if box is None and not points:
        raise InvalidInput(f"{EMPTY} (--box X0,Y0,X1,Y1, --point X,Y,1)")
    labelled = [point_from_text(text) for text in points]
    return make_prompt(
        box=None if box is None else box_from_text(box),
        point_coords=[(x, y) for x, y, _ in labelled],
        point_labels=[label for *_, label in labelled],
    )


def _write_mask(path: Path, mask: Any) -> None:
    from PIL import Image as Pillow

    if not path.parent.is_dir():
        raise InvalidInput(f"--out {path}: the folder {path.parent} does not exist")
    picture = Pillow.fromarray(mask.astype("uint8") * 255)
    write_with(path, lambda part: picture.save(part, format="PNG"))


def _protocols() -> str:
    from samstudio.tuning.protocols import PROTOCOLS

    return f"Protocols are {'; '.join(f'{one.name}: {one.description}' for one in PROTOCOLS)}."


@predict_commands.command(cls=listing(_protocols))
def evaluate(
    context: typer.Context,
    images: Annotated[Path, typer.Option(help="Folder of images.")],
    masks: Annotated[Path, typer.Option(help="Folder of label PNGs of the same names.")],
    version: Annotated[str, typer.Option(help="Decoder version: live, or a number (0 is stock).")] = "live",
    protocols: Annotated[
        str, typer.Option(help="How objects are prompted: names of protocols, by commas; or all.")
    ] = "box",
    as_json: AsJson = False,
) -> None:
    """Score a version on a folder of images and masks that is not in the dataset."""
    number = version_number(version)
    with opened(context.obj) as project, bar("evaluating", hidden=as_json) as tick:
        score = project.evaluations.folder(
            images=images, masks=masks, version=number, protocols=protocols.split(","), on_progress=tick
        )
    for name, why in score.skipped:
        print(f"skipped {name}: {why}", file=sys.stderr)
    by_protocol = ", ".join(f"{name} {miou:.3f}" for name, miou in score.protocols.items())
    report(
        asdict(score),
        as_json,
        f"version {score.version}: mIoU {score.miou:.3f} over {score.n_objects} objects ({by_protocol})",
    )
