import pytest

from samstudio.services.dataset_io.imports.masks.pairing import pair
from samstudio.services.dataset_io.imports.masks.roles import Role, folder_role

LAYOUTS = {
    "same names": (
        ["images/a.jpg", "images/b.jpg"],
        {"masks/a.png": "images/a.jpg", "masks/b.png": "images/b.jpg"},
    ),
    "labels": (["images/a.jpg"], {"labels/a.png": "images/a.jpg"}),
    "no role of the images' folder": (["photos/2024/a.jpg"], {"gt/a.png": "photos/2024/a.jpg"}),
    "splits below": (
        ["images/train/a.jpg", "images/val/a.jpg"],
        {"masks/train/a.png": "images/train/a.jpg", "masks/val/a.png": "images/val/a.jpg"},
    ),
    "splits above": (
        ["train/images/a.jpg", "val/images/a.jpg"],
        {"train/masks/a.png": "train/images/a.jpg", "val/masks/a.png": "val/images/a.jpg"},
    ),
    "splits in the name": (["train/a.jpg"], {"train_masks/a_mask.gif": "train/a.jpg"}),
    "nnU-Net": (["imagesTr/a.png", "imagesTs/a.png"], {"labelsTr/a.png": "imagesTr/a.png"}),
    "mask at the end": (["a.jpg"], {"a_mask.png": "a.jpg"}),
    "mask with a dash": (["a.jpg"], {"a-mask.png": "a.jpg"}),
    "mask with a dot": (["a.jpg"], {"a.mask.png": "a.jpg"}),
    "label": (["a.tif"], {"a_label.tif": "a.tif"}),
    "cellpose": (["a.tif"], {"a_cp_masks.png": "a.tif"}),
    "cellpose's training set": (["000_img.png"], {"000_masks.png": "000_img.png"}),
    "cellpose's seg": (["a.tif"], {"a_seg.npy": "a.tif"}),
    "mask at the start": (["001.tif"], {"mask_001.tif": "001.tif"}),
    "both at the start": (["img_001.tif"], {"mask_001.tif": "img_001.tif"}),
    "without a gap": (["image001.tif"], {"mask001.tif": "image001.tif"}),
    "in the middle": (
        ["img_01.png", "img_02.png"],
        {"img_mask_01.png": "img_01.png", "img_mask_02.png": "img_02.png"},
    ),
    "whole name": (["a.jpg", "a.png"], {"masks/a.jpg.png": "a.jpg", "masks/a.png.png": "a.png"}),
    "case": (["IMG_1.JPG"], {"masks/img_1.png": "IMG_1.JPG"}),
    "ISIC": (["d/ISIC_01.jpg"], {"t/ISIC_01_segmentation.png": "d/ISIC_01.jpg"}),
    "satellite": (["1_sat.jpg"], {"1_mask.png": "1_sat.jpg"}),
    "several": (
        ["benign (1).png"],
        {"benign (1)_mask.png": "benign (1).png", "benign (1)_mask_1.png": "benign (1).png"},
    ),
    "a folder an image": (
        ["t/f0/images/f0.png"],
        {
            "t/f0/masks/x1.png": "t/f0/images/f0.png",
            "t/f0/masks/x2.png": "t/f0/images/f0.png",
        },
    ),
    "a folder of masks": (
        ["images/a.png"],
        {"masks/a/000.png": "images/a.png", "masks/a/001.png": "images/a.png"},
    ),
    "pets": (["images/cat_1.jpg"], {"annotations/trimaps/cat_1.png": "images/cat_1.jpg"}),
    "a dataset called masks": (["my_masks/images/a.png"], {"my_masks/masks/a.png": "my_masks/images/a.png"}),
}


@pytest.mark.parametrize(("images", "expected"), LAYOUTS.values(), ids=LAYOUTS)
def test_masks_are_paired_with_images(images, expected):
    pairs = pair(images, list(expected))
    assert {mask: image for image, masks in pairs.of_image.items() for mask in masks} == expected
    assert [pairs.alone, pairs.ambiguous, pairs.doubled] == [[], {}, {}]


def test_a_mask_that_two_images_fit_belongs_to_none():
    pairs = pair(["images/a.jpg", "images/a.png"], ["masks/a.png"])
    assert pairs.ambiguous == {"masks/a.png": ["images/a.jpg", "images/a.png"]}
    assert not pairs.of_image


def test_the_size_tells_which_of_two_images_a_mask_is_of():
    pairs = pair(
        ["images/a.jpg", "images/a.png"], ["masks/a.png"], fits=lambda image, _: image.endswith("jpg")
    )
    assert pairs.of_image == {"images/a.jpg": ["masks/a.png"]}


def test_a_second_mask_of_another_kind_is_told():
    pairs = pair(["images/a.jpg"], ["masks/a.png", "masks/a.tif"])
    assert pairs.of_image == {"images/a.jpg": ["masks/a.png"]}
    assert pairs.doubled == {"masks/a.tif": "images/a.jpg"}


def test_a_mask_without_an_image_is_alone():
    pairs = pair(["images/a.jpg"], ["masks/b.png", "masks/a.png"])
    assert pairs.alone == ["masks/b.png"]


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("masks/a.png", Role.MASK),
        ("images/a.png", Role.IMAGE),
        ("my_masks/images/a.png", Role.IMAGE),
        ("ground_truth/crack/a.png", Role.MASK),
        ("photos/a.png", Role.IMAGE),
        ("day1/a.png", None),
        ("a.png", None),
        ("label-studio/media/upload/1/a.png", None),
        ("Label Studio/a.png", None),
        ("label_studio/images/a.png", Role.IMAGE),
        ("label-studio/labels/a.png", Role.MASK),
    ],
)
def test_the_deepest_folder_that_says_it_gives_the_role(name, role):
    assert folder_role(name) is role
