// Whatever has an id, and whoever is behind a person.

import { graphql } from "relay-runtime";

export const query = graphql`
  query AnythingQuery($ids: [ID!]!) {
    nodes(ids: $ids) {
      __typename
      id
      ...Community_row @alias(as: "community")
      ...Anything_person @alias(as: "person")
    }
  }
`;

export const person = graphql`
  fragment Anything_person on Person {
    name
    birthDate
    grid { id name }
    household { id number }
    residences { since kind dwelling { id } }
  }
`;
