"""A small valid course: every kind of question, two translations, two national layers."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from zlib import compress, crc32

from lms.content.model import Course
from lms.content.reader import read_course
from lms.content.stamp import stamp


def png(width: int, height: int, *chunks: bytes) -> bytes:
    """Return a grey PNG that says it has this size, with an empty chunk of each name."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", crc32(name + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    rows = b"" if width * height > 10_000 else (b"\0" + b"\x80" * width) * height
    more = b"".join(chunk(name, b"") for name in chunks)
    return b"\x89PNG\r\n\x1a\n" + head + more + chunk(b"IDAT", compress(rows)) + chunk(b"IEND", b"")


PNG = png(3, 2)

COURSE = """\
format = 1
id = "C77"
slug = "small-course"
kind = "course"
source = "en"
access = "open"
audience = ["P1"]
prerequisites = []
validity_months = 24
review_by = 2027-11-30
themes = ["human-rights"]
licence = "CC-BY-4.0"

[pass]
percent = 80
attempts = 3
window_days = 30
pause_hours = 24
about_minutes = 10
parts = ["test"]

[refresher]
percent = 90
days = 90

[tests.pre]
items = 2

[tests.post]
items = 5
scenarios = 1

[[critical]]
slot = "no-torture"
lesson = "AB-1.1"

[[box]]
code = "NA-01"
blocking = true

[[box]]
code = "NA-02"
blocking = false

[[module]]
code = "AB-1"
lessons = [
  { code = "AB-1.1", minutes = 15 },
  { code = "AB-1.2", minutes = 10 },
]

[[module]]
code = "AB-2"
lessons = [{ code = "AB-2.1", minutes = 15 }]
"""

COURSE_MD = """\
+++
title = "A small course"

[modules]
AB-1 = "The first module"
AB-2 = "The second module"
+++

## What it is about {#about}

Two **modules** for tests.
"""

FIRST = """\
+++
title = "The first lesson"
+++

::: objectives {#ab11-o}
- Say what is forbidden.
- Say what is *asked*.
:::

::: practice {#ab11-p}
It is ten to nine. An officer stands before a door.
:::

## What the Rules say {#ab11-1}

No [torture](term:torture), and nothing like it. See [the next part](#ab11-2) and [the \
other lesson](#ab12-1).

1. One.
2. Two.

| Rule | What |
|---|---|
| 1 | Dignity |

## Who decides {#ab11-2}

### Closer

> A quoted sentence.

The [United Nations](https://www.un.org/) decide nothing here.

::: do {#ab11-d}
- Speak.
:::

::: dont {#ab11-n}
- Do not shout.
:::

::: box NA-01 {#ab11-b}
Name the body to which officers report.
:::

::: attention {#ab11-w}
Women.
:::

::: check AB-1.1-c1 single {#ab11-c1}
May an emergency justify ill-treatment?

- [x] a. No, never.
  > There is no exception.
- [ ] b. Yes, with an order.
  > An order changes nothing.
:::

::: check AB-1.1-c2 short {#ab11-c2}
How long is it at most?

= fifteen days
= 15 days

> Fifteen days.
:::

::: keypoints {#ab11-k}
- Never.
:::

::: sources {#ab11-s}
- Rules 1 and 43.
:::

::: trainer {#ab11-t}
Let them speak first.
:::
"""

SECOND = """\
+++
title = "The second lesson"
+++

::: objectives {#ab12-o}
- Put things in order.
:::

## In order {#ab12-1}

First the door, then the key.

::: box NA-02 {#ab12-b}
Name the law.
:::

::: check AB-1.2-c1 multiple choose=2 {#ab12-c1}
Which two are right?

- [x] a. This one.
- [x] b. That one.
- [ ] c. The third.

> Two of three.
:::

::: check AB-1.2-c2 truefalse-reason claim=false {#ab12-c2}
A director may forbid a letter to the inspector.

- [x] a. Such letters are not read.
- [ ] b. Letters are a favour.

> They go out unread.
:::

::: check AB-1.2-c3 ordering {#ab12-c3}
What comes first?

1. c. Look.
2. a. Speak.
3. b. Write.

> Look before you speak.
:::
"""

THIRD = """\
+++
title = "The third lesson"
+++

## What is left {#ab21-1}

The last lesson.

::: check AB-2.1-c1 matching {#ab21-c1}
What belongs together?

- a. Rule 1 => dignity
- b. Rule 43 => torture
- c. Rule 44 => time
- x. => wages

> As the Rules say.
:::

::: check AB-2.1-c2 numeric value=15 tolerance=0 {#ab21-c2}
How many days at most?

= days

> Rule 44.
:::

::: check AB-2.1-c3 scenario {#ab21-c3}
A man knocks. It is late.

### s1
What first?
- [x] a. Answer.
- [ ] b. Wait.

### s2
What then?
- [ ] a. Shout.
- [x] b. Ask.

### s3
And last?
- [x] a. Write it down.
- [ ] b. Forget it.

> Answer, ask, write.
:::
"""


def item(number: int, lesson: str, section: str, extra: str = "") -> str:
    """Return one bank item of the kind ``single`` whose words all have the word ``secret``."""
    module = lesson.partition(".")[0]
    return f"""\
## {module}-{number:03}
{{single lesson={lesson} section={section} outcome=a difficulty=2{extra}}}

The secret question {number} of {lesson}?

- [x] a. Secret yes {number}.
  > Secret reason {number}.
- [ ] b. Secret no {number}.
  > Secret other reason {number}.

"""


BANK_1 = (
    "+++\n+++\n\n"
    + "".join(item(n, "AB-1.1", "ab11-1", " critical=no-torture") for n in (1, 2, 3))
    + "".join(item(n, "AB-1.2", "ab12-1") for n in (4, 5, 6))
    + """\
## AB-1-007
{scenario lesson=AB-1.1 section=ab11-2 outcome=b difficulty=3}

A secret situation.

### s1
What first?
- [x] a. Secret answer.
- [ ] b. Wait.

### s2
What then?
- [ ] a. Shout.
- [x] b. Ask.

### s3
And last?
- [x] a. Write it down.
- [ ] b. Forget it.

> The secret why.
"""
)
BANK_2 = (
    "+++\n+++\n\n"
    + "".join(item(n, "AB-2.1", "ab21-1") for n in (1, 2, 3))
    + """\
## AB-2-004
{ordering lesson=AB-2.1 section=ab21-1 outcome=a difficulty=1}

The secret order?

1. c. Secret first.
2. a. Secret second.
3. b. Secret third.

> Secret order.
"""
)

GLOSSARY = """\
+++
+++

## torture {#torture}

Severe pain, *on purpose*.

## order {#order}

A word nobody links to.
"""

COURSE_AR = """\
+++
title = "دورة صغيرة"
reviewed = false

[modules]
AB-1 = "الوحدة الأولى"
AB-2 = "الوحدة الثانية"
+++

## عن الدورة {#about}

وحدتان.
"""

FIRST_AR = """\
+++
title = "الدرس الأول"
reviewed = false
+++

::: objectives {#ab11-o}
- قل ما هو ممنوع.
:::

## ما تقوله القواعد {#ab11-1}

لا [تعذيب](term:torture).

::: box NA-01 {#ab11-b}
سمّ الجهة.
:::

::: check AB-1.1-c1 single {#ab11-c1}
هل تبرر الطوارئ سوء المعاملة؟

- a. لا، أبدا.
  > لا استثناء.
- b. نعم، بأمر.
  > الأمر لا يغير شيئا.
:::
"""

FIRST_FR = """\
+++
title = "La première leçon"
reviewed = "École nationale, 2026-12"
+++

::: objectives {#ab11-o}
- Dire ce qui est interdit.
:::

## Qui décide {#ab11-2}

La loi décide.
"""

GLOSSARY_AR = """\
+++
reviewed = false
+++

## تعذيب {#torture}

ألم شديد.
"""

NATION_TN = """\
[[box]]
code = "NA-01"
status = "draft"
legal_source = "Law 1 of 2001"
date = 2026-11-24
checker = ""

[[hide]]
block = "ab11-2"
law = "Law 2 of 2002"

[items]
out = ["AB-1-006"]
"""

NATION_UG = """\
[[box]]
code = "NA-01"
status = "confirmed"
legal_source = "Prisons Act 2006"
date = 2026-11-24
checker = "Prisons School"

[[box]]
code = "NA-02"
status = "empty"

[[close]]
module = "AB-2"
law = "Prisons Act 2006"
"""

BOXES_TN_AR = """\
+++
+++

## NA-01 {#tn-na-01}

الهيئة الوطنية.
"""

BOXES_UG_EN = """\
+++
+++

## NA-01 {#ug-na-01}

The Commission.
"""

FILES: Mapping[str, str] = {
    "course.toml": COURSE,
    "en/course.md": COURSE_MD,
    "en/AB-1.1.md": FIRST,
    "en/AB-1.2.md": SECOND,
    "en/AB-2.1.md": THIRD,
    "en/bank/AB-1.md": BANK_1,
    "en/bank/AB-2.md": BANK_2,
    "en/glossary.md": GLOSSARY,
    "ar/course.md": COURSE_AR,
    "ar/AB-1.1.md": FIRST_AR,
    "ar/glossary.md": GLOSSARY_AR,
    "fr/AB-1.1.md": FIRST_FR,
    "nations/tn/nation.toml": NATION_TN,
    "nations/tn/ar/boxes.md": BOXES_TN_AR,
    "nations/ug/nation.toml": NATION_UG,
    "nations/ug/en/boxes.md": BOXES_UG_EN,
}


def small(changed: Mapping[str, str | bytes | None] | None = None) -> dict[str, bytes]:
    """Return the files, translations stamped; ``changed`` replaces some (None removes)."""
    files = {path: text.encode() for path, text in FILES.items()}
    files |= stamp(files, "en").files
    for path, text in (changed or {}).items():
        if text is None:
            del files[path]
        else:
            files[path] = text.encode() if isinstance(text, str) else text
    return files


def edited(path: str, old: str, new: str, *, count: int = 1) -> dict[str, bytes]:
    """Return the course with ``old`` in one file replaced by ``new``; ``old`` must be there."""
    files = small()
    text = files[path].decode()
    assert old in text, f"{path} has no {old!r}"
    files[path] = text.replace(old, new, count).encode()
    return files


def read(files: Mapping[str, bytes]) -> Course:
    """Return the course; every fault is said when it has one."""
    reading = read_course(files)
    assert reading.course is not None, [str(fault) for fault in reading.faults]
    return reading.course


def faults(files: Mapping[str, bytes]) -> list[str]:
    """Return what is wrong, as ``lms content check`` prints it."""
    return [str(fault) for fault in read_course(files).faults]
