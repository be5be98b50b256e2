"""The conformance suite; a plugin's test imports it whole: `from wangge.testing.conformance import *`."""

from wangge.testing.suite.life import (
    test_enabling_again_after_a_suspension_finds_the_data_as_it_was,
    test_its_migrations_go_up_down_and_up_and_match_its_models,
)
from wangge.testing.suite.loading import (
    test_every_message_is_there_in_chinese,
    test_it_composes_with_the_base_alone,
    test_it_is_not_set_aside,
    test_its_examples_can_be_run,
)
from wangge.testing.suite.personal import test_its_personal_columns_exist
from wangge.testing.suite.reads import (
    test_its_lists_cost_no_more_statements_for_more_rows,
    test_its_reads_are_sql_where_they_are_meant_to_be,
)
from wangge.testing.suite.subject import plugin

__all__ = [
    "plugin",
    "test_enabling_again_after_a_suspension_finds_the_data_as_it_was",
    "test_every_message_is_there_in_chinese",
    "test_it_composes_with_the_base_alone",
    "test_it_is_not_set_aside",
    "test_its_examples_can_be_run",
    "test_its_lists_cost_no_more_statements_for_more_rows",
    "test_its_migrations_go_up_down_and_up_and_match_its_models",
    "test_its_personal_columns_exist",
    "test_its_reads_are_sql_where_they_are_meant_to_be",
]
