"""After a change of the core: a country's decision is still right, or is looked at again."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from uuid import UUID

from sqlalchemy.orm import Session

from lms.authoring.adapting.actions import change, layer_now
from lms.authoring.adapting.layers import path_of
from lms.content import nation_text as toml
from lms.content.boxes import is_open
from lms.content.model import NationFacts
from lms.kernel.errors import NotFound
from lms.kernel.viewer import Viewer


def keep(
    session: Session,
    viewer: Viewer,
    draft_id: UUID,
    nation: str,
    kind: str,
    code: str,
    made_from: str,
    *,
    now: datetime,
) -> None:
    """Say that what a country decided is still right beside a core that has changed since.

    kind, code  ``replaced``, ``hidden``, ``item`` or ``box``, and which one.
    made_from   digest of what the core says, beside which that was read.
    raises      NotFound where the country has decided nothing about it.
    """
    layer = layer_now(session, viewer, draft_id, nation)
    _require_decided(layer, kind, code)
    if kind == "box":
        edit = partial(toml.keep_box, code=code, made_from=made_from)
    elif kind == "item" and code not in layer.items_closed:
        listed = sorted(layer.items_out - set(layer.items_closed))
        edit = partial(toml.set_items, out=listed, made_from={code: made_from})
    elif kind == "item":
        limit = replace(layer.items_closed[code], made_from=made_from)
        edit = partial(toml.close_item, item=code, limit=limit)
    elif kind == "hidden":
        limit = replace(layer.hidden[code], made_from=made_from)
        edit = partial(toml.hide, block=code, limit=limit)
    else:
        limit = replace(layer.replaced[code], made_from=made_from)
        edit = partial(toml.replace, block=code, limit=limit)
    change(session, viewer, draft_id, nation, {path_of(nation): edit}, now=now)


def review_box(
    session: Session, viewer: Viewer, draft_id: UUID, nation: str, box: str, *, now: datetime
) -> None:
    """Put a box under review: its words stay, and learners are told.

    raises  NotFound where the country says nothing in it.
    """
    _require_decided(layer_now(session, viewer, draft_id, nation), "box", box)
    edit = partial(toml.review_box, code=box)
    change(session, viewer, draft_id, nation, {path_of(nation): edit}, now=now)


def _require_decided(layer: NationFacts, kind: str, code: str) -> None:
    decided: Mapping[str, Collection[str]] = {
        "replaced": layer.replaced,
        "hidden": layer.hidden,
        "item": layer.items_out,
        "box": layer.boxes,
    }
    if code not in decided.get(kind, ()) or (kind == "box" and is_open(layer, code)):
        raise NotFound
