"""Pure decisions of the programme, by subject: no database, no GraphQL, no clock."""
