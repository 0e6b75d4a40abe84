"""A version as a file: what segment-anything makes of it, and what comes back."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import save_file

from samstudio.domain import InvalidInput, Prompt
from samstudio.sam.decoder import PromptBatch, SamDecoder, save_decoder
from samstudio.sam.models import StockWeights
from samstudio.sam.transfer import DECODER_FORMATS, ExportedDecoder
from samstudio.sam.transfer.reading import read_tuned_decoder
from samstudio.sam.transfer.state import decoder_weights, whole_state
from samstudio.sam.weights.sources import WeightFiles
from tests.unit.sam.stock import random_state, stock_package
from tests.unit.sam.test_models import SMALL


@pytest.fixture(scope="module")
def state() -> dict[str, torch.Tensor]:
    return random_state(1)


@pytest.fixture(scope="module")
def vit_t(state, tmp_path_factory) -> StockWeights:
    folder = tmp_path_factory.mktemp("weights")
    return StockWeights("vit_t", state, WeightFiles(folder / "encoder.onnx", folder / "sam.onnx"))


@pytest.fixture
def tuned(vit_t) -> dict[str, torch.Tensor]:
    torch.manual_seed(2)
    return {name: value + 0.01 * torch.randn_like(value) for name, value in decoder_weights(vit_t).items()}


@pytest.fixture
def vit_b(state, monkeypatch) -> StockWeights:
    """A ViT of a small image encoder; the shape is passed to segment-anything's own builder."""
    sam = small_sam(None)
    encoder = {f"image_encoder.{name}": value for name, value in sam.image_encoder.state_dict().items()}
    return StockWeights("vit_b", encoder | state, WeightFiles(*[Path("/weights/vit_b.pth")] * 2))


def small_sam(checkpoint):
    """segment-anything's builder behind ``sam_model_registry``, with fewer blocks."""
    return stock_package("build_sam")._build_sam(*SMALL[:3], list(SMALL[3]), checkpoint=checkpoint)


def write(name, path, stock, decoder, metadata=None):
    """One of the formats."""
    DECODER_FORMATS.get(name).write(path, ExportedDecoder(stock, decoder, metadata or {}, no_graph))


def no_graph():
    raise AssertionError("this format has no use for it")


def same(one, other) -> bool:
    return set(one) == set(other) and all(torch.equal(one[name], other[name]) for name in one)


def test_segment_anything_s_builder_loads_the_pth_strictly_and_gives_the_same_logits(vit_b, tuned, tmp_path):
    path = tmp_path / "v3.pth"
    write("pth", path, vit_b, tuned)
    sam = small_sam(str(path))
    assert same(sam.state_dict(), whole_state(vit_b, tuned))
    features = torch.randn(1, 256, 64, 64) * 0.1
    box = torch.tensor([[100.0, 120.0, 500.0, 700.0]])
    with torch.no_grad():
        sparse, dense = sam.prompt_encoder(points=None, boxes=box, masks=None)
        expected, scores = sam.mask_decoder(
            image_embeddings=features,
            image_pe=sam.prompt_encoder.get_dense_pe(),
            sparse_prompt_embeddings=sparse,
            dense_prompt_embeddings=dense,
            multimask_output=False,
        )
        batch = PromptBatch.of([Prompt(box=tuple(box[0].tolist()))], [(1024, 1024)])
        ours, iou = SamDecoder.from_state(whole_state(vit_b, tuned))(features, batch)
    torch.testing.assert_close(ours[:, :1], expected, atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(iou[:, :1], scores, atol=1e-5, rtol=1e-5)
    assert DECODER_FORMATS.get("pth").what_is_missing(vit_b) == ""
    assert "vit_b's own, unchanged" in DECODER_FORMATS.get("onnx").what_is_missing(vit_b)


def test_vit_t_s_pth_holds_all_but_the_image_encoder_and_says_where_that_is(vit_t, tuned, tmp_path):
    write("pth", tmp_path / "t.pth", vit_t, tuned)
    loaded = torch.load(tmp_path / "t.pth", weights_only=True)
    assert {name.split(".")[0] for name in loaded} == {"prompt_encoder", "mask_decoder"}
    assert str(vit_t.files.encoder) in DECODER_FORMATS.get("pth").what_is_missing(vit_t)


def test_what_goes_out_as_safetensors_comes_back_bit_for_bit(vit_t, tuned, tmp_path):
    path = tmp_path / "v3.safetensors"
    write("safetensors", path, vit_t, tuned, {"model": "vit_t", "version": "3"})
    with safe_open(path, "pt") as file:
        assert file.metadata() == {
            "format": "pt",
            "kind": "samstudio decoder",
            "model": "vit_t",
            "version": "3",
        }
    assert same(read_tuned_decoder(path, stock=vit_t), tuned)


def test_a_pth_and_a_version_s_own_file_come_back_too(vit_t, vit_b, tuned, tmp_path):
    write("pth", tmp_path / "a.pth", vit_b, tuned)
    torch.save({"model": whole_state(vit_b, tuned)}, tmp_path / "wrapped.pth")
    save_decoder(tmp_path / "v1.safetensors", tuned, {})
    for name in ("a.pth", "wrapped.pth", "v1.safetensors"):
        assert same(read_tuned_decoder(tmp_path / name, stock=vit_b), tuned)


def _without(state):
    del state["mask_decoder.iou_token.weight"]


def _reshaped(state):
    state["mask_decoder.iou_token.weight"] = torch.zeros(2, 256)


def _unknown(state):
    state["mask_decoder.hq_token.weight"] = torch.zeros(1, 256)


def _infinite(state):
    state["mask_decoder.iou_token.weight"] = torch.full((1, 256), torch.nan)


def _whole_numbers(state):
    state["mask_decoder.iou_token.weight"] = torch.zeros((1, 256), dtype=torch.int64)


def _overflowing(state):
    for name in state:
        if name.startswith("mask_decoder.output_upscaling"):
            state[name] = torch.full_like(state[name], 3e38)


def _another_prompt_encoder(state):
    state["prompt_encoder.no_mask_embed.weight"] = torch.ones(1, 256)


def _no_decoder(state):
    for name in [name for name in state if name.startswith("mask_decoder")]:
        del state[name]


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (_without, r"bad.pth has no mask_decoder.iou_token.weight"),
        (_reshaped, r"bad.pth: mask_decoder.iou_token.weight is of shape \(2, 256\), not \(1, 256\)"),
        (_unknown, r"bad.pth: mask_decoder.hq_token.weight is not a weight of SAM's mask decoder"),
        (_infinite, r"bad.pth: mask_decoder.iou_token.weight holds something other than finite numbers"),
        (_whole_numbers, r"bad.pth: mask_decoder.iou_token.weight holds something other"),
        (_overflowing, r"bad.pth gives no finite mask"),
        (_another_prompt_encoder, r"bad.pth was made for another model: its prompt encoder is not vit_t's"),
        (_no_decoder, r"bad.pth holds no mask decoder"),
    ],
)
def test_the_first_thing_wrong_is_named(vit_t, tmp_path, harm, words):
    state = dict(vit_t.state)
    harm(state)
    torch.save(state, tmp_path / "bad.pth")
    with pytest.raises(InvalidInput, match=words):
        read_tuned_decoder(tmp_path / "bad.pth", stock=vit_t)


def test_a_decoder_of_another_image_encoder_is_refused_where_that_can_be_seen(vit_t, vit_b, tmp_path):
    other = dict(vit_b.state)
    name = next(name for name in other if name.startswith("image_encoder."))
    other[name] = other[name] + 1
    torch.save(other, tmp_path / "other.pth")
    with pytest.raises(InvalidInput, match="its image encoder is not vit_b's"):
        read_tuned_decoder(tmp_path / "other.pth", stock=vit_b)
    assert read_tuned_decoder(tmp_path / "other.pth", stock=vit_t)


def test_half_precision_is_still_this_model(vit_t, tmp_path):
    save_file({name: value.half() for name, value in vit_t.state.items()}, tmp_path / "half.safetensors")
    found = read_tuned_decoder(tmp_path / "half.safetensors", stock=vit_t)
    assert {value.dtype for value in found.values()} == {torch.float32}


class Evil:
    def __reduce__(self):
        return (print, ("run",))


def test_nothing_in_a_file_is_run(vit_t, tmp_path, capsys):
    torch.save({"mask_decoder.iou_token.weight": Evil()}, tmp_path / "evil.pth")
    with pytest.raises(InvalidInput, match=r"^evil.pth cannot be read as tensors"):
        read_tuned_decoder(tmp_path / "evil.pth", stock=vit_t)
    assert capsys.readouterr().out == ""


def test_what_is_no_decoder_file_at_all(vit_t, tmp_path):
    (tmp_path / "notes.txt").write_text("hello")
    with pytest.raises(InvalidInput, match=r"notes.txt is not a decoder"):
        read_tuned_decoder(tmp_path / "notes.txt", stock=vit_t)
    with pytest.raises(InvalidInput, match=r"none.pth does not exist"):
        read_tuned_decoder(tmp_path / "none.pth", stock=vit_t)
    with pytest.raises(InvalidInput, match="there is no format 'pt2': choose one of pth, safetensors, onnx"):
        DECODER_FORMATS.get("pt2")


def test_the_stock_is_left_alone(vit_t, tuned):
    before = dataclasses.replace(vit_t, state=dict(vit_t.state))
    whole_state(vit_t, tuned)
    assert same(before.state, vit_t.state)
