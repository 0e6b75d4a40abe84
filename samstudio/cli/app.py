"""The command line: thin verbs over the studio's services.

Each command parses, calls one service and prints. ``--json`` prints one JSON
line on standard output and nothing else there; progress goes to standard
error. A failure is one line on standard error and exit code 1; a misuse of
the command line itself is exit code 2.
"""

from __future__ import annotations

import os
import sys
import time
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from pydantic import ValidationError

from samstudio.cli.common import AsJson, opened, version_number
from samstudio.cli.plots import plot_commands
from samstudio.cli.spaces import spaces_app
from samstudio.cli.terminal import bar, bytes_bar, die, plain, report
from samstudio.cli.versions import version_commands
from samstudio.config import Settings
from samstudio.domain import AnnotationStatus, InvalidInput, Job, JobStatus, Prompt, StudioError
from samstudio.spaces.place import settled

if TYPE_CHECKING:
    from samstudio.project import Project

app = typer.Typer(
    name="samstudio",
    help="Annotate with Segment Anything, then tune its mask decoder.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

app.add_typer(spaces_app, name="spaces")
app.add_typer(version_commands)
app.add_typer(plot_commands, name="plot")


class ExportFormat(StrEnum):
    """What ``export --format`` can write."""

    COCO = "coco"
    YOLO = "yolo"
    VOC = "voc"
    MASKS = "masks"


@app.callback()
def _options(
    context: typer.Context,
    storage: Annotated[
        Path | None, typer.Option(help="Storage folder; by default SAMSTUDIO_STORAGE, or ./storage.")
    ] = None,
) -> None:
    # Settings are read here, once, and a worker that a command launches gets the very same ones.
    chosen = Settings(storage=storage) if storage is not None else Settings()
    context.obj = settled(chosen, os.environ)


def main() -> None:
    """Run the command line; every foreseen failure becomes one line and an exit code."""
    try:
        app()
    except StudioError as error:
        die(str(error))
    except ValidationError as error:
        die("; ".join(f"SAMSTUDIO_{str(e['loc'][0]).upper()}: {e['msg']}" for e in error.errors()))
    except OSError as error:
        die(f"{error.filename or 'the system'}: {error.strerror or error}")
    except KeyboardInterrupt:
        die("interrupted", code=130)


@app.command()
def serve(
    context: typer.Context,
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; 0 picks a free one.")] = None,
) -> None:
    """Serve the app until interrupted."""
    from samstudio.web.server import serve as serve_app

    settings: Settings = context.obj
    chosen = {"host": host, "port": port}
    settings = settings.model_copy(update={k: v for k, v in chosen.items() if v is not None})
    with opened(settings) as project, project.backing_up():
        serve_app(project)


@app.command("import")
def import_(
    context: typer.Context,
    images: Annotated[Path, typer.Option(help="Folder of images.")],
    masks: Annotated[Path | None, typer.Option(help="Folder of label PNGs of the same names.")] = None,
    coco: Annotated[Path | None, typer.Option(help="COCO annotation file.")] = None,
    category: Annotated[str, typer.Option(help="Category of the objects in --masks.")] = "object",
    limit: Annotated[int | None, typer.Option(min=1, help="Take the first N images by name.")] = None,
    status: Annotated[AnnotationStatus, typer.Option(help="Status of the imported masks.")] = (
        AnnotationStatus.ACCEPTED
    ),
    as_json: AsJson = False,
) -> None:
    """Import a folder of images, with their masks where there are any."""
    with opened(context.obj) as project, bar("importing", hidden=as_json) as tick:
        found = project.datasets.import_folder(
            images,
            masks=masks,
            coco=coco,
            category=category,
            limit=limit,
            status=status,
            progress=tick,
        )
    if not found.images + found.known_images:
        raise InvalidInput(f"nothing could be imported from {images}{_first(found.skipped)}")
    for name, why in found.skipped:
        print(f"skipped {name}: {why}", file=sys.stderr)
    report(
        plain(found),
        as_json,
        f"{found.images} new images and {found.annotations} new masks imported "
        f"({found.known_images} images and {found.known_annotations} masks were there already), "
        f"{len(found.skipped)} skipped",
    )


def _first(skipped: list[tuple[str, str]]) -> str:
    if not skipped:
        return ""
    name, why = skipped[0]
    return f": {why}" if name in why else f": {name}: {why}"


@app.command()
def export(
    context: typer.Context,
    format: Annotated[ExportFormat, typer.Option(help="What to write.")],
    out: Annotated[Path, typer.Option(help="Folder to write to.")],
    as_json: AsJson = False,
) -> None:
    """Export the accepted objects and their images."""
    with opened(context.obj) as project:
        found = project.datasets.export(format.value, out)
    report(
        {"format": format.value, "out": str(out), **plain(found)},
        as_json,
        f"{found.annotations} masks on {found.images} images written to {out}",
    )


@app.command()
def tune(
    context: typer.Context,
    max_seconds: Annotated[float | None, typer.Option(help="Time for training and judging.")] = None,
    seed: Annotated[int, typer.Option(help="Seed of everything random.")] = 0,
    from_live: Annotated[bool, typer.Option("--from-live", help="Go on from the live version.")] = False,
    as_json: AsJson = False,
) -> None:
    """Fine-tune on the accepted masks, in the foreground; Ctrl-C cancels."""
    with opened(context.obj) as project:
        project.jobs.recover()
        _warn(project)
        job = project.tuning.start(max_seconds=max_seconds, seed=seed, from_live=from_live)
        job = _follow(project, job, hidden=as_json)
    if job.status is not JobStatus.SUCCEEDED:
        raise StudioError(f"job {job.id} {job.status.value}: {job.reason}")
    result = dict(job.result or {})
    report(result, as_json, _verdict(result))


def _warn(project: Project) -> None:
    for finding in project.preflight.check():
        if finding.severity == "stops":
            raise InvalidInput(f"{finding.text} {finding.advice}".strip())
        if finding.severity == "warns":
            print(f"warning: {finding.text} {finding.advice}", file=sys.stderr)


@app.command()
def preflight(context: typer.Context, as_json: AsJson = False) -> None:
    """Say what is worth knowing about the accepted masks before tuning; changes nothing."""
    with opened(context.obj) as project:
        found = project.preflight.check()
    lines = (f"{one.severity}: {one.text} {one.advice}".strip() for one in found)
    report({"findings": plain(found)}, as_json, "\n".join(lines) or "nothing to warn of")


def _follow(project: Project, job: Job, *, hidden: bool) -> Job:
    with bar(f"job {job.id}", hidden=hidden) as tick:
        while True:
            try:
                job = project.jobs.get(job.id)
                tick(round(job.progress * 100), 100, job.phase)
                if job.status.finished:
                    return job
                time.sleep(0.2)
            except KeyboardInterrupt:
                project.jobs.cancel(job.id)


def _verdict(result: dict[str, Any]) -> str:
    state = "is live" if result["promoted"] else "stays on the shelf"
    return f"version {result['version']} {state}: {result['reason']} ({result['seconds']:.0f} s)"


@app.command()
def evaluate(
    context: typer.Context,
    images: Annotated[Path, typer.Option(help="Folder of images.")],
    masks: Annotated[Path, typer.Option(help="Folder of label PNGs of the same names.")],
    version: Annotated[str, typer.Option(help="Decoder version: live, or a number (0 is stock).")] = "live",
    as_json: AsJson = False,
) -> None:
    """Score a version on a folder of images and masks that is not in the dataset."""
    number = version_number(version)
    with opened(context.obj) as project, bar("evaluating", hidden=as_json) as tick:
        score = project.evaluations.folder(images=images, masks=masks, version=number, on_progress=tick)
    for name, why in score.skipped:
        print(f"skipped {name}: {why}", file=sys.stderr)
    protocols = ", ".join(f"{name} {miou:.3f}" for name, miou in score.protocols.items())
    report(
        asdict(score),
        as_json,
        f"version {score.version}: mIoU {score.miou:.3f} over {score.n_objects} objects ({protocols})",
    )


@app.command()
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


@app.command()
def jobs(context: typer.Context, as_json: AsJson = False) -> None:
    """List the tuning jobs, newest first."""
    with opened(context.obj) as project:
        project.jobs.recover()
        listed = project.jobs.list()
    lines = (
        f"{job.id:>4}  {job.status.value:<9}  {job.progress:4.0%}  {job.reason or job.phase}"
        for job in listed
    )
    report({"jobs": [plain(job) for job in listed]}, as_json, "\n".join(lines) or "no job yet")


@app.command()
def weights(context: typer.Context, as_json: AsJson = False) -> None:
    """Fetch the model's weights, if they are not cached yet, and say where they are."""
    from samstudio.sam.weights.sources import ensure_weights

    settings: Settings = context.obj
    with bytes_bar(hidden=as_json) as progress:
        files = ensure_weights(
            model=settings.model,
            checkpoint=settings.checkpoint,
            weights_dir=settings.weights_dir,
            progress=progress,
        )
    found = {name: str(path) for name, path in plain(files).items()}
    report({"model": settings.model, **found}, as_json, f"{settings.model}: " + ", ".join(found.values()))


def _prompt(box: str | None, points: list[str]) -> Prompt:
    if box is None and not points:
        raise InvalidInput("there is no prompt: give --box X0,Y0,X1,Y1, --point X,Y,1, or both")
    corners = _numbers(box, 4, "--box", "X0,Y0,X1,Y1") if box is not None else None
    labelled = [_numbers(text, 3, "--point", "X,Y,LABEL") for text in points]
    return Prompt(
        box=(corners[0], corners[1], corners[2], corners[3]) if corners else None,
        point_coords=tuple((x, y) for x, y, _ in labelled),
        point_labels=tuple(int(label) for *_, label in labelled),
    )


def _numbers(text: str, count: int, option: str, form: str) -> tuple[float, ...]:
    try:
        values = tuple(float(part) for part in text.split(","))
    except ValueError:
        values = ()
    if len(values) != count:
        raise InvalidInput(f"{option} {text!r} is not of the form {form}")
    return values


def _write_mask(path: Path, mask: Any) -> None:
    from PIL import Image as Pillow

    if not path.parent.is_dir():
        raise InvalidInput(f"--out {path}: the folder {path.parent} does not exist")
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    Pillow.fromarray(mask.astype("uint8") * 255).save(beside, format="PNG")
    beside.replace(path)
