"""The file of a translation with one block or title changed; every other byte stays."""

from __future__ import annotations

from collections.abc import Mapping

from lms.content.blocks import FENCE, read_document
from lms.content.digests import TITLES, block_digest, block_key, text_digest, titles_in
from lms.content.faults import CourseRefused, Faults
from lms.content.model import Document
from lms.content.standing import REVIEWED_BLOCKS, accepted_by
from lms.content.translation.front import quoted, with_value, without_value
from lms.content.translation.units import name_of


def with_block(
    target: Document | None,
    source: Document,
    key: str,
    raw: str,
    language: str,
    *,
    accepted: str | None = None,
) -> str:
    """Return the text of the translation's file with one block replaced or put in its place.

    target    the file as it is; None makes a new one, with the source's titles until somebody
              translates them.
    key       of the block, as ``[from]`` names it; raises KeyError where the source or ``raw`` has
              none.
    raw       the block as ``assembled`` returns it.
    accepted  who has read these words and when ("" for nobody named): it is reviewed. None: what
              was accepted before counts no longer, unless words and source text are the same.
    returns   the file; ``[from]`` names today's source text.
    raises    CourseRefused where what comes out cannot be read.
    """
    origins = {block_key(block): block for block in source.blocks}
    digest = block_digest(origins[key])
    if target is None:
        target = _empty(source, language)
    blocks = [(block_key(block), block.raw) for block in target.blocks]
    lead, changed = target.lead, _placed(blocks, list(origins), key, raw)
    order = _order(source)
    lead = with_value(lead, "from", key, digest, order)
    text = lead + "".join(each for _, each in changed)
    after = _read(target.path, text)
    block = {block_key(each): each for each in after.blocks}[key]
    before = next((each for each in target.blocks if block_key(each) == key), None)
    same = (
        before is not None
        and block_digest(before) == block_digest(block)
        and _made_from_today(target, key, digest)
    )
    lead = _with_acceptance(lead, target, key, block_digest(block), accepted, order, same=same)
    if lead == after.lead:
        return text
    return _read(target.path, lead + text[len(after.lead) :]).text()


def accepted_block(target: Document, source: Document, key: str, accepted: str | None) -> str:
    """Return the text of the file with one block or title accepted as it stands.

    accepted  who has read it and when; None takes the acceptance back.
    raises    KeyError where the translation has no such block or title.
    """
    said = _digests(target)[key]
    lead = _with_acceptance(target.lead, target, key, said, accepted, _order(source), same=False)
    return _read(target.path, lead + target.text()[len(target.lead) :]).text()


def with_title(
    target: Document | None,
    source: Document,
    key: str,
    title: str,
    language: str,
    *,
    accepted: str | None = None,
) -> str:
    """Return the text of the file with one title of its front matter changed.

    key  ``front.title``, ``front.public_title``, ``front.modules.MR-1``; raises KeyError where the
         source has no such title.
    """
    if target is None:
        target = _empty(source, language)
    same = titles_in(target).get(key) == title
    table, _, name = key.removeprefix(TITLES).rpartition(".")
    lead = target.lead
    if not same:
        names = list(source.front.get("modules", {})) if table else ["title", "public_title"]
        lead = with_value(lead, table, name, title, names)
    order, digest = _order(source), text_digest(titles_in(source)[key])
    same = same and _made_from_today(target, key, digest)
    lead = with_value(lead, "from", key, digest, order)
    lead = _with_acceptance(lead, target, key, text_digest(title), accepted, order, same=same)
    return _read(target.path, lead + target.text()[len(target.lead) :]).text()


def _order(source: Document) -> list[str]:
    return [*titles_in(source), *map(block_key, source.blocks)]


def _made_from_today(target: Document, key: str, digest: str) -> bool:
    table = target.front.get("from")
    return isinstance(table, dict) and table.get(key) == digest


def _read(path: str, text: str) -> Document:
    faults = Faults()
    document = read_document(path, text.encode(), faults)
    if document is None or len(faults):
        raise CourseRefused(faults)
    return document


def _empty(source: Document, language: str) -> Document:
    lines = [FENCE]
    titles = titles_in(source)
    for key in ("title", "public_title"):
        if title := titles.get(f"{TITLES}{key}"):
            lines.append(f"{key} = {quoted(title)}")
    lines.append("reviewed = false")
    modules = {key: title for key, title in titles.items() if key.startswith(f"{TITLES}modules.")}
    if modules:
        lines += ["", "[modules]"]
        lines += [f"{key.rpartition('.')[2]} = {quoted(title)}" for key, title in modules.items()]
    lines += [FENCE, "", ""]
    return _read(f"{language}/{name_of(source)}.md", "\n".join(lines))


def _placed(
    blocks: list[tuple[str, str]], order: list[str], key: str, raw: str
) -> list[tuple[str, str]]:
    """Return the blocks with this one in its place, a blank line between two."""
    body = raw.rstrip("\n") + "\n"
    for place, (name, old) in enumerate(blocks):
        if name == key:
            tail = old[len(old.rstrip("\n")) + 1 :]
            return [*blocks[:place], (key, body + tail), *blocks[place + 1 :]]
    earlier = set(order[: order.index(key)])
    place = max((n + 1 for n, (name, _) in enumerate(blocks) if name in earlier), default=0)
    before, after = blocks[:place], blocks[place:]
    if before:
        name, last = before[-1]
        before[-1] = (name, last if last.endswith("\n\n") else last + "\n")
    return [*before, (key, body + ("\n" if after else "")), *after]


def _with_acceptance(
    lead: str,
    target: Document,
    key: str,
    digest: str,
    accepted: str | None,
    order: list[str],
    *,
    same: bool,
) -> str:
    """Return the head of the file with what is said of one block's words.

    same  whether the words are those that stood there: then what was said of them stays said.
    """
    whole = target.front.get("reviewed")
    table = target.front.get(REVIEWED_BLOCKS)
    known: Mapping[str, object] = table if isinstance(table, dict) else {}
    if accepted is not None:
        return with_value(lead, REVIEWED_BLOCKS, key, f"{digest} {accepted}".strip(), order)
    if same:
        return lead
    if whole:  # no longer true of the whole file: said of each of the others instead
        for other, said in _others_accepted(target, key).items():
            lead = with_value(lead, REVIEWED_BLOCKS, other, said, order)
        lead = with_value(lead, "", "reviewed", False, [])  # noqa: FBT003 -- a value of TOML
    return without_value(lead, REVIEWED_BLOCKS, key) if key in known else lead


def _others_accepted(target: Document, key: str) -> Mapping[str, str]:
    found = {}
    for other, digest in _digests(target).items():
        who = accepted_by(target.front, other, digest)
        if who is not None and other != key:
            found[other] = f"{digest} {who}".strip()
    return found


def _digests(target: Document) -> Mapping[str, str]:
    titles = {key: text_digest(title) for key, title in titles_in(target).items()}
    return {**titles, **{block_key(block): block_digest(block) for block in target.blocks}}
