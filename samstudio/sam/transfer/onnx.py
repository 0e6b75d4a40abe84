"""A decoder as ONNX, the way segment-anything's ``scripts/export_onnx_model.py`` writes one.

The published ``sam.onnx`` *is* that script's graph, so nothing is traced again:
its weights are replaced, the exact inverse of `samstudio.sam.convert`. Its last
step is taken out: it was exported with ``--return-single-mask`` and would answer
a lone box with one of the three multimask tokens, which is not what the app does.
Without that flag, which is the script's default, all four masks come out.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from samstudio.domain import Unavailable
from samstudio.sam.geometry import LOW_RES
from samstudio.sam.transfer.format import DecoderFormat, ExportedDecoder
from samstudio.sam.transfer.state import whole_state

if TYPE_CHECKING:
    from torch import Tensor

MASK_TOKENS = 4
"""Token 0 is the single-mask answer (``multimask_output=False``), 1..3 the multimask ones."""

_SHAPES: dict[str, tuple[int | str, ...]] = {
    "masks": (1, MASK_TOKENS, "height", "width"),
    "iou_predictions": (1, MASK_TOKENS),
    "low_res_masks": (1, MASK_TOKENS, LOW_RES, LOW_RES),
}


def write_onnx(path: Path, *, graph: Path, state: Mapping[str, Tensor], metadata: Mapping[str, str]) -> None:
    """Write a decoder as ONNX, with the inputs and outputs of segment-anything's export.

    Inputs, float32: ``image_embeddings`` 1x256x64x64, ``point_coords`` 1xNx2,
    ``point_labels`` 1xN, ``mask_input`` 1x1x256x256, ``has_mask_input`` 1,
    ``orig_im_size`` 2. Outputs, float32: ``masks`` 1x4xHxW (logits),
    ``iou_predictions`` 1x4, ``low_res_masks`` 1x4x256x256.

    Args:
        path: The file to write.
        graph: The published ``sam.onnx``.
        state: ``prompt_encoder.`` and ``mask_decoder.`` keys; others are ignored.
        metadata: Stored as the model's properties.

    Raises:
        Unavailable: A weight is missing or of another shape.
    """
    import onnx

    model = onnx.load(str(graph))
    _replace_weights(model.graph, state)
    _answer_with_all_masks(model.graph)
    _describe(model.graph.output)
    onnx.helper.set_model_props(model, dict(metadata))
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, str(path))


def _replace_weights(graph: Any, state: Mapping[str, Tensor]) -> None:
    """Put each weight of ``state`` where the graph holds it, by renaming the numbers' positions."""
    from onnx import numpy_helper

    from samstudio.sam.convert import rename_weights

    ends = np.cumsum([int(np.prod(item.dims)) for item in graph.initializer])
    flat = np.empty(ends[-1], dtype=np.float32)
    positions: dict[str, Any] = {
        item.name: np.arange(end - np.prod(item.dims), end, dtype=np.int64).reshape(tuple(item.dims))
        for item, end in zip(graph.initializer, ends, strict=True)
    }
    for name, where in rename_weights(list(graph.node), positions)[0].items():
        flat[where] = _numbers(state, name, where.shape)
    for item, end in zip(graph.initializer, ends, strict=True):
        values = flat[end - np.prod(item.dims, dtype=np.int64) : end].reshape(tuple(item.dims))
        item.CopyFrom(numpy_helper.from_array(values, item.name))


def _numbers(state: Mapping[str, Tensor], name: str, shape: tuple[int, ...]) -> NDArray[np.float32]:
    if name not in state or tuple(state[name].shape) != shape:
        found = "missing" if name not in state else f"of shape {tuple(state[name].shape)}"
        raise Unavailable(f"the decoder cannot be written as ONNX: {name} is {found}, expected {shape}")
    numbers: NDArray[np.float32] = state[name].detach().float().cpu().numpy()
    return numbers


def _answer_with_all_masks(graph: Any) -> None:
    """Remove the choice of one mask: whatever read the chosen one reads all four."""
    for output in ("low_res_masks", "iou_predictions"):
        made_by = {name: node for node in graph.node for name in node.output}
        all_four = _chosen_from(made_by, output)
        made_by[output].output[0] = f"chosen_{output}"
        for node in graph.node:
            node.input[:] = [output if name == all_four else name for name in node.input]
        made_by[all_four].output[0] = output
    _drop_unused(graph)


def _chosen_from(made_by: Mapping[str, Any], output: str) -> str:
    node = made_by[output]
    while node.op_type != "Flatten":
        node = made_by[node.input[0]]
    return str(node.input[0])


def _drop_unused(graph: Any) -> None:
    wanted, kept = {one.name for one in graph.output}, []
    for node in reversed(list(graph.node)):
        if wanted.intersection(node.output):
            wanted.update(node.input)
            kept.append(node)
    del graph.node[:]
    graph.node.extend(reversed(kept))


def _describe(outputs: Any) -> None:
    from onnx import TensorProto, helper

    described = [
        helper.make_tensor_value_info(one.name, TensorProto.FLOAT, _SHAPES[one.name]) for one in outputs
    ]
    del outputs[:]
    outputs.extend(described)


def _write(path: Path, exported: ExportedDecoder) -> None:
    state = whole_state(exported.stock, exported.decoder)
    write_onnx(path, graph=exported.graph(), state=state, metadata=exported.metadata)


ONNX = DecoderFormat(name="onnx", description="for onnxruntime", write=_write)
