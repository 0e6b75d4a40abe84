import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from samstudio.domain import InvalidInput, Prompt
from samstudio.prompts import (
    box_from_text,
    check_count,
    check_prompt,
    fit_prompt,
    make_prompt,
    point_from_text,
    prompt_from_json,
)

LOGITS = np.zeros((1, 256, 256), np.float32)


def test_lists_of_numbers_become_a_prompt():
    prompt = make_prompt(
        box=[1, 2.5, 3, "4"], point_coords=[[1, 2], (3, 4)], point_labels=[1, 0.0], mask_input=LOGITS
    )
    assert prompt.box == (1, 2.5, 3, 4)
    assert prompt.point_coords == ((1, 2), (3, 4))
    assert prompt.point_labels == (1, 0)
    assert prompt.mask_input is LOGITS
    assert make_prompt().to_json() == Prompt().to_json()


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"point_coords": [[1, 2, 3]]}, "point 1,2,3 is not two numbers X,Y"),
        ({"point_coords": [7]}, "point 7 is not two numbers X,Y"),
        ({"point_coords": "ab"}, "point_coords is a list of points X,Y"),
        (
            {"point_coords": [[1, 1]] * 501},
            "501 points are too many for one object; 500 is the most",
        ),
        ({"point_labels": [0.5]}, "point_labels is a list of 1 (foreground) and 0 (background), one a point"),
        ({"point_labels": ["x"]}, "point_labels is a list of 1 (foreground) and 0 (background), one a point"),
    ],
)
def test_what_is_no_prompt_is_refused_by_name(given, sentence):
    with pytest.raises(InvalidInput) as raised:
        make_prompt(**given)
    assert str(raised.value) == sentence


def test_numbers_in_a_text():
    assert box_from_text("1,2.5, 3,4") == (1, 2.5, 3, 4)
    assert point_from_text("1,2,0") == (1, 2, 0)
    for text in ("1,2,3", "1,2,3,x", "", "1,2,3,4,5"):
        with pytest.raises(InvalidInput, match=r"^box '.*' is not of the form X0,Y0,X1,Y1$"):
            box_from_text(text)
    with pytest.raises(InvalidInput, match="point '1,2' is not of the form X,Y,LABEL"):
        point_from_text("1,2")


def test_a_prompt_is_read_from_json():
    prompt = Prompt(box=(1, 2, 3, 4), point_coords=((5, 6),), point_labels=(0,))
    assert prompt_from_json(prompt.to_json()).to_json() == prompt.to_json()
    assert prompt_from_json({}).to_json() == Prompt().to_json()
    for value in (None, [1, 2, 3, 4]):
        with pytest.raises(InvalidInput, match="the prompt is empty"):
            prompt_from_json(value)


def test_one_to_a_hundred_prompts_are_answered_at_once():
    check_count(1)
    check_count(100)
    for count in (0, 101):
        with pytest.raises(InvalidInput, match=f"^{count} prompts cannot be answered at once: give"):
            check_count(count)


def test_an_empty_prompt_and_wrong_logits_are_refused():
    with pytest.raises(InvalidInput, match="the prompt is empty"):
        check_prompt(Prompt())
    with pytest.raises(InvalidInput, match="mask_input has shape 256x256: give"):
        check_prompt(Prompt(mask_input=LOGITS[0]))
    with pytest.raises(InvalidInput, match="numbers that are not finite"):
        fit_prompt(Prompt(mask_input=LOGITS + np.nan), (10, 20))


def test_boxes_are_sorted_and_clipped():
    assert fit_prompt(Prompt(box=(9, 8, 2, 1)), (20, 20)).box == (2, 1, 9, 8)
    assert fit_prompt(Prompt(box=(-5, -5, 25, 10)), (20, 20)).box == (0, 0, 20, 10)


@pytest.mark.parametrize(
    ("box", "sentence"),
    [
        ((5, 5, 5, 9), "box 5,5,5,9 has no area: drag from one corner to the opposite one"),
        ((30, 2, 40, 9), "box 30,2,40,9 lies outside the image, which is 20x10 pixels"),
        ((-9, 2, 0, 9), "box -9,2,0,9 lies outside the image, which is 20x10 pixels"),
        ((1, 2, float("nan"), 4), "box 1,2,nan,4 is not four numbers X0,Y0,X1,Y1"),
        ((1, 2, float("inf"), 4), "box 1,2,inf,4 is not four numbers X0,Y0,X1,Y1"),
        ("1234", "box '1234' is not four numbers X0,Y0,X1,Y1"),
        ((1, 2, "x", 4), "box (1, 2, 'x', 4) is not four numbers X0,Y0,X1,Y1"),
        ((1, 2, 3), "box 1,2,3 is not four numbers X0,Y0,X1,Y1"),
    ],
)
def test_bad_boxes_are_refused_by_name(box, sentence):
    with pytest.raises(InvalidInput) as raised:
        fit_prompt(make_prompt(box=box), (10, 20))
    assert str(raised.value) == sentence


@given(*[st.floats(-50, 50) for _ in range(4)])
def test_a_fitted_box_lies_in_the_image(x0, y0, x1, y1):
    try:
        left, top, right, bottom = fit_prompt(Prompt(box=(x0, y0, x1, y1)), (10, 20)).box
    except InvalidInput:
        return
    assert 0 <= left < right <= 20
    assert 0 <= top < bottom <= 10


@pytest.mark.parametrize(
    ("coords", "point_labels", "words"),
    [
        (((1, 1), (2, 2)), (1,), "2 points came with 1 labels"),
        (((1, 1),), (2,), "point 1,1 has label 2: 1 is foreground, 0 is background"),
        (((21, 1),), (1,), "point 21,1 lies outside the image"),
        (((float("nan"), 1),), (0,), "point nan,1 lies outside the image"),
    ],
)
def test_bad_points_are_refused_by_name(coords, point_labels, words):
    with pytest.raises(InvalidInput, match=words):
        fit_prompt(Prompt(point_coords=coords, point_labels=point_labels), (10, 20))


def test_points_on_the_border_pass():
    prompt = Prompt(point_coords=((0, 0), (20, 10)), point_labels=(1, 0))
    assert fit_prompt(prompt, (10, 20)).point_coords == prompt.point_coords
