"""Generates households of synthetic people: the same for the same seed, whatever their number."""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from wangge_schema.people import rules
from wangge_schema.people.rules import AreaStatus, DocumentFacts, DocumentType, HouseholdRelation, Sex
from wangge_schema.people.services.bulk import PersonFacts

AREA = "379999"
"""An area code that was never assigned, so that no number belongs to anybody."""

_PHONES = "19900"
_AS_OF = date(2026, 1, 1)
_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
_GIVEN = {
    Sex.MALE: "伟强磊军洋勇杰涛明超刚平辉鹏华飞鑫波斌宇浩凯健俊帆帅旭宁龙林",
    Sex.FEMALE: "芳娜敏静丽艳娟霞秀英慧巧美淑惠珠翠雅芝玉萍红玲芬燕彩春兰凤洁",
}
_SEQUENCES = 500
"""Sequence numbers of one sex and birthday."""


@dataclass(frozen=True)
class Member:
    """A person of a household."""

    facts: PersonFacts
    relation: HouseholdRelation
    since: date
    registered: bool
    """Whether the household registration is here too."""


def households(seed: int) -> Iterator[list[Member]]:
    """Yield households without end; the head comes first."""
    maker = _Maker(random.Random(seed))
    while True:
        yield maker.household()


class _Maker:
    """Draws people, keeping document and phone numbers unique."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._born: Counter[tuple[date, Sex]] = Counter()
        self._phones = 0

    def household(self) -> list[Member]:
        chance = self._chance
        age = chance.choice((27, 33, 36, 38, 41, 44, 47, 52, 56, 61, 66, 71, 76, 82))
        surname = chance.choice(_SURNAMES)
        sex = Sex.MALE if chance.random() < 0.7 else Sex.FEMALE
        since = _AS_OF - timedelta(days=chance.randrange(30, 3650))
        registered = chance.random() < 0.8
        drawn = [(surname, sex, age, HouseholdRelation.HEAD)]
        if chance.random() < 0.8:
            other = Sex.FEMALE if sex is Sex.MALE else Sex.MALE
            spouse = max(22, age + chance.randrange(-4, 5))
            drawn.append((chance.choice(_SURNAMES), other, spouse, HouseholdRelation.SPOUSE))
        for _ in range(chance.choice((0, 1, 1, 1, 2)) if 26 < age < 60 else 0):
            child = age - chance.randrange(24, 34)
            if 0 < child < 26:
                drawn.append((surname, chance.choice(list(Sex)), child, HouseholdRelation.CHILD))
        if age < 60 and chance.random() < 0.15:
            elder = age + chance.randrange(22, 32)
            drawn.append((surname, chance.choice(list(Sex)), elder, HouseholdRelation.PARENT))
        return [self._member(*each, since, registered) for each in drawn]

    def _member(
        self,
        surname: str,
        sex: Sex,
        age: int,
        relation: HouseholdRelation,
        since: date,
        registered: bool,
    ) -> Member:
        chance = self._chance
        given = "".join(chance.choices(_GIVEN[sex], k=chance.choice((1, 2, 2))))
        born = _AS_OF - timedelta(days=age * 365 + chance.randrange(365))
        born, number = self._number(born, sex)
        document = DocumentFacts(number, born, sex, AreaStatus.UNKNOWN)
        facts = PersonFacts(
            name=surname + given,
            document_type=DocumentType.IDENTITY_CARD,
            document=document,
            sex=sex,
            birth_date=born,
            phone=self._phone() if age > 11 else None,
        )
        return Member(facts, relation, max(since, born), registered)

    def _number(self, born: date, sex: Sex) -> tuple[date, str]:
        """Return an unused identity number, and its birthday, which shifts when a day is used up."""
        while self._born[born, sex] == _SEQUENCES:
            born -= timedelta(days=1)
        sequence = 2 * self._born[born, sex] + (sex is Sex.MALE)
        self._born[born, sex] += 1
        first = f"{AREA}{born:%Y%m%d}{sequence:03d}"
        return born, first + rules.check_character(first)

    def _phone(self) -> str:
        self._phones += 1
        return f"{_PHONES}{self._phones % 1_000_000:06d}"
