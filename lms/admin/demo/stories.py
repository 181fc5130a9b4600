"""The history of one invented person, told through the actions that pages call."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta

from lms.accounts.models import Identity
from lms.admin.demo.choices import right_choice, wrong_choice
from lms.admin.demo.states import State
from lms.admin.demo.telling import Learner, Story, World
from lms.assessment import actions as tests
from lms.assessment import queries as assessment
from lms.assessment.codes import Codes, Fields
from lms.assessment.models import Attempt
from lms.assessment.rules import FormItem
from lms.certificates import actions as certificates
from lms.learning import actions as learning
from lms.learning import queries, rules
from lms.learning.models import Enrolment

SHIFT_BEGINS, SHIFT_ENDS = 7, 18  # hours in which people of this service learn
LESSONS_A_SITTING = 3
READING = (6, 19)  # minutes for one lesson
ANSWERING = (40, 130)  # seconds for one question
SAVE_AFTER = 5  # questions, where the browser runs no scripts
WORKER_AFTER = timedelta(seconds=3)


def story_of(world: World, learner: Learner) -> Story:
    """Return the story that leaves ``learner`` in their state at ``world.now``."""
    dice, now = learner.dice, world.now
    state = learner.state
    if state is State.TRANSFERRED:
        state = dice.choice((State.IN_LESSON, State.CERTIFIED))
    if state is State.NOT_STARTED:
        return _told_to_learn(world, learner)
    if state is State.IN_LESSON:
        return _reading(world, learner)
    if state is State.IN_TEST:
        return _testing(world, learner)
    if state is State.FAILED_ONCE:
        return _failing(world, learner)
    if state is State.PASSED:
        ends = now - timedelta(hours=dice.randint(20, 120))
        return _passing(world, learner, ends)
    if state is State.EXPIRING:
        # Two years later is the last day: between ten and forty-five days from now.
        ends = now - timedelta(days=731 - dice.randint(10, 45))
        return _certified(world, learner, ends)
    ends = now - timedelta(days=dice.randint(3, 640))
    return _certified(world, learner, ends)


def _told_to_learn(world: World, learner: Learner) -> Story:
    """Every third of those who have not started was put on the list by their administrator."""
    if learner.dice.randrange(3) == 0:
        at = _in_shift(world.now - timedelta(days=learner.dice.randint(1, 20)), learner.dice)
        yield at
        learning.enrol(
            world.session, learner.viewer.person_id, world.course_id, route="list", by=None, now=at
        )


def _reading(world: World, learner: Learner) -> Story:
    dice = learner.dice
    read = dice.randint(1, len(world.structure.codes()) - 2)
    ends = world.now - timedelta(hours=dice.randint(5, 700))
    yield from _lessons(world, learner, ends, read)
    at = ends
    code = world.structure.codes()[read]
    for _ in range(dice.randint(1, 3)):
        yield at
        _note(world, learner, code, dice.randint(2, 7) * 60, at)
        at += timedelta(minutes=dice.randint(3, 9))


def _testing(world: World, learner: Learner) -> Story:
    dice = learner.dice
    begins = world.now - timedelta(minutes=dice.randint(35, 60))
    yield from _lessons(world, learner, begins - timedelta(hours=30))
    yield from _sit(
        world,
        learner,
        "post",
        begins,
        _sometimes(dice, 1, 8),
        answers=dice.randint(6, 14),
    )


def _failing(world: World, learner: Learner) -> Story:
    dice = learner.dice
    begins = world.now - timedelta(hours=dice.randint(30, 260))
    yield from _lessons(world, learner, begins - timedelta(hours=20))
    yield from _sit(world, learner, "post", begins, _badly(world, learner))
    at = begins + timedelta(hours=2)
    for code in _to_review(world, learner)[: dice.randint(0, 2)]:
        at += timedelta(minutes=dice.randint(*READING))
        yield at
        _complete(world, learner, code, at)


def _passing(world: World, learner: Learner, ends: datetime) -> Story:
    """Pass the final test within the two hours before ``ends``; one in four needs two attempts."""
    dice = learner.dice
    if dice.randrange(4) == 0:
        first = ends - timedelta(hours=75)
        yield from _lessons(world, learner, first - timedelta(hours=20))
        yield from _sit(world, learner, "post", first, _badly(world, learner))
        at = first + timedelta(hours=20)
        for code in _to_review(world, learner):
            at += timedelta(minutes=dice.randint(*READING))
            yield at
            _complete(world, learner, code, at)
    else:
        yield from _lessons(world, learner, ends - timedelta(hours=30))
    missed = dice.randint(0, 3)
    critical = set(world.structure.critical)

    def misses(item: FormItem) -> bool:
        nonlocal missed
        if missed and item.kind != "scenario" and item.critical not in critical:
            missed -= 1
            return True
        return False

    yield from _sit(world, learner, "post", ends - timedelta(hours=1), misses)


def _certified(world: World, learner: Learner, ends: datetime) -> Story:
    yield from _passing(world, learner, ends)
    at = ends + timedelta(minutes=learner.dice.randint(5, 50))
    yield at
    me, session = learner.viewer, world.session
    name = session.get_one(Identity, me.person_id).name
    certificates.confirm_name(session, me, name, None, now=at)
    certificates.award(
        session,
        me,
        _begun(learner).id,
        world.site,
        language=me.language,
        clock_is_right=True,
        now=at,
    )
    at += WORKER_AFTER
    yield at
    world.work(at)


def _lessons(world: World, learner: Learner, ends: datetime, read: int | None = None) -> Story:
    """Begin the course, some with the first test, and finish ``read`` lessons before ``ends``.

    Some lessons at a sitting, the last sitting a working day before ``ends`` at the latest.
    """
    dice = learner.dice
    codes = list(world.structure.codes())[:read]
    sittings = [codes[n : n + LESSONS_A_SITTING] for n in range(0, len(codes), LESSONS_A_SITTING)]
    days = sorted(dice.sample(range(1, 8 * len(sittings) + 3), len(sittings) + 1), reverse=True)
    at = _in_shift(ends - timedelta(days=days[0]), dice)
    yield at
    learner.enrolment = learning.begin(world.session, learner.viewer, world.slug, now=at)
    if dice.randrange(5) < 2:
        yield from _sit(world, learner, "pre", at + timedelta(minutes=2), _sometimes(dice, 4, 9))
    for day, sitting in zip(days[1:], sittings, strict=True):
        at = _in_shift(ends - timedelta(days=day), dice)
        for code in sitting:
            minutes = dice.randint(*READING)
            if dice.randrange(3) == 0:
                at += timedelta(minutes=minutes // 2)
                yield at
                _note(world, learner, code, minutes * 30, at)
            at += timedelta(minutes=minutes)
            yield at
            _complete(world, learner, code, at)


def _in_shift(moment: datetime, dice: random.Random) -> datetime:
    """Return a moment of the same day or the day before, early enough for a long sitting.

    The days before have at least as many hours as a sitting has, so that order is kept.
    """
    day = moment.date() - timedelta(days=1)
    hour = dice.randint(SHIFT_BEGINS, SHIFT_ENDS - 3)
    return datetime.combine(day, time(hour, dice.randrange(60), dice.randrange(60)), UTC)


def _sometimes(dice: random.Random, missed: int, of: int) -> Callable[[FormItem], bool]:
    """Return how somebody answers who misses ``missed`` questions in ``of``."""
    return lambda _item: dice.randrange(of) < missed


def _badly(world: World, learner: Learner) -> Callable[[FormItem], bool]:
    """Return how somebody answers who fails: one critical slot wrong, and two in five others."""
    dice = learner.dice
    slot = dice.choice(world.structure.critical)
    return lambda item: item.critical == slot or dice.randrange(5) < 2


def _complete(world: World, learner: Learner, code: str, at: datetime) -> None:
    learning.complete_lesson(world.session, learner.viewer, _begun(learner), code, now=at)


def _begun(learner: Learner) -> Enrolment:
    if learner.enrolment is None:
        raise RuntimeError("this story has not begun the course yet")
    return learner.enrolment


def _note(world: World, learner: Learner, code: str, seconds: int, at: datetime) -> None:
    sections = world.sections.get(code)
    learning.note_place(
        world.session,
        learner.viewer,
        _begun(learner),
        code,
        learner.dice.choice(sections) if sections else None,
        seconds,
        page=_page(learner),
        n=1,
        now=at,
    )


def _page(learner: Learner) -> str:
    """Return the random id of a page that this person loaded."""
    return f"{learner.dice.getrandbits(64):016x}"


def _to_review(world: World, learner: Learner) -> tuple[str, ...]:
    failed = queries.last_failed(world.session, _begun(learner).id)
    return () if failed is None else rules.lessons_to_review(world.structure, failed, ())


def _sit(
    world: World,
    learner: Learner,
    test: str,
    begins: datetime,
    misses: Callable[[FormItem], bool],
    *,
    answers: int | None = None,
) -> Story:
    """Take a test from ``begins`` on; ``misses`` says which items are answered wrong.

    answers   how many items are answered before this person stops, the test still open; None for
              all of them: then it is handed in.
    """
    session, me, dice = world.session, learner.viewer, learner.dice
    yield begins
    language = learner.person.test_language
    attempt_id = learning.start_test(
        session, me, world.slug, test, language, floor=world.site.least_percent, now=begins
    )
    attempt = session.get_one(Attempt, attempt_id)
    page, at = _page(learner), begins
    items = assessment.form_items(session, attempt.form_id)[:answers]
    unsent: dict[str, Fields] = {}
    for n, item in enumerate(items, 1):
        at += timedelta(seconds=dice.randint(*ANSWERING))
        choice = (wrong_choice if misses(item) else right_choice)(item.kind, item.key)
        fields = Codes(attempt.secret, item.id, item.kind, item.key).fields(choice)
        if learner.scripts:
            yield at
            sending = tests.Sending(page, n - 1, language, "script", n, claimed_at=at)
            tests.store_answer(session, me, attempt_id, item.id, fields, sending, now=at)
            continue
        unsent[item.id] = fields
        if n % SAVE_AFTER == 0 or n == len(items):
            yield at
            sending = tests.Sending(page, attempt.version, language)
            tests.store_page(session, me, attempt_id, unsent, sending, whole=False, now=at)
            unsent = {}
            page = _page(learner)
    if answers is None:
        at += timedelta(minutes=1)
        yield at
        learning.hand_in(session, me, attempt_id, floor=world.site.least_percent, now=at)
