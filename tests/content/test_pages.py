"""Compiled lessons: chains of languages, national layers, and HTML that nobody can smuggle into."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.content.digests import block_digest
from lms.content.html import (
    LessonHtml,
    block_in,
    fallback_chain,
    item_words,
    lesson_html,
)
from lms.content.labels import LABELS, spoken
from lms.content.markdown import inline, plain, rich
from lms.content.model import Course
from lms.content.reader import read_course
from tests.content.small import edited, read, small

LABELS_EN = spoken(str)


def page(
    course: Course,
    code: str = "AB-1.1",
    language: str = "en",
    nation: str | None = None,
    **options: bool,
) -> LessonHtml:
    return lesson_html(
        course,
        code,
        language,
        LABELS_EN,
        nation=course.nations[nation] if nation else None,
        shown_date=lambda day: f"{day:%d.%m.%Y}",
        **options,
    )


# ---- Chains ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "chain"),
    [
        ("en", ("en",)),
        ("kk", ("kk", "ru", "en")),
        ("ar", ("ar", "fr", "en")),
        ("ru", ("ru", "en")),
        ("fr", ("fr", "en")),
        ("de", ("de", "en")),
    ],
)
def test_the_chain_of_each_language(language: str, chain: tuple[str, ...]) -> None:
    assert fallback_chain(language, "en") == chain


def shown(course: Course, block_id: str, language: str) -> str:
    source = course.documents["en"]["AB-1.1"].block(block_id)
    assert source is not None
    return block_in(course, "AB-1.1", source, language)[0]


def test_a_missing_block_comes_from_the_next_language() -> None:
    course = read(small())
    assert shown(course, "ab11-1", "ar") == "ar"
    assert shown(course, "ab11-2", "ar") == "fr"
    assert shown(course, "ab11-k", "ar") == "en"
    assert shown(course, "ab11-o", "fr") == "fr"
    assert shown(course, "ab11-1", "kk") == "en"


def changed() -> dict[str, bytes]:
    return edited("en/AB-1.1.md", "- Say what is forbidden.", "- Say what is forbiden.")


def test_a_stale_block_is_passed_over() -> None:
    course = read(changed())
    assert shown(course, "ab11-o", "ar") == "en"
    assert shown(course, "ab11-1", "ar") == "ar"


@pytest.mark.parametrize(
    ("severity", "language"), [("typo", "ar"), ("meaning", "en"), ("law", "en")]
)
def test_a_mended_typing_error_makes_nothing_stale(severity: str, language: str) -> None:
    old = read(small()).documents["en"]["AB-1.1"].block("ab11-o")
    new = read(changed()).documents["en"]["AB-1.1"].block("ab11-o")
    assert old is not None
    assert new is not None
    files = changed()
    files["changes.toml"] = (
        f'[[change]]\nblock = "ab11-o"\nold = "{block_digest(old)}"\n'
        f'new = "{block_digest(new)}"\nseverity = "{severity}"\ntext = "Say"\n'
    ).encode()
    assert shown(read(files), "ab11-o", "ar") == language


def test_a_block_without_digest_is_stale() -> None:
    text = small()["ar/AB-1.1.md"].decode()
    bare = re.sub(r"\[from\]\n(\".+\n)+", "", text)
    assert "[from]" not in bare
    assert shown(read(small({"ar/AB-1.1.md": bare})), "ab11-o", "ar") == "fr"


def test_an_empty_translation_is_passed_over() -> None:
    files = edited("ar/AB-1.1.md", "- قل ما هو ممنوع.\n", "")
    assert shown(read(files), "ab11-o", "ar") == "fr"


def test_parts_in_another_language_are_marked_with_language_and_direction() -> None:
    course = read(small())
    arabic = page(course, language="ar")
    assert arabic.fallback
    assert '<div lang="fr" dir="ltr"><h2 id="ab11-2">' in arabic.html
    assert '<div lang="en" dir="ltr"><section class="keypoints"' in arabic.html
    assert arabic.html.count(LABELS["fallback"]) == arabic.html.count('class="fallback"')
    assert not page(course).fallback
    assert page(course).title == "The first lesson"
    assert arabic.title == "الدرس الأول"
    assert page(course, language="kk").title == "The first lesson"


def test_a_fallback_from_right_to_left_is_marked() -> None:
    course = read(small({"nations/tn/ar/boxes.md": small()["nations/tn/ar/boxes.md"]}))
    assert '<div lang="ar" dir="rtl"><p>الهيئة الوطنية.</p></div>' in page(course, nation="tn").html


def test_a_translation_says_whether_it_was_reviewed() -> None:
    course = read(small())
    assert page(course).reviewed
    assert not page(course, language="ar").reviewed
    assert page(course, language="fr").reviewed
    assert page(course, language="kk").reviewed


# ---- National layers -------------------------------------------------------------------------


def test_a_draft_is_shown_as_a_draft_with_its_source() -> None:
    html = page(read(small()), language="ar", nation="tn").html
    assert '<section class="box draft"><h2 id="ab11-b">' in html
    assert "الهيئة الوطنية." in html
    assert LABELS["box_draft"] in html
    assert "Legal source: Law 1 of 2001. Checked on 24.11.2026." in html
    assert "سمّ الجهة" not in html


def test_a_source_that_is_not_named_yet_is_told_in_the_readers_language() -> None:
    files = small()
    facts = files["nations/tn/nation.toml"].replace(b"Law 1 of 2001", b"To be named; later")
    html = page(read({**files, "nations/tn/nation.toml": facts}), language="ar", nation="tn").html
    assert LABELS["box_unnamed"] in html
    assert "To be named" not in html
    assert "Legal source" not in html


def test_a_confirmed_box_is_shown_without_the_word_draft() -> None:
    html = page(read(small()), nation="ug").html
    assert '<section class="box confirmed">' in html
    assert "The Commission." in html
    assert LABELS["box_draft"] not in html
    assert "Prisons Act 2006" in html


def test_a_box_under_review_says_so() -> None:
    course = read(edited("nations/tn/nation.toml", '"draft"', '"under-review"'))
    assert LABELS["box_review"] in page(course, nation="tn").html


@pytest.mark.parametrize(("code", "nation"), [("AB-1.2", "ug"), ("AB-1.2", "tn"), ("AB-1.1", None)])
def test_an_empty_box_sends_the_reader_to_the_supervisor(code: str, nation: str | None) -> None:
    lesson = page(read(small()), code, nation=nation)
    for shown_as in (lesson.html, lesson.print):
        assert '<section class="box empty">' in shown_as
        assert f"<p>{LABELS['box_empty']}</p>" in shown_as
        for foreign in ("The Commission.", "الهيئة", "Name the body", "Name the law"):
            assert foreign not in shown_as


def test_an_empty_box_is_in_the_language_of_the_page_whatever_the_lesson_is_in() -> None:
    html = page(read(small()), "AB-1.2", language="ru", nation="tn").html
    box = html.index('<section class="box empty">')
    assert html.rindex("</div></div>", 0, box) > html.rindex('<div class="fallback">', 0, box)


def test_a_filled_box_is_marked_by_the_language_of_its_filling_alone() -> None:
    html = page(read(small()), language="ru", nation="tn").html
    box = html.index('<section class="box draft">')
    assert html.rindex("</div></div>", 0, box) > html.rindex('<div class="fallback">', 0, box)
    assert '<div lang="ar" dir="rtl"><p>الهيئة الوطنية.</p></div>' in html


def test_a_draft_without_words_is_empty() -> None:
    html = page(read(small({"nations/tn/ar/boxes.md": None})), nation="tn").html
    assert '<section class="box empty">' in html


def test_a_hidden_block_is_gone() -> None:
    course = read(small())
    hidden = page(course, nation="tn")
    assert "Who decides" not in hidden.html + hidden.print
    assert [place for place, _ in hidden.sections] == ["ab11-1"]
    assert [place for place, _ in page(course).sections] == ["ab11-1", "ab11-2"]


# ---- Parts of a lesson -----------------------------------------------------------------------


def test_the_trainer_reads_more_than_the_learner() -> None:
    lesson = page(read(small()))
    assert "Let them speak first." not in lesson.html
    assert "Let them speak first." in lesson.print


def test_words_of_the_glossary_stand_below_the_text() -> None:
    html = page(read(small())).html
    assert '<a href="#AB-1.1-term-torture" class="term">torture</a>' in html
    assert '<p id="AB-1.1-term-torture"><strong>torture</strong>: Severe pain, <em>on' in html
    assert "A word nobody links to." not in html
    assert '<section class="glossary">' not in page(read(small()), "AB-2.1").html


def test_words_of_the_glossary_are_in_the_language_of_the_page() -> None:
    html = page(read(small()), language="ar").html
    assert '<p id="AB-1.1-term-torture"><strong>تعذيب</strong>: ألم شديد.</p>' in html


def test_links_between_lessons() -> None:
    course = read(small())
    assert '<a href="#ab11-2">' in page(course).html
    assert '<a href="AB-1.2#ab12-1">' in page(course).html
    assert '<a href="#ab12-1">' in page(course, one_page=True).html
    assert '<a rel="external noopener noreferrer" href="https://www.un.org/">' in page(course).html


def test_a_link_to_what_a_country_hides_or_closes_is_words_only() -> None:
    course = read(small())
    assert "See <a>the next part</a> and" in page(course, nation="tn").html
    course = read(edited("en/AB-1.1.md", "(#ab12-1)", "(#ab21-1)"))
    assert "<a>the other lesson</a>" in page(course, nation="ug").html
    assert '<a href="AB-2.1#ab21-1">' in page(course, nation="tn").html


def test_tables_and_lists_keep_their_form() -> None:
    html = page(read(small())).html
    for piece in (
        "<th>Rule</th>",
        ">Dignity</td>",
        "<ol><li>One.</li>",
        "<blockquote>",
        "<h3>Closer</h3>",
        "<em>asked</em>",
    ):
        assert piece in html


TABLE = "| Look at | What the *Rules* ask |\n|---|---|\n| Bed | one for each |\n"


def test_each_cell_of_a_table_names_its_column_for_narrow_pages_but_the_first_one() -> None:
    html = rich(TABLE)
    assert '<table class="stack">' in html
    assert '<td>Bed</td>\n<td data-l="What the Rules ask">one for each</td>' in html


def test_a_long_heading_is_not_repeated_before_each_cell() -> None:
    assert "data-l" not in rich(TABLE.replace("ask", "ask " * 30))


class Tags(HTMLParser):
    """What a browser would make of it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: Counter[str] = Counter()
        self.attributes: list[tuple[str, str, str]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def values(self, name: str) -> list[str]:
        return [value for _, each, value in self.attributes if each == name]


def test_ids_are_unique_in_a_lesson_and_in_the_whole_course() -> None:
    course = read(small())
    for language in ("en", "ar"):
        everything = "".join(
            page(course, code, language, one_page=True).html for code in course.facts.codes()
        )
        ids = Tags(everything).values("id")
        assert len(ids) > 20
        assert [each for each, times in Counter(ids).items() if times > 1] == []


def test_every_reference_has_its_target() -> None:
    course = read(small())
    tags = Tags("".join(page(course, code, one_page=True).html for code in course.facts.codes()))
    ids = set(tags.values("id"))
    assert set(tags.values("aria-labelledby")) <= ids
    assert {href[1:] for href in tags.values("href") if href.startswith("#")} <= ids


@pytest.mark.parametrize(
    ("code", "check", "right"),
    [
        ("AB-1.1", "AB-1.1-c1", {"AB-1.1-c1": ["a"]}),
        ("AB-1.2", "AB-1.2-c1", {"AB-1.2-c1": ["a", "b"]}),
        ("AB-1.2", "AB-1.2-c2", {"AB-1.2-c2-claim": ["false"], "AB-1.2-c2": ["a"]}),
        (
            "AB-2.1",
            "AB-2.1-c3",
            {"AB-2.1-c3-s1": ["a"], "AB-2.1-c3-s2": ["b"], "AB-2.1-c3-s3": ["a"]},
        ),
    ],
)
@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_key_of_a_check_lies_in_the_page(
    code: str, check: str, right: dict[str, list[str]], language: str
) -> None:
    html = page(read(small()), code, language).html
    found: dict[str, list[str]] = {}
    for name, value in re.findall(
        rf'<label class="opt" data-right><input type="\w+" name="({check}[^"]*)" value="(\w+)">',
        html,
    ):
        found.setdefault(name, []).append(value)
    assert found == right


def test_the_key_of_a_check_that_is_written_or_chosen() -> None:
    course = read(small())
    second, third = page(course, "AB-1.2").html, page(course, "AB-2.1").html
    assert dict(re.findall(r'name="AB-1.2-c3-(\w)" data-answer="(\d)"', second)) == {
        "c": "1",
        "a": "2",
        "b": "3",
    }
    assert dict(re.findall(r'name="AB-2.1-c1-(\w)" data-answer="(\w)"', third)) == {
        "a": "a",
        "b": "b",
        "c": "c",
    }
    assert 'data-answer="15" inputmode' in third
    assert 'data-answer="fifteen days|15 days"' in page(course).html


def test_every_answer_stands_in_the_page_and_at_the_end_of_the_paper() -> None:
    course = read(small())
    for code in course.facts.codes():
        lesson = page(course, code)
        checks = lesson.html.count("<form ")
        assert lesson.html.count('<details class="answer">') == checks
        assert lesson.print.count('<li value="') == checks
        assert "data-right" not in lesson.print
        assert "<form" not in lesson.print
    assert "<ol><li>Look.</li><li>Speak.</li><li>Write.</li></ol>" in page(course, "AB-1.2").print
    assert "Rule 1 = dignity; Rule 43 = torture" in page(course, "AB-2.1").print


def test_long_right_sides_of_a_matching_can_be_read_on_a_telephone_and_on_paper() -> None:
    long = "dignity and value of every human being"
    course = read(edited("en/AB-2.1.md", "=> dignity", f"=> {long}"))
    lesson = page(course, "AB-2.1")
    listed = re.search(r"<ol>((?:<li>[^<]+</li>){4})</ol>", lesson.html)
    assert listed is not None
    assert f"<ol>{listed[1]}</ol>" in lesson.print
    place = re.findall("<li>([^<]+)</li>", listed[1]).index(long) + 1
    assert lesson.html.count(f'<option value="a">{place}. dignity and value of…</option>') == 3
    assert "<li>dignity</li>" in page(read(small()), "AB-2.1").print
    assert "<li>dignity</li>" not in page(read(small()), "AB-2.1").html


def test_every_kind_of_check_leaves_room_for_an_answer_on_paper() -> None:
    course = read(small())
    papers = "".join(page(course, code).print for code in ("AB-1.1", "AB-1.2", "AB-2.1"))
    assert '<p class="tick">____ Look.</p>' in papers
    assert '<p class="tick">Rule 1 ____</p>' in papers
    assert papers.count('<section class="check">') == len(course.checks["en"])
    assert papers.count("Your answer ________") == 2  # a number and a short text
    assert "<p>Choose 2.</p>" in papers


def test_a_statement_can_be_judged_on_paper() -> None:
    paper = page(read(small()), "AB-1.2").print
    assert '<p class="tick">☐ True</p>' in paper
    assert '<p class="tick">☐ False</p>' in paper


def test_the_words_of_an_item_tell_nothing_about_its_key() -> None:
    course = read(small())
    for item in course.items["en"].values():
        words = {
            name: value
            for name, value in item_words(item).items()
            if name not in {"why", "feedback"}
        }
        for step in words["steps"]:
            del step["why"]
        assert "reason" not in str(words)
        assert "right'" not in str(words).replace("'rights'", "")


# ---- Nothing gets through --------------------------------------------------------------------

HOSTILE = [
    "<script>alert(1)</script>", "<ScRiPt src=//evil.example></sCrIpT>", "<style>*{}</style>",
    '<img src=x onerror=alert(1)>', "<svg onload=alert(1)>", "<svg><a xlink:href='javascript:x'>",
    '<iframe srcdoc="<script>x</script>">', "<object data=x>", "<embed src=x>", "<base href=//e>",
    "<form action=//evil.example><button>", "<math><mtext></mtext></math>", "<link rel=stylesheet>",
    '<meta http-equiv=refresh content="0;url=//evil.example">', "<details open ontoggle=alert(1)>",
    "&lt;script&gt;alert(1)&lt;/script&gt;", "&#60;script&#62;", "&#x3c;script&#x3e;",
    "[x](javascript:alert(1))", "[x](JaVaScRiPt:alert(1))", "[x](java&#115;cript:alert(1))",
    "[x](java\\script:alert(1))", "[x](&#106;avascript:alert(1))", "[x](javascript&colon;alert(1))",
    "[x](java\tscript:alert(1))", "[x](data:text/html;base64,PHNjcmlwdD4=)", "[x](vbscript:x)",
    "[x](file:///etc/passwd)", "[x](//evil.example)", "[x](/sign-out)", "[x](\\\\evil.example)",
    "[x](https://a.example/\" onclick=\"alert(1))", "[x](<javascript:alert(1)>)",
    "[x](https://a.example 'x\" onmouseover=\"alert(1)')", "[x](#a\" onclick=\"x)",
    "[x](term:a\" onclick=\"x)", "![x](javascript:alert(1))", "![x](https://evil.example/p.png)",
    "<javascript:alert(1)>", "<https://evil.example>", "[a]: javascript:alert(1)\n\n[a]",
    "＜script＞alert(1)＜/script＞", "<scr\u200bipt>", "<\u2028script>", "\ufeff<script>",
    "<a href=javascript:alert(1)>", '<p style="x">', "<!--><script>", "<![CDATA[<script>]]>",
    "<?php x ?>", "`<script>`", "    <script>", "```\n<script>\n```", "<template><script>",
    "<noscript><p title='</noscript><script>'>", "# <script>", "<h2 id=main>", "<a name=x>",
    "| <script> |\n|---|\n| <img onerror=x> |", "> <script>\n> x", "{{ config }}", "{% x %}",
    "<x\u0000>", "<!doctype html>", "</section></div></main><script>", "<plaintext>", "<textarea>",
]  # fmt: skip
ALLOWED = {"p", "ul", "ol", "li", "strong", "em", "a", "blockquote", "h3", "br", "table", "thead",
           "tbody", "tr", "th", "td"}  # fmt: skip


def dangers(html: str, allowed: set[str]) -> list[str]:
    """Return what in ``html`` would act, load or lead astray."""
    tags = Tags(html)
    found = [tag for tag in tags.tags if tag not in allowed]
    for _, name, value in tags.attributes:
        if name.startswith("on") or name in {"style", "src", "srcdoc", "action", "formaction"}:
            found.append(name)
        if name == "href" and not re.match(r"https?://|mailto:|#|AB-[0-9.]+#", value):
            found.append(value)
    return found


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_nothing_active_gets_through_markdown(text: str) -> None:
    assert dangers(rich(text), ALLOWED) == []
    assert dangers(inline(text), {"strong", "em", "br"}) == []


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_nothing_active_gets_through_the_reader(text: str) -> None:
    """As a paragraph, a heading, a choice, a title, a unit, a glossary word, a national box."""
    places = [
        ("en/AB-1.1.md", "The [United Nations]", f"{text}\n\nThe [United Nations]"),
        ("en/AB-1.1.md", "What the Rules say", text),
        ("en/AB-1.1.md", "b. Yes, with an order.", f"b. {text}"),
        ("en/AB-1.1.md", "= 15 days", f"= {text}"),
        ("en/AB-1.1.md", "The first lesson", text.replace('"', "'")),
        ("en/AB-1.2.md", "1. c. Look.", f"1. c. {text}"),
        ("en/AB-2.1.md", "=> dignity", f"=> {text}"),
        ("en/AB-2.1.md", "= days", f"= {text}"),
        ("en/glossary.md", "Severe pain", text),
        ("en/glossary.md", "## torture", f"## {text}"),
        ("nations/ug/en/boxes.md", "The Commission.", text),
        ("nations/ug/nation.toml", "Prisons Act 2006", text.replace('"', "'").replace("\\", "/")),
    ]
    frames = ALLOWED | {
        "h2",
        "section",
        "div",
        "form",
        "fieldset",
        "details",
        "summary",
        "label",
        "input",
        "span",
        "select",
        "option",
        "bdi",
    }
    for path, old, new in places:
        course = read_course(edited(path, old, new)).course
        if course is None:
            continue
        for code in course.facts.codes():
            lesson = page(course, code, nation="ug")
            assert dangers(lesson.html, frames) == [], (path, old)
            assert dangers(lesson.print, frames) == [], (path, old)


@settings(max_examples=300)
@given(st.text(alphabet="<>&\"'()[]#:/!*_`\\ \nabjsx=", max_size=60))
def test_any_text_is_safe_and_plain(text: str) -> None:
    assert dangers(inline(text), {"strong", "em", "br"}) == []
    assert [tag for tag in Tags(rich(text)).tags if tag not in ALLOWED] == []
    assert "script:" not in rich(text).replace(" ", "") or "href" not in rich(text)
    plain(text)


def test_dates_are_said_by_whoever_compiles() -> None:
    course = read(small())
    html = lesson_html(course, "AB-1.1", "en", LABELS_EN, nation=course.nations["ug"]).html
    assert date(2026, 11, 24).isoformat() in html


def test_a_lesson_that_is_not_there() -> None:
    with pytest.raises(KeyError):
        page(read(small()), "AB-9.9")


# ---- What a country replaces -----------------------------------------------------------------

HIDES = '[[hide]]\nblock = "ab11-2"\nlaw = "Law 2 of 2002"\n'
REPLACED = """\
+++
+++

## من يقرر هنا {#nat-ab11-2}

المدير [التعذيب](term:torture).
"""


def replaced(law: str = 'law = "Law 2 of 2002"\ndate = 2026-11-24\n') -> dict[str, bytes]:
    """Return the small course with a Tunisian block in place of ``ab11-2``."""
    files = edited("nations/tn/nation.toml", HIDES, f'[[replace]]\nblock = "ab11-2"\n{law}')
    return files | {"nations/tn/ar/replaced.md": REPLACED.encode()}


def test_a_replaced_block_has_the_countrys_words_and_the_cores_address() -> None:
    lesson = page(read(replaced()), language="ar", nation="tn")
    for shown_as in (lesson.html, lesson.print):
        assert '<h2 id="ab11-2">من يقرر هنا</h2>' in shown_as
        assert "nat-" not in shown_as
        assert "decide nothing here" not in shown_as
        assert "Legal source: Law 2 of 2002. Checked on 24.11.2026." in shown_as
    assert ("ab11-2", "من يقرر هنا") in lesson.sections
    assert "Who decides" in page(read(replaced()), nation="ug").html


def test_the_law_of_a_replaced_block_is_in_the_language_of_the_page() -> None:
    lesson = page(read(replaced('law = "Law 2 of 2002"\n')), nation="tn")
    assert lesson.fallback
    block, _, after = lesson.html.partition('<div lang="ar" dir="rtl"><h2 id="ab11-2">')
    assert LABELS["fallback"] in block
    assert '</div></div><p class="meta">Legal source: Law 2 of 2002.</p>' in after
    assert '<a href="#ab11-2">' in lesson.html


def test_a_replaced_container_keeps_its_kind() -> None:
    files = edited(
        "nations/tn/nation.toml", HIDES, '[[replace]]\nblock = "ab11-d"\nlaw = "To be named"\n'
    )
    files["nations/tn/fr/replaced.md"] = b"+++\n+++\n\n::: do {#nat-ab11-d}\n- Demandez.\n:::\n"
    html = page(read(files), language="fr", nation="tn").html
    assert re.search(
        r'<section class="do"><h2 id="ab11-d">[^<]*</h2><ul><li>Demandez.</li></ul></section>'
        rf'<p class="meta">{LABELS["box_unnamed"]}</p>',
        html,
    )


def test_a_link_to_a_document_leads_to_the_library_of_the_page() -> None:
    text = "[Rules](doc:mandela-rules)"
    led = '<p><a href="/ar/library/mandela-rules">Rules</a></p>'
    assert rich(text, library="/ar/library") == led
    assert rich(text) == "<p><a>Rules</a></p>"
    course = read(edited("en/AB-1.1.md", "(term:torture)", "(doc:mandela-rules)"))
    labels = spoken(str)
    for language in ("en", "fr"):
        page = lesson_html(course, "AB-1.1", language, labels).html
        assert f'href="/{language}/library/mandela-rules"' in page
    taken_along = lesson_html(course, "AB-1.1", "en", labels, one_page=True).html
    assert "/library/" not in taken_along
