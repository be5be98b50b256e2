// A list that grows page by page.

import { graphql } from "relay-runtime";

export const query = graphql`
  query CommunitiesQuery($count: Int!) {
    district { name }
    ...Communities_list @arguments(count: $count)
  }
`;

export const list = graphql`
  fragment Communities_list on Query
  @argumentDefinitions(count: { type: "Int", defaultValue: 10 }, cursor: { type: "String" })
  @refetchable(queryName: "CommunitiesPageQuery") {
    grids(first: $count, after: $cursor, where: { level: { eq: "community" } }, orderBy: [CODE_ASC])
      @connection(key: "Communities_grids") {
      totalCount
      edges { node { id ...Community_row } }
    }
  }
`;
