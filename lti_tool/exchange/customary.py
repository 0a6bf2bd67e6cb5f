"""What standards customarily say: names of levels, and how a prohibition begins.

Not here: how a document is laid out (``standard_documents``).
"""

from collections.abc import Mapping

KEYS: Mapping[str, str] = {
    "入门级": "entry",
    "初级": "elementary",
    "中级": "intermediate",
    "高级": "advanced",
    "专家级": "expert",
    "一级": "grade_1",
    "二级": "grade_2",
    "三级": "grade_3",
    "四级": "grade_4",
    "五级": "grade_5",
    "初级工": "junior_worker",
    "中级工": "skilled_worker",
    "高级工": "senior_worker",
    "技师": "technician",
    "高级技师": "senior_technician",
}
"""Keys of usual level names; a level of another name is called by its place."""
UNGRADED = "未分级"
"""The name of the only level where none is named."""
FORBIDDING = ("不得", "严禁", "嚴禁", "禁止", "不允许", "不准")
