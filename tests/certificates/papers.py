"""Certificates for the tests of paper: five languages with words of their own, one snapshot."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from lms.certificates import labels
from lms.certificates.snapshot import CertificateSnapshot
from tests.signing.office import qr_text

LANGUAGES = ("en", "fr", "ar", "ru", "kk")
TITLES = {
    "en": "The Nelson Mandela Rules in daily work",
    "fr": "Les Règles Nelson Mandela au quotidien",
    "ar": "قواعد نيلسون مانديلا في العمل اليومي",
    "ru": "Правила Нельсона Манделы в работе",
    "kk": "Нельсон Мандела ережелері күнделікті жұмыста",
}
ISSUERS = {
    "en": "National Prison Service",
    "fr": "Direction générale des prisons",
    "ar": "الإدارة العامة للسجون والإصلاح",
    "ru": "Комитет уголовно-исполнительной системы",
    "kk": "Қылмыстық-атқару жүйесі комитеті",
}
RULES = {
    "en": "To pass, reach at least 80 %.",
    "fr": "Pour réussir, il faut au moins 80 %.",
    "ar": "للنجاح يلزم 80 % على الأقل.",
    "ru": "Для прохождения нужно не менее 80 %.",
    "kk": "Өту үшін кемінде 80 % керек.",
}
HEADINGS = {
    "en": "Certificate of completion",
    "fr": "Certificat de réussite",
    "ar": "شهادة إتمام",
    "ru": "Свидетельство об окончании",
    "kk": "Оқуды аяқтау туралы куәлік",
}
NAMES = {
    "en": ("Amina Ben Salah",),
    "fr": ("Amina Ben Salah",),
    "ar": ("أمينة بن صالح", "Amina Ben Salah"),
    "ru": ("Болат Сейтқали", "Bolat Seitkali"),
    "kk": ("Болат Сейтқали", "Bolat Seitkali"),
}
COUNTRY = {"en": "ug", "fr": "tn", "ar": "tn", "ru": "kz", "kk": "kz"}

# The headings are those of each language; the smaller words stay English: tests look at scripts.
LABELS = {
    language: {**labels.spoken(str), "heading": heading} for language, heading in HEADINGS.items()
}


def snapshot(language: str, second: str | None = None, **changes: Any) -> CertificateSnapshot:
    """Return a certificate in one or two languages, with ``changes``."""
    facts: dict[str, Any] = {
        "serial": UUID("8d1f2c3a-4b5e-4f60-8a7b-9c0d1e2f3a4b"),
        "number": "TN-2026-00417",
        "code": "23456789CFGV",
        "titles": TITLES,
        "edition": "1.0",
        "completed_on": date(2026, 11, 22),
        "valid_through": date(2028, 11, 22),
        "hours": 3.5,
        "issuers": ISSUERS,
        "issued_on": date(2026, 11, 23),
        "rules": RULES,
        "language": language,
        "second_language": second,
        "status_list": 1,
        "status_index": 4711,
        "qr_text": qr_text(),
        "check_url": "https://learn.example.gov/v/23456789CFGV",
        "country": COUNTRY[language],
    }
    return CertificateSnapshot(**{**facts, **changes})
