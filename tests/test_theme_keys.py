"""The keys of themes: fixed, short, and none the beginning of another one."""

import pytest

from coder.reviewing.theme_keys import TypedKeys, position_keys, theme_keys


def ids(n: int) -> list[str]:
    return [f"theme-{number}" for number in range(1, n + 1)]


@pytest.mark.parametrize("n", [1, 9, 12, 13, 60, 99, 100, 250])
def test_what_is_typed_in_one_burst_names_the_same_themes_in_the_same_order(n: int) -> None:
    keys = theme_keys(ids(n))
    assert list(keys) == ids(n)
    assert len(set(keys.values())) == n
    typed = TypedKeys(keys)
    complete = [typed.press(key) for key in "".join(keys.values())]
    assert [typed.theme_of(key) for key in complete if key] == ids(n)
    assert not typed.typed


def test_twelve_themes_have_one_key_each_and_sixty_two() -> None:
    assert "".join(theme_keys(ids(12)).values()) == "123456789ght"
    keys = theme_keys(ids(60))
    assert (keys["theme-7"], keys["theme-60"]) == ("07", "60")


def test_zeros_are_no_theme_and_half_a_number_can_be_dropped() -> None:
    typed = TypedKeys(theme_keys(ids(60)))
    assert typed.press("0") == ""
    assert typed.press("0") == typed.no_theme == "00"
    assert typed.theme_of("00") == typed.theme_of("61") == ""
    typed.press("4")
    assert typed.forget() == "4"
    assert typed.theme_of([typed.press(key) for key in "41"][-1]) == "theme-41"
    assert TypedKeys(theme_keys(ids(5))).press("0") == "0"


def test_positions_beyond_the_fifth_have_no_key() -> None:
    assert position_keys(["for", "against"]) == {"for": "A", "against": "B"}
    assert list(position_keys(ids(7)).values()) == ["A", "B", "C", "D", "E", "", ""]
