from __future__ import annotations

import numpy as np
import onnx
import pytest

from samstudio.domain import Unavailable
from samstudio.sam.convert import convert_sam_onnx


def test_a_file_that_is_not_onnx_is_named(tmp_path):
    path = tmp_path / "sam.onnx"
    path.write_bytes(b"\x00not a graph")
    with pytest.raises(Unavailable, match=r"sam\.onnx is not an ONNX file"):
        convert_sam_onnx(path)
    with pytest.raises(Unavailable, match=r"nothing\.onnx"):
        convert_sam_onnx(tmp_path / "nothing.onnx")


def test_another_graph_is_refused_with_its_numbers_counted(tmp_path):
    weight = onnx.numpy_helper.from_array(np.ones((2, 3), np.float32), "onnx::MatMul_1")
    bias = onnx.numpy_helper.from_array(np.ones(3, np.float32), "mask_decoder.layer.bias")
    stray = onnx.numpy_helper.from_array(np.ones(7, np.float32), "onnx::Stray_2")
    nodes = [
        onnx.helper.make_node("MatMul", ["x", "onnx::MatMul_1"], ["y"]),
        onnx.helper.make_node("Add", ["mask_decoder.layer.bias", "y"], ["z"]),
    ]
    value = onnx.helper.make_tensor_value_info
    graph = onnx.helper.make_graph(
        nodes,
        "other",
        [value("x", onnx.TensorProto.FLOAT, [1, 2])],
        [value("z", onnx.TensorProto.FLOAT, [1, 3])],
        [weight, bias, stray],
    )
    path = tmp_path / "other.onnx"
    onnx.save(onnx.helper.make_model(graph), str(path))
    with pytest.raises(Unavailable, match="16 numbers in it, 9 recognised, 4,064,816 expected"):
        convert_sam_onnx(path)
