"""What an enabling would change, as an administrator sees it before."""

import enum

from wangge.auth.access import requires
from wangge.districts.models import PluginState
from wangge.graphql.fields import column
from wangge.graphql.types import graphql_enum, object_type

ADMINISTRATORS = requires("base.plugins.write")


class ChangeSeverity(enum.Enum):
    """How much harm a change of the schema may do to frontends."""

    BREAKING = "breaking"
    DANGEROUS = "dangerous"
    SAFE = "safe"


graphql_enum(
    ChangeSeverity,
    "How much harm a change of the schema may do to frontends.",
    BREAKING="Documents fail that ran before.",
    DANGEROUS="A client that runs on may be surprised.",
    SAFE="Nobody is harmed.",
)


@object_type(access=ADMINISTRATORS, description="A difference between two schemas.")
class SchemaChange:
    """A change of the schema."""

    severity: ChangeSeverity = column("How much harm it may do.")
    code: str = column("What kind of change it is, such as FIELD_ADDED.")
    place: str = column("Where, as a schema coordinate such as `Person.age`.")
    description: str = column("The change in a sentence.")


@object_type(access=ADMINISTRATORS, description="A permission that a programme brings.")
class PreviewedPermission:
    """A permission of a programme."""

    key: str = column("Its key.")
    title: str = column("Its title, in the caller's language.")
    roles: list[str] = column("Keys of the roles that will hold it.")


@object_type(access=ADMINISTRATORS, description="Personal data (个人信息) that a programme keeps in a table.")
class PreviewedPersonalData:
    """An entry of a programme's map of personal data."""

    table: str = column("Name of the table.")
    title: str | None = column("What its rows are, in the caller's language.")
    columns: list[str] = column("Its personal columns.")
    purpose: str = column("Key of the purpose that they are processed for.")
    legal_basis: str = column("Law and article, or consent.")
    retention: str = column("How long, and from when.")
    deleted_on_erasure: bool = column("Whether an erasure deletes the rows; otherwise a law keeps them.")
    emptied_on_erasure: list[str] = column("Columns that an erasure empties in rows that stay.")


@object_type(access=ADMINISTRATORS, description="A purpose (处理目的) that a programme processes data for.")
class PreviewedPurpose:
    """A purpose of a programme."""

    key: str = column("Its key.")
    title: str = column("Its title, in the caller's language.")
    legal_basis: str = column("Law and article, or consent.")
    retention: str | None = column("How long, where the purpose says so.")
    needs_consent: bool = column("Whether residents have to agree first.")


@object_type(access=ADMINISTRATORS, description="A revision of a programme's tables that would be applied.")
class PreviewedMigration:
    """A revision that is to come."""

    revision: str = column("Its number.")
    description: str = column("What it does.")


@object_type(access=ADMINISTRATORS, description="A capability that a programme needs, or uses where it is.")
class PreviewedRequirement:
    """A capability that is required or wanted."""

    capability: str = column("Name and version, such as `points/1`.")
    required: bool = column("Whether the programme cannot be on without it.")
    provider: str | None = column("Slug of what provides it here; null where nothing does.")
    candidates: list[str] = column("Slugs of the installed programmes that could.")


@object_type(access=ADMINISTRATORS, description="Work that a programme does in the background.")
class PreviewedWork:
    """A handler of events, or a job."""

    key: str = column("Its name within the programme.")
    description: str = column("What it does.")
    events: list[str] = column("Events that it is told of; none for a job.")


@object_type(access=ADMINISTRATORS, description="A setting of a programme.")
class PreviewedSetting:
    """A setting with its default."""

    name: str = column("Its name.")
    description: str = column("What it sets.")
    default: str = column("Its value unless the district sets another, as JSON.")


@object_type(
    access=ADMINISTRATORS,
    description="What switching a programme on would change in this district; looking changes nothing.",
)
class PluginPreview:
    """What an enabling or a resuming would change."""

    slug: str = column("The programme's one name.")
    title: str = column("Its title, in the caller's language.")
    version: str = column("The installed version, which would be on.")
    last_version: str | None = column("The version that was on last.")
    state: PluginState = column("Where it stands here.")
    fingerprint: str = column("Names exactly what is shown; `enablePlugin` takes it and refuses another.")
    problems: list[str] = column("What stands against it now.")
    changes: list[SchemaChange] = column("How this district's schema would change, the worst first.")
    sdl: str = column("The SDL that the programme adds.")
    permissions: list[PreviewedPermission] = column("Permissions that it brings.")
    personal_data: list[PreviewedPersonalData] = column("Personal data that it keeps, table by table.")
    purposes: list[PreviewedPurpose] = column("Purposes that it adds to the register.")
    tables: list[str] = column("Names of its tables.")
    migrations: list[PreviewedMigration] = column("What would be done to its tables, in order.")
    requirements: list[PreviewedRequirement] = column("Capabilities that it needs or uses.")
    provides: list[str] = column("Capabilities that it provides.")
    events: list[str] = column("Events that it emits.")
    handlers: list[PreviewedWork] = column("What it does when something has happened.")
    jobs: list[PreviewedWork] = column("What it does by itself, again and again.")
    settings: list[PreviewedSetting] = column("What the district may set.")


TYPES: tuple[type, ...] = (
    *(PluginPreview, SchemaChange, PreviewedPermission, PreviewedPersonalData, PreviewedPurpose),
    *(PreviewedMigration, PreviewedRequirement, PreviewedSetting, PreviewedWork),
)
