"""One small course for each sentence that the reader says: what is changed, and what it answers."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.content.small import COURSE, FIRST, PNG, edited, item, png, small

Files = dict[str, bytes]
CONTENT = Path(__file__).parents[2] / "lms" / "content"
# Said of a whole course, by ``CourseRefused``; of a package, before there is a course; of what is
# typed on a page; the words of lessons are no faults.
NO_FAULTS = {"labels.py", "faults.py", "archive_rules.py", "readiness.py", "nation_words.py"}


@dataclass(frozen=True, slots=True)
class Case:
    """A course with one fault. ``says`` is that fault as ``lms content check`` prints it."""

    says: str
    files: Callable[[], Files]


def sentences() -> set[str]:
    """Return every sentence that ``lms.content`` marks for people."""
    found = set()
    for path in CONTENT.glob("*.py"):
        if path.name in NO_FAULTS:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "msg":
                found.add(ast.literal_eval(node.args[0]))
    return found


def edit(says: str, path: str, old: str, new: str) -> Case:
    return Case(says, lambda: edited(path, old, new))


def file(says: str, path: str, data: str | bytes | None) -> Case:
    return Case(says, lambda: small({path: data}))


def replacing(block: str = "ab11-2", words: str | None = None) -> Files:
    """The small course where Tunisia replaces the block that it hides otherwise."""
    files = edited(TN, '[[hide]]\nblock = "ab11-2"', f'[[replace]]\nblock = "{block}"')
    return files | ({WORDS: words.encode()} if words is not None else {})


def body(says: str, text: str) -> Case:
    """A text in a section of the first lesson, at line 31 of the file."""
    return edit(says, "en/AB-1.1.md", "The [United Nations]", f"{text}\n\nThe [United Nations]")


def avoiding(wrong: str) -> Case:
    """Return a glossary with something else than a list of words under ``[avoid]``."""
    says = (
        "Write under [avoid] for a word of the glossary the words not to be used for it: "
        'id = ["one", "another"].'
    )
    return edit(f"en/glossary.md:2: {says}", "en/glossary.md", "+++\n", f"+++\n{wrong}\n")


def lines(count: int) -> str:
    return FIRST + "x\n" * count


STEPS = """\
+++
title = "الدرس الثالث"
reviewed = false
+++

::: check AB-2.1-c3 scenario {#ab21-c3}
رجل.

### s1
ماذا؟
- a. أجب.
- b. انتظر.
:::
"""
C_MODULES = COURSE[COURSE.index("[[module]]") :]

L, S, T, B1, B2, C = (
    "en/AB-1.1.md", "en/AB-1.2.md", "en/AB-2.1.md", "en/bank/AB-1.md", "en/bank/AB-2.md",
    "course.toml",
)  # fmt: skip
AR, TN, UG = "ar/AB-1.1.md", "nations/tn/nation.toml", "nations/ug/nation.toml"
OWN = "nations/tn/fr/bank/AB-1.md"
WORDS = "nations/tn/ar/replaced.md"

CASES = [
    # A file as text.
    file(f"{L}: This file is larger than 256 kB. Split it or shorten it.", L, "x" * 262_145),
    file(f"{L}:2: This line is not UTF-8. Save the file as UTF-8.", L, b"+++\n\xff\n"),
    file(f"{L}:1: The file begins with a byte-order mark. Save it without.", L, "\ufeff" + FIRST),
    file(f"{L}: Line ends must be LF, not CR or CRLF.", L, FIRST.replace("\n", "\r\n")),
    file(f"{L}: The last line has no line end. Add one.", L, FIRST.rstrip("\n")),
    body(f"{L}: The text is not in Unicode form NFC. Save it in that form.", "cafe\u0301"),
    file(f"{L}: This file has more than 5,000 lines. Split it.", L, lines(5000)),
    body(f"{L}:31: This line is longer than 4,000 characters. Break it.", "x" * 4001),
    body(f"{L}:31: Take the invisible character U+202E away.", "a\u202eb"),
    body(
        f"{L}: This file has more than 10,000 of the signs [ ] * _ | & and backslash.",
        "\n".join(["*" * 3000] * 4),
    ),
    # TOML.
    file(f"{C}: This table is larger than 64 kB. Shorten it.", C, "# xxxxxxxxxxxxxx\n" * 4000),
    edit(
        f"{C}: This is not TOML: Invalid value (at line 1, column 10)",
        C, "format = 1", "format = ",
    ),
    edit(
        f"{C}: Tables stand inside each other at most 4 deep.", C, "format = 1",
        "format = 1\na.b.c.d.e.f = 1",
    ),
    # The form of a text file.
    file(f"{L}:1: The file must begin with a line +++ and its title.", L, "## x {#x}\n"),
    file(f"{L}:1: The front matter has no end. Close it with a line +++.", L, '+++\ntitle = "x"\n'),
    edit(
        f"{L}:5: Text stands before the first block. Begin with ## or with a container.", L,
        "::: objectives", "Hello.\n\n::: objectives",
    ),
    edit(
        "en/glossary.md: This file has more than 200 blocks. Split it.", "en/glossary.md",
        "A word nobody links to.\n",
        "".join(f"\n## w {{#w{n}}}\n\nA word.\n" for n in range(201)),
    ),
    edit(
        f"{L}:14: This heading is not complete: ## text {{#id}}.", L,
        "## What the Rules say {#ab11-1}", "## ",
    ),
    edit(
        f"{L}:14: A heading has at most 90 characters.", L, "What the Rules say", "x" * 91,
    ),
    edit(
        f"{L}:10: No such container. Write ::: and one of: attention, box, check, do, dont, "
        "keypoints, objectives, practice, sources, trainer, then {#id}.",
        L, "::: practice", "::: story",
    ),
    edit(f"{L}:33: This container is not closed. Add a line :::.", L, "- Speak.\n:::", "- Speak."),
    edit(
        f"{L}:13: This text belongs to no block. Put a heading ## before it.", L,
        ":::\n\n## What the Rules", ":::\nA stray line.\n\n## What the Rules",
    ),
    # Lines of Markdown that a course does not use.
    body(f"{L}:31: Code has no place in a course. Write it as plain text.", "```"),
    body(f"{L}:31: Use only ## and ### for headings.", "# Large"),
    body(f"{L}:31: Take this horizontal rule away; a heading begins a new part.", "***"),
    body(f"{L}:31: Headings are not underlined. Write ## before the text.", "==="),
    body(f"{L}:31: Write the address of a link behind its words.", "[a]: https://example.org"),
    body(f"{L}:31: HTML is not used. Write the words without < and >.", "<b>bold</b>"),
    body(
        f"{L}:31: A picture stands alone on its line: ![what it shows](media/door.webp)",
        "![x](https://x.org)",
    ),
    body(
        f"{L}:31: Say in the brackets what the picture shows, in at most 300 characters.",
        "![ ](media/door.webp)",
    ),
    body(f"{L}:31: The course has no picture door.webp.", "![A door](media/door.webp)"),
    edit(
        f"{B1}:7: Only the text of a lesson shows pictures, no question and no box.", B1,
        "The secret question 1", "![A door](media/door.webp)\n\nThe secret question 1",
    ),
    body(
        f"{L}:31: Lists and quotes stand inside each other at most 6 deep.", ">>>>>>> deep",
    ),
    body(
        f"{L}:31: A link goes to https://, http://, mailto:, term:, doc: or #block.",
        "[x](javascript:alert)",
    ),
    body(
        f"{L}:31: A link goes to https://, http://, mailto:, term:, doc: or #block.",
        "[x](doc:../courses)",
    ),
    # Questions in the source language.
    edit(
        f"{L}:49: Name the check: ::: check MR-1.1-c1 single", L, "check AB-1.1-c1", "check first",
    ),
    edit(
        f"{L}:50: Name the kind of question: matching, multiple, numeric, ordering, scenario, "
        "short, single, truefalse-reason.",
        L, "AB-1.1-c1 single", "AB-1.1-c1",
    ),
    edit(
        f"{S}:17: colour=2 is not known. Take it away or look for a typing error.", S,
        "choose=2", "choose=2 colour=2",
    ),
    edit(
        f"{L}:50: The question has no text before its choices.", L,
        "May an emergency justify ill-treatment?", "",
    ),
    edit(
        f"{S}:18: Write choose= and how many choices are right, from 2 to 5.", S,
        "choose=2", "choose=9",
    ),
    edit(
        f"{S}:28: Write claim=true or claim=false behind the kind.", S, " claim=false", "",
    ),
    edit(
        f"{L}:50: A question has 2 to 8 choices such as: - [x] a. text", L,
        "- [ ] b. Yes, with an order.\n  > An order changes nothing.\n", "",
    ),
    edit(f"{S}:18: Mark each choice with [x] or [ ].", S, "- [ ] c.", "- c."),
    edit(f"{S}:18: 2 choices must be marked [x], and others not.", S, "- [x] a", "- [ ] a"),
    edit(f"{S}:21: The letter a is used twice.", S, "- [x] b", "- [x] a"),
    edit(
        f"{S}:37: An ordering has 3 to 7 lines such as: 1. b. text", S, "3. b. Write.\n", "",
    ),
    edit(
        f"{S}:37: The letters stand in alphabetical order and give the answer away.", S,
        "1. c. Look.\n2. a. Speak.\n3. b. Write.", "1. a. Look.\n2. b. Speak.\n3. c. Write.",
    ),
    edit(
        f"{T}:10: A matching has 3 to 6 lines such as: - a. left => right", T,
        "- c. Rule 44 => time\n", "",
    ),
    edit(
        f"{T}:21: Write value= and tolerance= as numbers behind the kind.", T,
        "tolerance=0", "tolerance=-1",
    ),
    edit(
        f"{L}:59: Write each accepted answer on a line: = fifteen days", L,
        "= fifteen days\n= 15 days\n", "",
    ),
    edit(f"{L}:50: Only a scenario has steps ### s1, ### s2.", L, "- [x] a.", "### s1\n- [x] a."),
    edit(
        f"{S}:18: Say why: quote a reason (> …) below each choice, or one after the last.", S,
        "> Two of three.", "",
    ),
    edit(
        f"{T}:29: A scenario has 3 or 4 steps: ### s1, ### s2, ### s3.", T,
        "### s3\nAnd last?\n- [x] a. Write it down.\n- [ ] b. Forget it.\n", "",
    ),
    edit(
        f"{T}:29: Number the steps ### s1, ### s2, ### s3 in order.", T, "### s3", "### s4",
    ),
    edit(f"{T}:29: Step s2 has no question.", T, "What then?\n", ""),
    # The bank.
    edit(f"{B1}:4: A bank holds items: ## MR-1-001", B1, "## AB-1-001", "## AB-1-001 {#ab1}"),
    edit(
        f"{B1}:6: Write the facts below the item: {{single lesson=… section=…}}", B1,
        "{single lesson=AB-1.1 section=ab11-1 outcome=a difficulty=2 critical=no-torture}\n", "",
    ),
    edit(
        f"{B1}:5: A short text is for checks only, not for the bank.", B1, "{single", "{short",
    ),
    edit(f"{B1}:14: The code AB-1-001 is used twice.", B1, "## AB-1-002", "## AB-1-001"),
    edit(
        f"{B1}:5: The item names no lesson of this course.", B1, "lesson=AB-1.1", "lesson=AB-9.9",
    ),
    edit(
        f"{B1}:5: Write section= and the block of AB-1.1 that teaches this.", B1,
        "section=ab11-1", "section=ab12-1",
    ),
    edit(
        f"{B1}:5: Write outcome= with a letter and difficulty= from 1 to 3.", B1,
        "difficulty=2", "difficulty=9",
    ),
    edit(
        f"{B1}:5: course.toml has no critical slot torture.", B1,
        "critical=no-torture", "critical=torture",
    ),
    edit(
        f"{C}: The critical slot no-torture needs three items.", B1, " critical=no-torture", "",
    ),
    Case(
        f"{C}: The bank has no item for lesson AB-2.1.",
        lambda: edited(B2, "lesson=AB-2.1 section=ab21-1", "lesson=AB-1.2 section=ab12-1", count=9),
    ),
    edit(f"{C}: The bank has fewer scenarios than one test draws.", C, "scenarios = 1",
         "scenarios = 2"),
    edit(f"{C}: The bank has fewer items than a pre-test and a test.", C, "items = 5",
         "items = 50"),
    # A translation.
    edit(
        f"{AR}:25: A translation marks no choice: write - a. text without [ ].", AR,
        "- a. ", "- [x] a. ",
    ),
    edit(f"{AR}:25: Translate exactly the choices a, b, each once.", AR, "- b. ", "- c. "),
    Case(
        "ar/AB-2.1.md:7: Translate the same steps, in the same order.",
        lambda: small({"ar/AB-2.1.md": STEPS}),
    ),
    edit(
        f"{AR}:24: The source language has no such question.", AR, "AB-1.1-c1", "AB-1.1-c9",
    ),
    Case(
        "ar/bank/AB-1.md:5: A translation has no line of facts in braces.",
        lambda: small({"ar/bank/AB-1.md": "+++\n+++\n\n" + item(1, "AB-1.1", "ab11-1")}),
    ),
    edit(
        f"{AR}:12: The source language has no block ab11-z in this file.", AR,
        "{#ab11-o}", "{#ab11-z}",
    ),
    edit(
        f"{AR}:12: Begin this block as in the source language: ::: objectives", AR,
        "::: objectives", "::: do",
    ),
    edit(
        f"{AR}:2: Write reviewed = false, or who has read it and when.", AR, "reviewed = false", "",
    ),
    edit(
        f"{AR}:2: Write [from] and below it a digest for each block.", AR,
        '"ab11-o" = "', 'list = ["x"]\n"ab11-o" = "',
    ),
    edit(
        f"{AR}:2: Write under [reviewed_blocks] for each block which digest was read, and by whom.",
        AR, "[from]", '[reviewed_blocks]\n"ab11-o" = "read by A"\n\n[from]',
    ),
    # Titles, ids, boxes and links.
    edit(f"{L}:2: Write title = with at most 90 characters.", L, "The first lesson", "x" * 91),
    edit(
        "en/course.md:2: Give every module a title under [modules].", "en/course.md",
        'AB-2 = "The second module"\n', "",
    ),
    edit(
        "en/course.md:2: Write public_title = and a title that gives nothing away.", C,
        'access = "open"', 'access = "restricted"',
    ),
    edit(
        "en/course.md:2: Write news = with at most 300 characters, or take it away.",
        "en/course.md", 'title = "A small course"', 'title = "A small course"\nnews = ""',
    ),
    edit(
        "en/glossary.md:4: This file has no containers, only headings ##.", "en/glossary.md",
        "## torture {#torture}\n\nSevere pain, *on purpose*.\n",
        "::: do {#torture}\n\nSevere pain.\n:::\n",
    ),
    edit(
        f"{L}:14: This block has no id {{#…}}. Run: lms content stamp", L, " {#ab11-1}", "",
    ),
    edit(f"{S}:9: The id ab11-1 is used twice.", S, "{#ab12-1}", "{#ab11-1}"),
    edit(
        f"{L}:41: course.toml names no such box. Add [[box]] there.", L, "box NA-01", "box NA-09",
    ),
    *map(avoiding, (
        "avoid = 1", '[avoid]\ntorture = "pain"', "[avoid]\ntorture = []",
        '[avoid]\ntorture = ["*"]', '[avoid]\ntorture = ["a*b"]', '[avoid]\ntorture = [" pain"]',
        "[avoid]\ntorture = [1]",
        f'[avoid]\ntorture = ["{"x" * 91}"]', f"[avoid]\ntorture = {['ab'] * 21}",
        "[avoid]\n" + "".join(f"t{n} = {['ab'] * 20}\n" for n in range(11)),
    )),
    edit("en/glossary.md:2: The glossary has no word pain.", "en/glossary.md", "+++\n",
         '+++\n[avoid]\npain = ["hurt"]\n'),
    edit("en/course.md:2: avoid is not known. Take it away or look for a typing error.",
         "en/course.md", "title =", "avoid = 1\ntitle ="),
    edit(f"{L}:16: The glossary has no word pain.", L, "term:torture", "term:pain"),
    edit(f"{L}:16: No block has the id ab11-9.", L, "#ab11-2", "#ab11-9"),
    edit(
        "en/course.md:11: Only a lesson leads to words of the glossary, documents and blocks.",
        "en/course.md", "Two **modules**", "Two [modules](#ab11-1)",
    ),
    edit(
        "en/course.md:11: Only a lesson leads to words of the glossary, documents and blocks.",
        "en/course.md", "Two **modules**", "Two [modules](doc:rules)",
    ),
    # Files.
    file("en/AB-1.2.md: The file is missing.", S, None),
    file(f"{C}: The file is missing.", C, None),
    file(f"{TN}: The file is missing.", TN, None),
    file(f"{OWN}:4: This bank of a country holds its own items: ## TN-AB-1-001", OWN,
         "+++\n+++\n\n## AB-1-001\n"),
    file("nations/tn/fr/bank/AB-9.md: This file has no place in a course; see FORMAT.md.",
         "nations/tn/fr/bank/AB-9.md", "+++\n+++\n"),
    file("en/notes.md: This file has no place in a course; see FORMAT.md.", "en/notes.md", ""),
    file("media/in/door.png: This file has no place in a course; see FORMAT.md.",
         "media/in/door.png", PNG),
    file("media/door.mp3: Sound and film are not taken: they are too heavy for weak lines. Write "
         "as text what they say.", "media/door.mp3", b"ID3"),
    file("media/door.svg: A picture's name ends with .png, .webp, .jpg, .jpeg or .avif.",
         "media/door.svg", b"<svg/>"),
    file("media/door.png: The picture has 61441 bytes. It may have 61,440: make it smaller.",
         "media/door.png", PNG + b"x" * (61_441 - len(PNG))),
    file("media/door.png: This is no picture of the kinds PNG, WebP, JPEG and AVIF, or it is "
         "broken. Save it once more.", "media/door.png", PNG[:40]),
    file("media/door.png: The picture has more than 25 million pixels. Make it smaller.",
         "media/door.png", png(5001, 5000)),
    file("media/door.png: The picture moves. Save one still picture of it.",
         "media/door.png", png(2, 2, b"acTL")),
    file("media/door.png: The picture carries more than a picture, for example its place and "
         "camera. Run: lms content picture", "media/door.png", png(2, 2, b"eXIf")),
    file("media/door.png: No lesson shows this picture. Show it or take it away.",
         "media/door.png", PNG),
    file("'../x.md': File names use a-z A-Z 0-9 - . and at most 4 folders inside each other.",
         "../x.md", ""),
    file("en/ab-1.1.MD: Another file has the same name but for capitals.", "en/ab-1.1.MD", ""),
    Case(": A course has at most 2,000 files.",
         lambda: small({f"en/{n}.md": "" for n in range(2000)})),
    Case(": A course has at most 50 MB.",
         lambda: small({f"media/{n}.mp4": b"x" * 2**20 for n in range(51)})),
    Case(": The texts of a course have at most 24 MB.",
         lambda: small({f"{a}{b}/AB-1.1.md": b"x" * 2**18
                        for a in "abcdefghij" for b in "abcdefghij"})),
    # course.toml, nation.toml and changes.toml.
    edit(f"{C}: Write format = 1: this program reads no other.", C, "format = 1", "format = 2"),
    edit(f"{C}: Write a value for slug.", C, 'slug = "small-course"\n', ""),
    edit(
        f"{C}: review_by has another type of value than expected: date.", C,
        "2027-11-30", "2027-11-30T10:00:00",
    ),
    edit(
        f"{C}: slug has another form than FORMAT.md describes: Small course", C,
        "small-course", "Small course",
    ),
    edit(f"{C}: access is one of: open, listed, restricted.", C, '"open"', '"shut"'),
    edit(f"{C}: pass.percent is a whole number from 70 to 100.", C, "percent = 80", "percent = 69"),
    file(f"{TN}: Write close as tables.", TN, "close = [1]\n"),
    edit(
        f"{C}: pass.minuets is not known. Take it away or look for a typing error.", C,
        "about_minutes = 10", "about_minutes = 10\nminuets = 5",
    ),
    edit(
        f"{C}: A course has at least one module with one lesson.", C,
        C_MODULES, "",
    ),
    edit(
        f"{C}: The critical slot no-torture names no lesson of this course.", C,
        'lesson = "AB-1.1"', 'lesson = "AB-7.1"',
    ),
    edit(
        f"{C}: A course needs a table [tests.post]; a handbook has none.", C,
        "[tests.post]\nitems = 5\nscenarios = 1\n", "",
    ),
    edit(
        f"{UG}: Box NA-01 is confirmed: say by whom and from which legal source.", UG,
        "Prisons School", "",
    ),
    edit(f"{TN}: This course has no ab99-1.", TN, "ab11-2", "ab99-1"),
    Case(f"{TN}: Block ab11-2 is replaced: write its words in replaced.md.", lambda: replacing()),
    Case(
        f"{WORDS}:4: nation.toml replaces no block for ab11-2. "
        "Write {#nat-…} and the block's id.",
        lambda: replacing(words="+++\n+++\n\n## نص {#ab11-2}\n\nنص.\n"),
    ),
    Case(
        f"{WORDS}:4: Begin this block as in the source language: ##",
        lambda: replacing(words="+++\n+++\n\n::: do {#nat-ab11-2}\nنص.\n:::\n"),
    ),
    Case(
        f"{WORDS}:8: The id nat-ab11-2 is used twice.",
        lambda: replacing(words="+++\n+++\n" + "\n## نص {#nat-ab11-2}\n\nنص.\n" * 2),
    ),
    Case(
        f"{TN}: ab11-c1 is a check or a box: hide a check, fill a box. Neither is replaced.",
        lambda: replacing("ab11-c1"),
    ),
    edit(f"{TN}: The id ab11-2 is used twice.", TN, "[items]",
         '[[replace]]\nblock = "ab11-2"\nlaw = "Law 3"\n\n[items]'),
    edit(f"{TN}: pass.percent is a whole number from 70 to 100.", TN, "[items]",
         "[pass]\npercent = 69\n\n[items]"),
    edit(f"{TN}: Write a value for course.law.", TN, "[items]",
         "[course]\nclosed = true\n\n[items]"),
    edit(f"{UG}: close.text.Ar is not known. Take it away or look for a typing error.", UG,
         'module = "AB-2"', 'module = "AB-2"\ntext = { Ar = "x" }'),
    edit(f"{TN}: This course has no AB-1-099.", TN, "[items]",
         '[[item]]\nid = "AB-1-099"\nlaw = "Law 3"\n\n[items]'),
    edit(
        "nations/tn/ar/boxes.md:4: nation.toml has no box NA-09.", "nations/tn/ar/boxes.md",
        "## NA-01", "## NA-09",
    ),
    edit(
        "nations/tn/ar/boxes.md:4: Box NA-01 has words: call it draft in nation.toml.", TN,
        '"draft"', '"empty"',
    ),
    file(
        "changes.toml: change.severity is one of: typo, meaning, law.", "changes.toml",
        '[[change]]\nblock = "ab11-1"\nold = "a"\nnew = "b"\nseverity = "grave"\n',
    ),
]  # fmt: skip
