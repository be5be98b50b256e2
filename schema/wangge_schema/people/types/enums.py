"""The enums of people as GraphQL shows them."""

from wangge import graphql_enum
from wangge_schema.people.rules import DocumentType, HouseholdRelation, PersonalField, ResidenceKind, Sex

graphql_enum(Sex, "Sex as identity documents state it (性别).", MALE="Male (男).", FEMALE="Female (女).")

graphql_enum(
    DocumentType,
    "Kind of identity document (证件类型).",
    IDENTITY_CARD="Resident identity card, 18 characters (居民身份证).",
    HONG_KONG_MACAO_RESIDENCE_PERMIT="Residence permit of Hong Kong and Macao residents (港澳居民居住证).",
    TAIWAN_RESIDENCE_PERMIT="Residence permit of Taiwan residents (台湾居民居住证).",
    FOREIGN_PERMANENT_RESIDENT_CARD="Permanent residence card of a foreigner (外国人永久居留身份证).",
    PASSPORT="Passport (护照).",
    NONE="No document, as of a newborn (无证件).",
)

graphql_enum(
    ResidenceKind,
    "Why a person belongs to a dwelling (居住类型).",
    CURRENT="Lives there (现居住); it decides the person's grid.",
    REGISTERED="Household registration, hukou (户籍).",
    TEMPORARY="Stays for a time (暂住).",
)

graphql_enum(
    HouseholdRelation,
    "Relation to the head of the household (与户主关系).",
    HEAD="The head (户主).",
    SPOUSE="Spouse (配偶).",
    CHILD="Child (子女).",
    PARENT="Parent (父母).",
    GRANDCHILD="Grandchild (孙子女).",
    GRANDPARENT="Grandparent (祖父母).",
    SIBLING="Brother or sister (兄弟姐妹).",
    OTHER="Another relation, or none (其他).",
)

graphql_enum(
    PersonalField,
    "A personal value that can be revealed (个人信息项).",
    NAME="Full name (姓名).",
    DOCUMENT_NUMBER="Document number (证件号码).",
    PHONE="Mobile number (手机号).",
    ADDRESS="Full address of the dwelling where the person lives (详细地址).",
)
