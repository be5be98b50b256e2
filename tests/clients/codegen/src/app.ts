// A frontend in TypeScript: what it asks and what it gets are checked against the district's schema.

import type { ResultOf, VariablesOf } from "@graphql-typed-document-node/core";
import { CommunitiesDocument, CreateGridDocument } from "./documents";
import { graphql } from "./gql";

const PEOPLE = graphql(`
  query People($first: Int!) {
    people(first: $first) {
      totalCount
      edges { node { id name birthDate grid { name } } }
    }
  }
`);

const where = { level: { eq: "community" } };
export const variables: VariablesOf<typeof CommunitiesDocument> = { first: 10, where };
export const input: VariablesOf<typeof CreateGridDocument>["input"] = {
  parent: "Grid_1",
  name: "片",
  level: "section",
};

export function titles(found: ResultOf<typeof CommunitiesDocument>): string[] {
  return found.grids.edges.flatMap(({ node }) => (node ? [`${node.code} ${node.name} ${node.level.title}`] : []));
}

export function born(found: ResultOf<typeof PEOPLE>): (string | null | undefined)[] {
  return found.people.edges.map(({ node }) => node?.birthDate);
}

// @ts-expect-error  a grid has no such field
export const unknown = (found: ResultOf<typeof CommunitiesDocument>) => found.grids.edges[0].node?.phone;

// @ts-expect-error  the input needs a name
export const unnamed: VariablesOf<typeof CreateGridDocument>["input"] = { parent: "Grid_1", level: "section" };
