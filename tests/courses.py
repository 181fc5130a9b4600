"""A small invented course for tests, as the compiled structure and as published rows."""

from __future__ import annotations

from lms.catalogue.structure import LessonPlace, Module, PassRule, Structure, TestPlan


def structure(
    *,
    critical: tuple[str, ...] = (),
    percent: int = 80,
    boxes: dict[str, str] | None = None,
    prerequisites: tuple[str, ...] = (),
) -> Structure:
    """Return four modules with three lessons each, as C01 has them."""
    minutes = {
        "MR-1": (15, 15, 20),
        "MR-2": (20, 15, 20),
        "MR-3": (20, 15, 15),
        "MR-4": (20, 15, 15),
    }
    number = 0
    modules = []
    for code, each in minutes.items():
        lessons = []
        for place, length in enumerate(each, 1):
            number += 1
            lessons.append(LessonPlace(f"{code}.{place}", length, number, code))
        modules.append(Module(code, sum(each), tuple(lessons)))
    return Structure(
        modules=tuple(modules),
        minutes=205,
        validity_months=24,
        pass_rule=PassRule(percent=percent),
        refresher_percent=90,
        refresher_days=90,
        prerequisites=prerequisites,
        audience=("P1",),
        tests={"pre": TestPlan(12), "post": TestPlan(20, 4)},
        critical=critical,
        boxes=boxes or {},
        blocking_boxes=tuple(boxes or {}),
        hours="3.5",
    )
