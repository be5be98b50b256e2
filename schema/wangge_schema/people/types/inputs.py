"""Inputs and payloads of the mutations about people."""

from datetime import date
from decimal import Decimal

from wangge import ID, Input, Payload, argument, column, input_type, payload_type
from wangge_schema.people.rules import DocumentType, HouseholdRelation, PersonalField, ResidenceKind, Sex
from wangge_schema.people.types.objects import Dwelling, Household, Person


@input_type("A dwelling to record.")
class CreateDwellingInput(Input):
    """Input of `createDwelling`."""

    grid: ID = argument("Building, or the smallest grid there is (楼栋).")
    unit: str | None = argument("Unit (单元), without the word.", default=None)
    room: str | None = argument("Room (室), without the word.", default=None)
    address: str | None = argument(
        "Full address (地址); composed of the grids' names, unit and room where it is left out.", default=None
    )
    floor_area: Decimal | None = argument("Floor area (建筑面积) in square metres.", default=None)


@payload_type("What came of recording a dwelling.")
class CreateDwellingPayload(Payload):
    """Payload of `createDwelling`."""

    dwelling: Dwelling | None = column("The dwelling.", default=None)


@input_type("A household to record.")
class CreateHouseholdInput(Input):
    """Input of `createHousehold`."""

    dwelling: ID = argument("Dwelling (房屋) where it lives.")
    number: str = argument("Household number (户号), unique in the district.")


@payload_type("What came of recording a household.")
class CreateHouseholdPayload(Payload):
    """Payload of `createHousehold`."""

    household: Household | None = column("The household.", default=None)


@input_type("A person to register.")
class RegisterPersonInput(Input):
    """Input of `registerPerson`."""

    name: str = argument("Full name (姓名).")
    sex: Sex | None = argument(
        "Sex (性别); read from the identity number where it is left out.", default=None
    )
    birth_date: date | None = argument(
        "Date of birth (出生日期); read from the identity number where it is left out.", default=None
    )
    document_type: DocumentType = argument("Kind of document (证件类型).")
    document_number: str = argument("Document number (证件号码); empty for the kind NONE.")
    phone: str | None = argument("Mobile number (手机号).", default=None)
    dwelling: ID = argument("Dwelling (房屋).")
    residence: ResidenceKind = argument(
        "Why the person belongs to the dwelling (居住类型).", default=ResidenceKind.CURRENT
    )
    household: ID | None = argument("Household (户) that the person joins.", default=None)
    purpose: str = argument("Key of the purpose of processing (处理目的); see `processingPurposes`.")


@payload_type("What came of registering a person.")
class RegisterPersonPayload(Payload):
    """Payload of `registerPerson`."""

    person: Person | None = column("The person.", default=None)


@input_type("Corrections of a person. What is left out stays as it is.")
class UpdatePersonInput(Input):
    """Input of `updatePerson`."""

    person: ID = argument("The person (居民).")
    name: str | None = argument("Full name (姓名).", default=None)
    sex: Sex | None = argument("Sex (性别).", default=None)
    birth_date: date | None = argument("Date of birth (出生日期).", default=None)
    document_type: DocumentType | None = argument(
        "Kind of document (证件类型); a new kind comes with its number.", default=None
    )
    document_number: str | None = argument("Document number (证件号码).", default=None)
    phone: str | None = argument("Mobile number (手机号); an empty text removes it.", default=None)
    relation: HouseholdRelation | None = argument(
        "Relation to the head of the household (与户主关系); HEAD replaces the head.", default=None
    )


@payload_type("What came of correcting a person.")
class UpdatePersonPayload(Payload):
    """Payload of `updatePerson`."""

    person: Person | None = column("The person.", default=None)


@input_type("A residence that begins; one of the same kind ends the day before.")
class RecordResidenceInput(Input):
    """Input of `recordResidence`."""

    person: ID = argument("The person (居民).")
    dwelling: ID = argument("Dwelling (房屋).")
    kind: ResidenceKind = argument(
        "Why the person belongs there (居住类型); CURRENT moves the person to its grid.",
        default=ResidenceKind.CURRENT,
    )
    since: date | None = argument("First day; today where it is left out.", default=None)


@payload_type("What came of recording a residence.")
class RecordResidencePayload(Payload):
    """Payload of `recordResidence`."""

    person: Person | None = column("The person.", default=None)


@input_type("A residence that ends.")
class EndResidenceInput(Input):
    """Input of `endResidence`."""

    person: ID = argument("The person (居民).")
    kind: ResidenceKind = argument("Which residence (居住类型).", default=ResidenceKind.CURRENT)
    until: date | None = argument("Last day; today where it is left out.", default=None)


@payload_type("What came of ending a residence.")
class EndResidencePayload(Payload):
    """Payload of `endResidence`."""

    person: Person | None = column("The person.", default=None)


@input_type("A death to record.")
class RecordDeathInput(Input):
    """Input of `recordDeath`."""

    person: ID = argument("The person (居民).")
    died_on: date = argument("Day of death (死亡日期).")


@payload_type("What came of recording a death.")
class RecordDeathPayload(Payload):
    """Payload of `recordDeath`."""

    person: Person | None = column("The person.", default=None)


@input_type("A household that moves with its members.")
class MoveHouseholdInput(Input):
    """Input of `moveHousehold`."""

    household: ID = argument("The household (户).")
    dwelling: ID = argument("Dwelling (房屋) that it moves to.")
    on: date | None = argument("First day there; today where it is left out.", default=None)


@payload_type("What came of moving a household.")
class MoveHouseholdPayload(Payload):
    """Payload of `moveHousehold`."""

    household: Household | None = column("The household.", default=None)


@input_type("A guardianship to record.")
class RecordGuardianshipInput(Input):
    """Input of `recordGuardianship`."""

    ward: ID = argument("The person in need of a guardian (被监护人).")
    guardian: ID = argument("The guardian (监护人), of full age.")


@payload_type("What came of recording a guardianship.")
class RecordGuardianshipPayload(Payload):
    """Payload of `recordGuardianship`."""

    ward: Person | None = column("The ward.", default=None)
    guardian: Person | None = column("The guardian.", default=None)


@input_type("A personal value to reveal. The audit keeps who asked for what and why.")
class RevealPersonalValueInput(Input):
    """Input of `revealPersonalValue`."""

    person: ID = argument("The person (居民).")
    field: PersonalField = argument("Which value (信息项).")
    purpose: str = argument("What it is needed for (用途), in your own words.")


@payload_type("A personal value in full.")
class RevealPersonalValuePayload(Payload):
    """Payload of `revealPersonalValue`."""

    person: Person | None = column("The person.", default=None)
    value: str | None = column("The value in full.", default=None)
