"""What another right answer changes: pure decisions about marks that were given already."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Any

from lms.assessment.rules import FormItem, Outcome, remarked
from lms.authoring.drafts.rules import Rights
from lms.catalogue.structure import PassRule
from lms.kernel.json_value import Json

# Kinds of job: the first counts and writes nothing, the second corrects.
COUNT, CORRECT = "keys.count", "keys.correct"
LONGEST_REASON = 500


class Effect(StrEnum):
    """What another key does to one attempt."""

    SAME = "same"
    MARK = "mark"  # another mark, the same result
    PASSED = "passed"  # it had failed
    FAILED = "failed"  # it had passed
    UNKNOWN = "unknown"  # the answer is no longer kept


# What gives an attempt another mark.
CHANGES = (Effect.MARK, Effect.PASSED, Effect.FAILED)


@dataclass(frozen=True, slots=True)
class Remarked:
    """One attempt under the corrected key."""

    effect: Effect
    after: Outcome | None


def effect_of(
    items: Sequence[FormItem],
    before: Mapping[str, Any],
    passed: bool,
    item: str,
    key: Mapping[str, Any],
    choice: object,
    rule: PassRule,
    critical: Collection[str],
    *,
    decides: bool,
) -> Remarked:
    """Return what one attempt is worth under another key of one of its items.

    before, passed   what counts now: see ``assessment.rules.remarked``.
    decides  whether the test can be passed at all: the first one cannot.
    """
    after = remarked(items, before, item, key, choice, rule, critical)
    if after is None:
        return Remarked(Effect.UNKNOWN, None)
    if str(after.by_item[item]) == before["items"][item]:
        return Remarked(Effect.SAME, after)
    if decides and after.passed != passed:
        return Remarked(Effect.PASSED if after.passed else Effect.FAILED, after)
    return Remarked(Effect.MARK, after)


def counted(found: Mapping[str, int] | None, effects: Sequence[Effect]) -> dict[str, int]:
    """Add what one portion of attempts shows to the counts before it, one for each effect."""
    before = found or {}
    return {each: before.get(each, 0) + effects.count(each) for each in Effect}


def may_count(held: Rights) -> bool:
    """Return whether somebody may ask who would be affected: numbers only, no names."""
    return held.writes_source or held.reviews


def digest_of(numbers: Sequence[int], old: Sequence[Mapping[str, Any]], new: Json) -> str:
    """Return a digest of one change of a key: what was counted is what is confirmed."""
    whole = json.dumps([list(numbers), list(old), new], sort_keys=True)
    return sha256(whole.encode()).hexdigest()[:16]
