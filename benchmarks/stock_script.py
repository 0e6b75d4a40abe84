"""The peer of `benchmarks.memory`: a plain script over the same images and the same weights.

Reads a pickled list of image files on standard input; encodes each with
onnxruntime's default session, keeps its float32 embedding, decodes one box
with stock segment-anything modules; prints its resident bytes.
"""

from __future__ import annotations

import io
import pickle
import sys

import numpy as np
import onnxruntime
import psutil
import torch
from PIL import Image

from samstudio.config import Settings
from samstudio.sam.convert import convert_sam_onnx
from samstudio.sam.geometry import encoder_input, scale_coords
from samstudio.sam.modeling import build_mask_decoder, build_prompt_encoder
from samstudio.sam.weights.sources import ensure_weights

BOX = ((200.0, 150.0), (700.0, 600.0))


def main() -> None:
    files = ensure_weights(model="vit_t", checkpoint=None, weights_dir=Settings().weights_dir, progress=None)
    session = onnxruntime.InferenceSession(files.encoder)
    prompt_encoder, mask_decoder = build_prompt_encoder(), build_mask_decoder()
    stock = torch.nn.ModuleDict({"prompt_encoder": prompt_encoder, "mask_decoder": mask_decoder})
    stock.load_state_dict(convert_sam_onnx(files.decoder), assign=True)  # built without weights of its own
    kept = []
    for picture in pickle.load(sys.stdin.buffer):
        pixels = np.asarray(Image.open(io.BytesIO(picture)))
        kept.append(torch.from_numpy(session.run(None, {"input": encoder_input(pixels)[0]})[0]))
        box = torch.from_numpy(scale_coords(BOX, pixels.shape[:2]).reshape(1, 4)).float()
        with torch.no_grad():
            sparse, dense = prompt_encoder(points=None, boxes=box, masks=None)
            mask_decoder(kept[-1], prompt_encoder.get_dense_pe(), sparse, dense, False)
    print(psutil.Process().memory_info().rss)


if __name__ == "__main__":
    main()
