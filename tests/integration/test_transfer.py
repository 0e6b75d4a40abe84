"""Versions out and back in with the real weights, and the ONNX file against torch.

The bound on logits: two float32 runs of one decoder differ by rounding that grows
with the logits, which reach 136 on noise and 49 on a photograph. Measured: 4e-6
of the largest at worst (docs/export-a-model.md). Held to 1e-4, or 1e-5 of the
largest where that is more.
"""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from PIL import Image
from skimage import data

from samstudio.config import Settings
from samstudio.domain import Prompt
from samstudio.sam.convert import convert_sam_onnx
from samstudio.sam.decoder import SamDecoder
from samstudio.sam.models import StockWeights, read_stock
from samstudio.sam.prompts import PromptBatch
from samstudio.sam.transfer.onnx import write_onnx
from samstudio.sam.transfer.state import decoder_weights, whole_state
from tests.integration.commands import fails, run_json
from tests.integration.sam.test_agreement import prompts_of
from tests.unit.sam.stock import stock_package

WEIGHTS = Settings().weights_dir
INPUTS = ["image_embeddings", "point_coords", "point_labels", "mask_input", "has_mask_input", "orig_im_size"]
OUTPUTS = ["masks", "iou_predictions", "low_res_masks"]


@pytest.fixture(scope="module")
def stock() -> StockWeights:
    return read_stock(name="vit_t", weights_dir=WEIGHTS)


@pytest.fixture(scope="module")
def state(stock) -> dict[str, torch.Tensor]:
    """A decoder off by a tenth of each weight's spread, and a prompt encoder of its own, as a ViT's."""
    generator = torch.Generator().manual_seed(5)
    return {
        name: value + 0.1 * value.std(unbiased=False) * torch.randn(value.shape, generator=generator)
        for name, value in stock.state.items()
    }


@pytest.fixture(scope="module")
def file(state, tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("onnx") / "v1.onnx"
    write_onnx(path, graph=WEIGHTS / "sam.onnx", state=state, metadata={"version": "1"})
    return path


@pytest.fixture(scope="module")
def session(file) -> Any:
    return onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])


@pytest.fixture(scope="module")
def features() -> np.ndarray:
    return (np.random.default_rng(0).standard_normal((1, 256, 64, 64)) * 0.1).astype(np.float32)


def fed(features: np.ndarray, prompt: Prompt, size: tuple[int, int]) -> dict[str, np.ndarray]:
    """A prompt (in the 1024 frame) as segment-anything's ONNX example feeds it."""
    points, labels = list(prompt.point_coords), list(prompt.point_labels)
    if prompt.box is not None:
        points += [prompt.box[:2], prompt.box[2:]]
        labels += [2, 3]
    else:
        points.append((0.0, 0.0))
        labels.append(-1)
    given = prompt.mask_input
    return {
        "image_embeddings": features,
        "point_coords": np.array(points, np.float32)[None],
        "point_labels": np.array(labels, np.float32)[None],
        "mask_input": np.zeros((1, 1, 256, 256), np.float32) if given is None else given[None],
        "has_mask_input": np.array([given is not None], np.float32),
        "orig_im_size": np.array(size, np.float32),
    }


def close(found: np.ndarray, expected: np.ndarray, part: float = 1e-5) -> bool:
    bound = max(1e-4, part * float(np.abs(expected).max()))
    return found.shape == expected.shape and float(np.abs(found - expected).max()) <= bound


def test_the_file_has_segment_anything_s_inputs_and_outputs(file, session, state):
    assert [one.name for one in session.get_inputs()] == INPUTS
    assert [one.name for one in session.get_outputs()] == OUTPUTS
    shapes = {one.name: one.shape for one in session.get_inputs() + session.get_outputs()}
    assert shapes["point_coords"] == [1, "num_points", 2]
    assert shapes["point_labels"] == [1, "num_points"]
    assert shapes["low_res_masks"] == [1, 4, 256, 256]
    assert {one.key: one.value for one in onnx.load(str(file)).metadata_props} == {"version": "1"}
    back = convert_sam_onnx(file)
    assert set(back) == set(state)
    assert all(torch.equal(back[name], state[name]) for name in back)


@pytest.mark.parametrize("kind", ["boxes", "points", "masks", "mixture"])
def test_onnxruntime_gives_our_torch_decoder_s_logits(session, state, features, kind):
    prompts = prompts_of(4)[kind]
    with torch.no_grad():
        batch = PromptBatch.of(prompts, [(1024, 1024)] * len(prompts))
        low_res, iou = SamDecoder.from_state(state)(torch.from_numpy(features), batch)
    for row, prompt in enumerate(prompts):
        _, scores, logits = session.run(None, fed(features, prompt, (1024, 1024)))
        assert close(logits[0], low_res[row].numpy()), prompt.to_json()
        assert np.abs(logits[0] - low_res[row].numpy()).mean() <= 1e-4
        np.testing.assert_allclose(scores[0], iou[row].numpy(), atol=1e-4, rtol=0)


@pytest.mark.parametrize("size", [(300, 500), (1400, 900)])
def test_the_whole_answer_is_that_of_segment_anything_s_own_export_model(session, state, features, size):
    decoder = SamDecoder.from_state(state)
    sam = SimpleNamespace(
        prompt_encoder=decoder.prompt_encoder,
        mask_decoder=decoder.mask_decoder,
        image_encoder=SimpleNamespace(img_size=1024),
        mask_threshold=0.0,
    )
    theirs = stock_package("utils.onnx").SamOnnxModel(sam, return_single_mask=False)
    for prompt in prompts_of(6)["mixture"][::3]:
        given = fed(features, prompt, size)
        expected = theirs(*(torch.from_numpy(given[name]) for name in INPUTS))
        for name, one, other in zip(OUTPUTS, session.run(None, given), expected, strict=True):
            # Resizing twice rounds the places that are read: 1.4e-5 of the largest at worst.
            part = 5e-5 if name == "masks" else 1e-5
            assert close(one, other.numpy(), part), (name, prompt.to_json())


def test_an_export_of_stock_holds_stock_s_numbers(stock, tmp_path):
    state = whole_state(stock, decoder_weights(stock))
    write_onnx(tmp_path / "stock.onnx", graph=WEIGHTS / "sam.onnx", state=state, metadata={})
    back = convert_sam_onnx(tmp_path / "stock.onnx")
    assert all(torch.equal(back[name], stock.state[name]) for name in stock.state)


def test_out_and_in_on_the_command_line(tmp_path):
    storage = tmp_path / "storage"
    out = tmp_path / "stock.safetensors"
    file = run_json(storage, "export-version", "live", "--format", "safetensors", "--out", out)
    assert (file["version"], file["model"], file["bytes"]) == (0, "vit_t", out.stat().st_size)
    assert "encoder.onnx" in file["note"]
    made = run_json(storage, "import-version", out, "--reason", "a round trip")
    assert made["version"] == 1
    assert made["reason"] == "imported from stock.safetensors: a round trip"
    assert run_json(storage, "delete-version", 1) == {"deleted": 1}
    assert fails(storage, "delete-version", 0) == "version 0 is the stock decoder: it cannot be deleted"
    (tmp_path / "bad.pth").write_bytes(b"garbage")
    assert fails(storage, "import-version", tmp_path / "bad.pth").startswith("bad.pth cannot be read")


def test_the_documented_way_with_onnxruntime_gives_the_app_s_mask(stock, tmp_path, monkeypatch):
    """The code block of docs/export-a-model.md, run as it stands."""
    page = (Path(__file__).parents[2] / "docs" / "export-a-model.md").read_text()
    (code,) = [block for block in page.split("```python\n") if "encoder.onnx" in block and "frame" in block]
    monkeypatch.chdir(tmp_path)
    (tmp_path / "encoder.onnx").symlink_to(stock.files.encoder)
    write_onnx(Path("v3.onnx"), graph=WEIGHTS / "sam.onnx", state=stock.state, metadata={})
    Image.fromarray(data.astronaut()).save("photo.jpg", quality=100)
    names: dict[str, Any] = {}
    exec(code.split("```")[0], names)
    monkeypatch.undo()  # the command line is found from the repository
    photo, mask = tmp_path / "photo.jpg", tmp_path / "mask.png"
    run_json(tmp_path / "storage", "predict", photo, "--box", "175,60,275,185", "--out", mask)
    ours = np.asarray(Image.open(mask)) > 0
    assert (names["inside"] & ours).sum() / (names["inside"] | ours).sum() > 0.99
