// The district that the scripts ask, and how they tell what they found: one line of JSON.

const tokens = JSON.parse(process.env.WANGGE_TOKENS);

export const url = process.env.WANGGE_URL;
export const socketUrl = url.replace(/^http/, "ws");

export function headers(role, others = {}) {
  return { authorization: `Bearer ${tokens[role]}`, "accept-language": "en", ...others };
}

export function tell(found) {
  console.log(JSON.stringify(found));
}

/** A fetch that notes the method, Accept and status of each request. */
export function noting(noted) {
  return async (input, init = {}) => {
    const answer = await fetch(input, init);
    noted.push({
      method: init.method ?? "GET",
      accept: new Headers(init.headers).get("accept"),
      status: answer.status,
      type: answer.headers.get("content-type"),
    });
    return answer;
  };
}

async function ask(query, variables) {
  const answer = await fetch(url, {
    method: "POST",
    headers: headers("district_admin", { "content-type": "application/json" }),
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = await answer.json();
  if (errors) throw new Error(JSON.stringify(errors));
  return data;
}

/** Make a grid, which is an event of the district. */
export async function change(name, clientMutationId) {
  const { grid } = await ask(`{ grid(code: "370703001001") { id } }`);
  const input = { parent: grid.id, name, level: "section", clientMutationId };
  const query = `mutation ($input: CreateGridInput!) { createGrid(input: $input) { userErrors { code } } }`;
  const { createGrid } = await ask(query, { input });
  if (createGrid.userErrors.length) throw new Error(JSON.stringify(createGrid.userErrors));
}
