from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch

from samstudio.domain import InvalidInput, Unavailable
from samstudio.sam.encoder import OnnxEncoder, TorchEncoder
from samstudio.sam.geometry import encoder_input

PIXELS = np.random.default_rng(0).integers(0, 256, (300, 400, 3), dtype=np.uint8)


def onnx_file(path: Path, channels: int = 256) -> Path:
    """A graph of the encoder's shape: 16x16 mean pooling, then a 1x1 convolution."""
    weight = np.random.default_rng(1).standard_normal((channels, 3, 1, 1)).astype(np.float32)
    nodes = [
        onnx.helper.make_node("AveragePool", ["input"], ["pooled"], kernel_shape=[16, 16], strides=[16, 16]),
        onnx.helper.make_node("Conv", ["pooled", "weight"], ["output"]),
    ]
    value, real = onnx.helper.make_tensor_value_info, onnx.TensorProto.FLOAT
    graph = onnx.helper.make_graph(
        nodes,
        "encoder",
        [value("input", real, ["N", 3, 1024, 1024])],
        [value("output", real, ["N", channels, 64, 64])],
        [onnx.numpy_helper.from_array(weight, "weight")],
    )
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)], ir_version=8)
    onnx.save(model, str(path))
    return path


def torch_module(onnx_path: Path) -> torch.nn.Module:
    weight = onnx.numpy_helper.to_array(onnx.load(str(onnx_path)).graph.initializer[0])
    module = torch.nn.Sequential(torch.nn.AvgPool2d(16), torch.nn.Conv2d(3, len(weight), 1, bias=False))
    module.load_state_dict({"1.weight": torch.from_numpy(weight.copy())})
    return module


def test_both_encoders_give_a_float16_embedding_with_its_sizes(tmp_path):
    path = onnx_file(tmp_path / "encoder.onnx")
    by_onnx = OnnxEncoder(path=path, sha256="0123456789abcdef" * 4, threads=1).encode(PIXELS)
    by_torch = TorchEncoder(module=torch_module(path)).encode(PIXELS)
    for embedding in (by_onnx, by_torch):
        assert embedding.features.dtype == np.float16
        assert embedding.features.shape == (256, 64, 64)
        assert embedding.original_size == (300, 400)
        assert embedding.input_size == encoder_input(PIXELS)[1] == (768, 1024)
    np.testing.assert_allclose(by_onnx.features, by_torch.features, atol=2e-3)


def test_ids_name_the_weights(tmp_path):
    path = onnx_file(tmp_path / "encoder.onnx")
    assert OnnxEncoder(path=path, sha256="0123456789abcdef" * 4).id == "0123456789ab"
    module = torch_module(path)
    name = TorchEncoder(module=module).id
    assert len(name) == 12
    assert TorchEncoder(module=torch_module(path)).id == name
    with torch.no_grad():
        module[1].weight[0] += 1  # type: ignore[index, operator]
    assert TorchEncoder(module=module).id != name


def test_nothing_is_loaded_before_the_first_image(tmp_path):
    encoder = OnnxEncoder(path=tmp_path / "nothing.onnx", sha256="0" * 64)
    with pytest.raises(Unavailable, match=r"nothing\.onnx cannot be loaded"):
        encoder.encode(PIXELS)


def test_an_embedding_of_another_shape_is_refused(tmp_path):
    path = onnx_file(tmp_path / "encoder.onnx", channels=7)
    with pytest.raises(Unavailable, match="shape"):
        OnnxEncoder(path=path, sha256="0" * 64, threads=1).encode(PIXELS)


def test_pixels_that_are_no_image_are_refused(tmp_path):
    encoder = OnnxEncoder(path=onnx_file(tmp_path / "encoder.onnx"), sha256="0" * 64, threads=1)
    with pytest.raises(InvalidInput, match="uint8 HxWx3"):
        encoder.encode(PIXELS.astype(np.float32))  # type: ignore[arg-type]


def test_many_threads_may_encode(tmp_path):
    encoder = OnnxEncoder(path=onnx_file(tmp_path / "encoder.onnx"), sha256="0" * 64, threads=1)
    answers: list[np.ndarray] = []
    threads = [
        threading.Thread(target=lambda: answers.append(encoder.encode(PIXELS).features)) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 4
    assert all(np.array_equal(answer, answers[0]) for answer in answers)
