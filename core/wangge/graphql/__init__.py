"""What plugin authors write GraphQL with: table-backed types, connections, mutations, added fields."""
