// One grid: a row of a list, and a page of its own that reloads by its id.

import { graphql } from "relay-runtime";

export const row = graphql`
  fragment Community_row on Grid {
    code
    name
    level { key title }
    parent { id name }
  }
`;

export const page = graphql`
  fragment Community_page on Grid
  @argumentDefinitions(count: { type: "Int", defaultValue: 5 }, cursor: { type: "String" })
  @refetchable(queryName: "CommunityPageQuery") {
    ...Community_row
    children(first: $count, after: $cursor) @connection(key: "Community_children") {
      edges { node { id name } }
    }
  }
`;

export const query = graphql`
  query CommunityQuery($code: String!, $withPlaces: Boolean!) {
    grid(code: $code) {
      id
      ...Community_page
      ancestors @include(if: $withPlaces) { id name }
    }
  }
`;

export const create = graphql`
  mutation CommunityCreateMutation($input: CreateGridInput!) {
    createGrid(input: $input) {
      grid { id ...Community_row }
      userErrors { code message path }
    }
  }
`;
