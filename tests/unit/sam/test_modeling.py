from __future__ import annotations

import subprocess
import sys

import pytest
import torch

from samstudio.sam import modeling
from samstudio.sam.specs import MODELS
from samstudio.sam.specs.vit import VIT_B


def test_neither_torchvision_nor_the_package_s_init_is_executed():
    code = (
        "import sys; sys.modules['torchvision'] = None\n"  # importing it would raise
        "from samstudio.sam import modeling\n"
        "assert 'segment_anything' not in sys.modules\n"
        "modeling.build_mask_decoder(); modeling.build_prompt_encoder()\n"
    )
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True)


def test_the_decoder_has_the_published_number_of_numbers():
    parts = (modeling.build_prompt_encoder(), modeling.build_mask_decoder())
    assert sum(value.numel() for part in parts for value in part.state_dict().values()) == 4_064_816


@pytest.mark.parametrize(("name", "millions"), [("vit_b", 89.67), ("vit_l", 308.28), ("vit_h", 637.03)])
def test_the_image_encoders_have_their_official_sizes(name, millions):
    encoder = MODELS.get(name).build_module()
    assert sum(part.numel() for part in encoder.parameters()) / 1e6 == pytest.approx(millions, abs=0.01)


def test_building_does_not_draw_from_the_global_random_generator():
    torch.manual_seed(0)
    before = torch.get_rng_state()
    modeling.build_prompt_encoder(), modeling.build_mask_decoder(), VIT_B.build_module()
    assert torch.equal(torch.get_rng_state(), before)
