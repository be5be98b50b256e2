"""Pure decisions about rights over one's data: whose they are, and what makes up a copy of them."""

from collections.abc import Mapping
from enum import Enum
from typing import Any, Final

from wangge_schema.rights.errors import ReasonUnstated


class RowFate(Enum):
    """What an erasure does to rows."""

    DELETED = "deleted"
    EMPTIED = "emptied"
    KEPT = "kept"


FORMAT: Final = "wangge-person-export/1"
"""Name and version of the machine-readable copy."""

SHORTEST_REASON, LONGEST_REASON = 2, 200
MOST_ROWS: Final = 5000
"""Rows of one table, and entries of the audit, in one copy; more are counted as left out."""

MOST_BYTES: Final = 4 * 1024 * 1024
"""Bytes of files of one table that a copy holds; those beyond are named in it and fetched one by one."""

STUB_NAME: Final = "*"
"""What stands for the name of somebody who was erased."""


def check_reason(text: str, *, field: str = "reason") -> str:
    """Return a stated reason, trimmed; refuse one that tells an auditor nothing."""
    reason = " ".join(text.split())
    if not SHORTEST_REASON <= len(reason) <= LONGEST_REASON:
        raise ReasonUnstated(path=(field,), shortest=SHORTEST_REASON, longest=LONGEST_REASON)
    return reason


def is_told(column: str, columns: Mapping[str, Any]) -> bool:
    """Say whether a column belongs in a copy.

    Keyed hashes mean nothing to anybody; masked forms repeat what is told in full; the numbers of grids say
    what `grid_id` says.
    """
    if column.endswith("_digest") or column.startswith("anc_"):
        return False
    return not (column.endswith("_masked") and f"{column.removesuffix('_masked')}_cipher" in columns)


def told_as(column: str) -> str:
    """Return under which name a column stands in a copy: sealed values under that of the plain one."""
    return column.removesuffix("_cipher")


TITLES: Final[Mapping[str, str]] = {
    "id": "编号",
    "name": "姓名",
    "sex": "性别",
    "birth_date": "出生日期",
    "document_type": "证件类型",
    "document_number": "证件号码",
    "phone": "手机号",
    "household_id": "户编号",
    "household": "户号",
    "relation": "与户主关系",
    "dwelling_id": "房屋编号",
    "dwelling": "住址",
    "grid_id": "网格编号",
    "grid": "所在网格",
    "organization_id": "组织编号",
    "organization": "组织",
    "purpose_id": "处理目的编号",
    "purpose": "处理目的",
    "person_id": "本人编号",
    "ward_id": "被监护人编号",
    "guardian_id": "监护人编号",
    "died_on": "死亡日期",
    "restricted_at": "限制处理时间",
    "lifted_at": "解除时间",
    "kind": "类型",
    "state": "状态",
    "title": "名称",
    "reason": "原因",
    "since": "开始日期",
    "until": "结束日期",
    "given_at": "同意时间",
    "given_by": "同意人",
    "withdrawn_at": "撤回时间",
    "notice_version": "告知书版本",
    "duty_name": "公示姓名",
    "duty_phone": "公示电话",
    "role_key": "岗位",
    "created_at": "登记时间",
    "updated_at": "更新时间",
}
"""Chinese names of columns for the page that people read; others stand as they are called."""
