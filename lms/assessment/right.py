"""What is right, in words: for people who may see the key."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from lms.web.language import gettext


def right_lines(kind: str, key: Mapping[str, Any], words: Mapping[str, Any]) -> list[str]:
    """Return the right answer as lines of HTML."""
    choices: dict[str, str] = words["choices"]
    if kind == "single":
        return [choices[key["right"]]]
    if kind == "truefalse-reason":
        claim = gettext("True") if key["claim"] == "true" else gettext("False")
        return [escape(claim), choices[key["right"]]]
    if kind == "multiple":
        return [choices[letter] for letter in key["right"]]
    if kind == "ordering":
        return [choices[letter] for letter in key["order"]]
    if kind == "matching":
        return [
            f"{words['lefts'][left]} = {words['rights'][right]}"
            for left, right in key["pairs"].items()
        ]
    if kind == "scenario":
        return [
            step["choices"][right["right"]]
            for step, right in zip(words["steps"], key["steps"], strict=True)
        ]
    return [f"{key['value']} {words['unit']}"]
