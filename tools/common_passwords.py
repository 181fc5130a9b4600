"""Make lms/accounts/common_passwords.txt: passwords of ten characters and more that many choose.

No leaked list is copied. What people choose is well described in public research (published
top lists, the surveys behind NIST SP 800-63B): a word, a name or a walk over the keyboard,
doubled, or lengthened with digits and a year. Those patterns are written out here, for English,
French, Arabic in Latin letters, Russian (also typed on the wrong keyboard) and Kazakh.

    python tools/common_passwords.py > lms/accounts/common_passwords.txt
"""

from __future__ import annotations

from collections.abc import Iterator

HEADER = """\
# Passwords that many people choose. Made by tools/common_passwords.py from described patterns;
# no leaked list was copied. Shorter words stand here because "word + digits" is refused too.
"""

WORDS = """
password passw0rd p@ssword p@ssw0rd passwort motdepasse azerty qwerty qwertz qwertyui welcome
bonjour bienvenue marhaba salam salamalikoum assalam bismillah mashallah inshallah alhamdulillah
admin administrator administrateur root guest default changeme letmein login master secret
monkey dragon sunshine princess football baseball superman batman iloveyou loveyou shadow michael
jennifer jordan charlie freedom whatever trustno1 starwars computer internet samsung iphone
android google facebook instagram telegram whatsapp youtube yandex liverpool chelsea arsenal
barcelona realmadrid manchester ronaldo messi soleil doudou chouchou loulou nicolas camille
marseille paris france tunisie tunisia tunis carthage sousse sfax bizerte kairouan esperance
kampala uganda entebbe gulu mbarara jinja pearlofafrica kazakhstan qazaqstan almaty astana
nursultan shymkent karaganda aktobe moscow moskva rossiya russia privet parol poshelnahui
lubov lyubov solnce solnyshko zvezda natasha sergey andrey dmitry alexander vladimir marina
svetlana nastya ekaterina aigerim aidana nurlan serik bolat daulet aruzhan amina fatima fatma
mohamed mohammed muhammad ahmed ali hassan hussein khalid youssef ibrahim mustafa mariam
prison prisonservice prisonofficer officer warder security police sergeant captain inspector
justice ministry ministere mandela nelsonmandela training trainer learning elearning student
teacher school academy academie course certificate summer winter spring autumn january february
monday friday family mother father mummy daddy jesus jesuschrist blessed blessing godisgood
godislove allahakbar allah islam church angel angels flower cookie chocolate orange banana purple
yellow silver golden diamond hunter killer ninja pokemon mustang ferrari mercedes toyota lovely
sweetheart honey babygirl forever friends bestfriend happy smile lucky success money dollar
йцукен йцукенг пароль привет солнце любовь наташа сергей андрей казахстан астана алматы москва
россия максим никита кошка собака ноутбук qwertyuiop asdfghjkl zxcvbnm jqewry gfhjkm ghbdtn
cjkywt k.,jdm yfnfif cthutq fylhtq
""".split()

TAILS = (
    "1 12 123 1234 12345 123456 1234567 12345678 123456789 1! 123! 1234! @123 @1234 #123 !@# "
    "01 007 11 111 1111 99 777 7777 786 2020 2021 2022 2023 2024 2025 2026 2024! 2025! 2026! "
    "@2024 @2025 @2026"
).split()
ROWS = (
    "1234567890", "0987654321", "qwertyuiop", "asdfghjkl", "zxcvbnm", "azertyuiop", "qsdfghjklm",
    "wxcvbn", "qwertzuiop", "йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю",
)  # fmt: skip
WALKS = (
    "1qaz2wsx3edc 1qaz2wsx3edc4rfv 1q2w3e4r5t 1q2w3e4r5t6y 1q2w3e4r5t6y7u qazwsxedc qazwsxedcrfv "
    "zaq12wsxcde3 zaq1xsw2cde3 q1w2e3r4t5 q1w2e3r4t5y6 qweasdzxc qweasdzxc123 1a2b3c4d5e "
    "a1b2c3d4e5 a1s2d3f4g5 abcdefghij abcdefghijk abcdefghijkl abcd123456 abc1234567 abc123456789 "
    "123456789a 123456789q 1234567890a 1234567890q 12345qwert 123456qwerty qwerty1234567890 "
    "qwer1234asdf 1234qwerasdf asdfqwer1234 1234asdfqwer aqwzsxedc azeqsdwxc aze123456789"
).split()


def candidates() -> Iterator[str]:
    """Yield every password of the patterns, some more than once."""
    yield from WALKS
    for word in WORDS:
        yield word
        yield word * 2
        for tail in TAILS:
            yield word + tail
        yield "123" + word
        yield "my" + word + "123"
        yield "i love " + word
        yield "ilove" + word
    for row in ROWS:
        for length in range(6, len(row) + 1):
            yield row[:length]
            yield row[:length] * 2
            yield row[:length] + row[:length][::-1]
            yield row[:length] + "123"
            yield row[:length] + "1234"
            yield row[:length] + "12345"
    for year in range(1950, 2031):
        for form in ("{y}{y}{y}", "0101{y}0101", "{y}123456", "123456{y}", "01.01.{y}", "31.12.{y}"):
            yield form.format(y=year)
    for digits in ("123", "1234", "12345", "123123", "112233", "121212", "147258", "159753"):
        for times in (2, 3, 4):
            yield digits * times
    yield from ("1122334455", "11223344556677", "147258369", "1472583690", "9876543210",
                "7894561230", "0123456789", "01234567890", "1029384756", "3141592653",
                "correcthorsebatterystaple", "correct horse battery staple")  # fmt: skip


def main() -> None:
    """Print the list: every word of five and more characters once, in order."""
    kept = sorted({text for text in candidates() if len(text) >= 5})
    print(HEADER + "\n".join(kept))


if __name__ == "__main__":
    main()
