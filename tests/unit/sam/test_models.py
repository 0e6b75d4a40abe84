from __future__ import annotations

import dataclasses
import pickle
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from samstudio.domain import Unavailable
from samstudio.sam.checkpoints import read_checkpoint
from samstudio.sam.models import load_model, resolve_device
from samstudio.sam.specs import MODELS
from samstudio.sam.specs.vit import VIT_B, VitShape
from tests.unit.sam.stock import random_state

SMALL = VitShape(embed_dim=32, depth=2, num_heads=2, global_attn_indexes=(1,))


@pytest.fixture
def small_vit_b(monkeypatch) -> dict[str, torch.Tensor]:
    """A whole checkpoint of a ViT too small to be slow, under the name ``vit_b``."""
    small = dataclasses.replace(VIT_B, shape=SMALL)
    monkeypatch.setitem(MODELS._items, "vit_b", small)
    encoder = small.build_module().to_empty(device="cpu")
    generator = torch.Generator().manual_seed(0)
    state = {
        f"image_encoder.{name}": torch.randn(value.shape, generator=generator) * 0.05
        for name, value in encoder.state_dict().items()
    }
    return state | random_state()


def load(path: Path, folder: Path):
    return load_model(name="vit_b", checkpoint=path, weights_dir=folder, device="cpu")


def test_a_local_checkpoint_is_loaded_from_either_format(small_vit_b, tmp_path):
    torch.save(small_vit_b, tmp_path / "mine.pth")
    save_file(small_vit_b, tmp_path / "mine.safetensors")
    torch.save({"model": small_vit_b, "epoch": 3}, tmp_path / "wrapped.pth")
    torch.save(small_vit_b, tmp_path / "old.pth", _use_new_zipfile_serialization=False)
    models = [
        load(tmp_path / name, tmp_path) for name in ("mine.pth", "mine.safetensors", "wrapped.pth", "old.pth")
    ]
    assert len({model.encoder.id for model in models}) == 1
    for model in models:
        assert (model.name, model.device.type) == ("vit_b", "cpu")
        for name, value in model.stock.mask_decoder.state_dict().items():
            assert torch.equal(value, small_vit_b[f"mask_decoder.{name}"])
    pixels = np.random.default_rng(0).integers(0, 256, (60, 80, 3), dtype=np.uint8)
    assert models[0].encoder.encode(pixels).features.shape == (256, 64, 64)


def test_a_tuned_decoder_does_not_change_the_encoder_s_id(small_vit_b, tmp_path):
    torch.save(small_vit_b, tmp_path / "a.pth")
    torch.save(small_vit_b | {"mask_decoder.iou_token.weight": torch.zeros(1, 256)}, tmp_path / "b.pth")
    assert load(tmp_path / "a.pth", tmp_path).encoder.id == load(tmp_path / "b.pth", tmp_path).encoder.id


def test_a_checkpoint_of_another_shape_is_refused(small_vit_b, tmp_path):
    torch.save(random_state(), tmp_path / "decoder.pth")
    with pytest.raises(Unavailable, match="is not a vit_b"):
        load(tmp_path / "decoder.pth", tmp_path)
    encoder_only = {name: value for name, value in small_vit_b.items() if name.startswith("image_")}
    torch.save(encoder_only, tmp_path / "encoder.pth")
    with pytest.raises(Unavailable, match="does not hold SAM's prompt encoder and mask decoder"):
        load(tmp_path / "encoder.pth", tmp_path)


class Evil:
    def __reduce__(self):
        return (Path("/nonexistent").touch, ())


@pytest.mark.parametrize("content", [b"", b"garbage", b"this is not a decoder", b"PK\x03\x04 half a zip"])
@pytest.mark.parametrize("suffix", [".pth", ".safetensors"])
def test_a_file_that_holds_no_tensors_is_named(tmp_path, content, suffix):
    path = tmp_path / f"bad{suffix}"
    path.write_bytes(content)
    with pytest.raises(Unavailable, match=r"bad.* cannot be read as tensors"):
        read_checkpoint(path)


def test_nothing_in_a_checkpoint_runs(tmp_path):
    (tmp_path / "evil.pth").write_bytes(pickle.dumps({"weight": Evil()}, protocol=2))
    torch.save({"weight": Evil()}, tmp_path / "zipped.pth")
    for name in ("evil.pth", "zipped.pth"):
        with pytest.raises(Unavailable, match="cannot be read as tensors"):
            read_checkpoint(tmp_path / name)


def test_a_checkpoint_of_something_else_is_named(tmp_path):
    torch.save({"model": {"a": 1}}, tmp_path / "other.pth")
    with pytest.raises(Unavailable, match="other than tensors"):
        read_checkpoint(tmp_path / "other.pth")
    torch.save([1, 2], tmp_path / "list.pth")
    with pytest.raises(Unavailable, match="other than tensors"):
        read_checkpoint(tmp_path / "list.pth")


def test_devices():
    assert resolve_device("cpu").type == "cpu"
    assert resolve_device("auto").type == ("cuda" if torch.cuda.is_available() else "cpu")
    for name in ("cuda:99", "toaster"):
        with pytest.raises(Unavailable, match=name):
            resolve_device(name)


def test_an_encoder_of_another_output_shape_is_refused(small_vit_b, monkeypatch, tmp_path):
    other = dataclasses.replace(VIT_B, features_shape=(256, 32, 32))
    monkeypatch.setitem(MODELS._items, "vit_b", other)
    with pytest.raises(Unavailable, match="vit_b gives 256x32x32 numbers, and the decoder reads 256x64x64"):
        load(tmp_path / "nothing.pth", tmp_path)
