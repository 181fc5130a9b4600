"""Hostile text in what administrators write: every page of administration escapes it.

Written past the checks, straight into the rows, as in tests/web/test_canary.py.
"""

from __future__ import annotations

from sqlalchemy import update
from sqlalchemy.orm import Session

from lms import installation
from lms.accounts.models import Identity, Unit, UnitName
from lms.admin.testrules.queries import DECISIONS
from lms.catalogue.models import EditionText, Programme, ProgrammeChange, ProgrammeCourse
from lms.certificates.models import CertificateLayout
from lms.db import transaction
from lms.kernel import clock
from lms.kernel.ids import new_ordered_id
from lms.learning.models import Enrolment, Extension
from lms.requirements.models import Exemption, ExternalCertificate
from tests.admin import test_scope as scope
from tests.web.test_canary import CANARY, MARK, Marks

scene = scope.scene
CODE = "seen-by-all"
# Pages that show what was written.
SHOWN = {
    "layout.show", "people.all", "people.one", "places.all", "places.one",
    "programmes.all", "programmes.one", "programmes.plan", "requirements.one",
    "requirements.reminders", "roles.show", "test_rules.show", "waivers.check", "waivers.exempt",
}  # fmt: skip


def infect(session: Session, values: dict[str, object]) -> None:
    now, both = clock.now(), {"en": CANARY, "ar": CANARY}
    session.execute(update(Identity).values(name=CANARY, name_latin=CANARY, search=CANARY))
    session.execute(update(Unit).values(names=both, code=Unit.code + CANARY))
    session.execute(update(EditionText).values(title=CANARY))
    session.execute(update(Exemption).values(reason=CANARY, evidence=CANARY))
    session.execute(
        update(ExternalCertificate).values(
            title=CANARY, issuer=CANARY, number=CANARY, evidence=CANARY, refused_because=CANARY
        )
    )
    decision = {"before": 70, "percent": 85, "reason": CANARY, "by": None, "at": now.isoformat()}
    installation.decide(session, {DECISIONS: [decision]}, now=now)
    programme = Programme(
        id=new_ordered_id(),
        code=CODE,
        kind="pilot",
        titles=both,
        issuers=both,
        partners=both,
        funders=both,
        starts_on=now.date(),
        ends_on=None,
        printed=True,
        question=CANARY,
        groups=[CANARY],
        measures=[CANARY],
        fixed_at=now,
        made_by=None,
        made_at=now,
    )
    session.add(programme)
    session.flush()
    session.add_all(
        [
            ProgrammeCourse(programme_id=programme.id, course_id="C90"),
            CertificateLayout(
                programme_id=programme.id,
                issuers=both,
                logos=[],
                changed_at=now,
                signatories=[{"name": CANARY, "title": CANARY, "title:ar": CANARY}],
            ),
            ProgrammeChange(
                id=new_ordered_id(),
                programme_id=programme.id,
                field="question",
                before=CANARY,
                after=CANARY,
                by=None,
                at=now,
            ),
            UnitName(
                id=new_ordered_id(),
                unit_id=values["unit_id"],
                code=CANARY,
                names=both,
                until_on=now.date(),
            ),
            Extension(
                id=new_ordered_id(),
                enrolment_id=values["enrolment_id"],
                before=None,
                due_on=now.date(),
                reason=CANARY,
                given_by=None,
                given_at=now,
            ),
        ]
    )
    session.execute(update(Enrolment).values(programme_id=programme.id))


def test_nothing_that_administrators_write_comes_alive_on_any_page(scene: scope.Scene) -> None:
    with scene.app.app_context(), transaction() as session:
        infect(session, scene.values)
    scene.values["programme"] = scene.values["code"] = CODE
    shown: dict[str, int] = {}
    for rule, method in scope.rules(scene.app):
        path = scope.address(scene, rule)
        for language in ("en", "ar") if method == "GET" else ():
            reply = scene.browser("country").client.get(path.replace("/en/", f"/{language}/"))
            assert reply.status_code < 500, f"{path}: {reply.status}"
            if reply.mimetype != "text/html":
                continue
            found = Marks(reply.text)
            assert found.alive == [], f"{path}: {found.alive}"
            if MARK in reply.text:
                assert "{{7*7}}" in reply.text, path
            shown[rule.endpoint] = shown.get(rule.endpoint, 0) + found.shown
    assert {endpoint for endpoint, times in shown.items() if times > 1} >= SHOWN, sorted(
        shown.items()
    )
