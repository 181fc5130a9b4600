"""The catalogues of the interface: extract, check, compile.

``python -m tests.catalogues update``   extract every sentence into translations/*/LC_MESSAGES.
``python -m tests.catalogues check``    fail when a sentence is missing, fuzzy, stale or malformed.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import polib
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir

from tests import catalogue_signs

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "translations"
LANGUAGES = ("fr", "ar", "ru", "kk")
KEYWORDS = {
    "_": None, "gettext": None, "ngettext": (1, 2), "lazy_gettext": None, "_l": None, "msg": None,
    "counted": (1, 2), "in_language": None,
}  # fmt: skip
METHODS = [("**/*.py", "python"), ("**/templates/**.html", "jinja2")]
# Arabic has six forms. Babel's own rule orders two of them differently, so ours is written down.
PLURALS = {
    "fr": "nplurals=2; plural=(n > 1);",
    "ar": (
        "nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : "
        "n%100>=11 && n%100<=99 ? 4 : 5);"
    ),
    "ru": (
        "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && "
        "(n%100<12 || n%100>14) ? 1 : 2);"
    ),
    "kk": "nplurals=2; plural=(n!=1);",
}
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")
# Between Arabic words the parts of a day change places, unless it stands between these two marks.
ISOLATED = re.compile("\u2066[^\u2069]*\u2069")
# A day or a size in Arabic words must take its direction from them, so from U+2068.
FORCED = re.compile("\u2066%\\((day|when|now|newest|size|free|total|needed)\\)s\u2069")
TURNED_ROUND = re.compile(r"\d[-/]\d")
TAG = re.compile(r"</?[a-z][^>]*>")


def extracted() -> Catalog:
    """Return every sentence of the program, in the order of the files."""
    catalog = Catalog(project="lms", charset="utf-8")
    found = extract_from_dir(
        str(ROOT / "lms"),
        METHODS,
        {"**/templates/**.html": {"trimmed": "true"}},
        KEYWORDS,
        ("Translators:",),
    )
    for path, line, message, comments, context in found:
        del line  # line numbers change with every edit and tell translators nothing
        where = [(f"lms/{path}", 0)]
        catalog.add(message, locations=where, auto_comments=comments, context=context)
    return catalog


def po_path(language: str) -> Path:
    """Return the catalogue file of a language."""
    return FOLDER / language / "LC_MESSAGES" / "messages.po"


def update() -> None:
    """Bring every catalogue up to the program; new sentences stay empty, gone ones are dropped."""
    template = extracted()
    for language in LANGUAGES:
        path = po_path(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        old = {e.msgid: e for e in polib.pofile(str(path))} if path.exists() else {}
        po = polib.POFile(wrapwidth=98)
        po.metadata = {
            "Language": language,
            "MIME-Version": "1.0",
            "Content-Type": "text/plain; charset=utf-8",
            "Content-Transfer-Encoding": "8bit",
            "Plural-Forms": PLURALS[language],
        }
        forms = int(PLURALS[language][9])
        for message in template:
            if not message.id:
                continue
            ids = message.id if isinstance(message.id, tuple) else (message.id,)
            entry = polib.POEntry(
                msgid=ids[0],
                msgid_plural=ids[1] if len(ids) > 1 else "",
                occurrences=sorted({(where, "") for where, _ in message.locations}),
                comment="\n".join(message.auto_comments),
            )
            before = old.get(ids[0])
            if len(ids) > 1:
                known = before.msgstr_plural if before else {}
                entry.msgstr_plural = {n: known.get(n, "") for n in range(forms)}
            else:
                entry.msgstr = before.msgstr if before else ""
            if "%(" in ids[0]:
                entry.flags.append("python-format")
            po.append(entry)
        po.save(str(path))


def faults() -> list[str]:
    """Return what is wrong with the catalogues, in words."""
    wanted = {}
    for message in extracted():
        if message.id:
            ids = message.id if isinstance(message.id, tuple) else (message.id, "")
            wanted[ids[0]] = ids[1]
    found = []
    for language in LANGUAGES:
        path = po_path(language)
        if not path.exists():
            found.append(f"{language}: no catalogue")
            continue
        entries = {entry.msgid: entry for entry in polib.pofile(str(path)) if not entry.obsolete}
        found += [f"{language}: missing: {m[:70]}" for m in wanted if m not in entries]
        found += [f"{language}: stale: {m[:70]}" for m in entries if m not in wanted]
        for msgid, plural in wanted.items():
            if msgid in entries:
                found += [f"{language}: {f}" for f in _entry_faults(entries[msgid], plural)]
                found += _signs(language, entries[msgid])
                if language == "ar":
                    found += _turned_round(entries[msgid])
        said = {msgid: entry.msgstr for msgid, entry in entries.items() if entry.msgstr}
        found += catalogue_signs.offline_faults(language, said)
    return found


def _entry_faults(entry: polib.POEntry, plural: str) -> list[str]:
    shown = entry.msgid[:70]
    if entry.fuzzy:
        return [f"fuzzy: {shown}"]
    said = list(entry.msgstr_plural.values()) if plural else [entry.msgstr]
    if not said or not all(said):
        return [f"not translated: {shown}"]
    names = set(PLACEHOLDER.findall(entry.msgid + plural))
    tags = sorted(TAG.findall(entry.msgid))
    wrong = []
    for text in said:
        used = set(PLACEHOLDER.findall(text))
        # A plural form for one or two may say the number in words.
        if used - names or (names - used - ({"num", "n", "count"} if plural else set())):
            wrong.append(f"placeholders differ: {shown}")
        if sorted(TAG.findall(text)) != tags:
            wrong.append(f"tags differ: {shown}")
        if "%(" in entry.msgid and "%" in PLACEHOLDER.sub("", text).replace("%%", ""):
            wrong.append(f"a lone %: {shown}")
    return wrong


def _signs(language: str, entry: polib.POEntry) -> list[str]:
    said = [entry.msgstr, *entry.msgstr_plural.values()]
    wrong = {fault for text in said for fault in catalogue_signs.faults(language, text)}
    return [f"{language}: {fault}: {entry.msgid[:70]}" for fault in sorted(wrong)]


def _turned_round(entry: polib.POEntry) -> list[str]:
    """Say which sentences in Arabic show a day like 2026-12-31 with its parts the wrong way."""
    said = [entry.msgstr, *entry.msgstr_plural.values()]
    return [
        f"ar: put U+2066 and U+2069 around the numbers: {entry.msgid[:70]}"
        for text in said
        if TURNED_ROUND.search(ISOLATED.sub("", text))
    ] + [
        f"ar: put U+2068 before the day or size: {entry.msgid[:70]}"
        for text in said
        if FORCED.search(text)
    ]


def main(verb: str) -> int:
    """Do what ``verb`` says; return the exit status."""
    if verb == "update":
        update()
    else:
        wrong = faults()
        print("\n".join(wrong) or "The catalogues are complete.")
        return 1 if wrong else 0
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
