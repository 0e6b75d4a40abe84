"""Decoders exported as files for use elsewhere and imported again, one module a format."""

from __future__ import annotations

from samstudio.registry import Registry
from samstudio.sam.transfer.format import DecoderFormat, ExportedDecoder
from samstudio.sam.transfer.onnx import ONNX
from samstudio.sam.transfer.pth import PTH
from samstudio.sam.transfer.safetensors import SAFETENSORS

__all__ = ["DECODER_FORMATS", "DecoderFormat", "ExportedDecoder"]

DECODER_FORMATS = Registry("format", (PTH, SAFETENSORS, ONNX))
"""In the order in which the page offers them."""
