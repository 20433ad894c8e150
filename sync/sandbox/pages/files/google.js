// Calls: the real Sheets API with the officer's token, and the sandbox's own control routes.

let token = "";

export class Refusal extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

async function answer(response) {
  const text = await response.text();
  let body = {};
  try {
    body = text ? JSON.parse(text) : {};
  } catch {
    body = {};
  }
  if (!response.ok) throw new Refusal(response.status, body.error?.message ?? response.statusText);
  return body;
}

export async function sandbox(path, method = "GET", body = undefined) {
  const options = { method, cache: "no-store" };
  if (body !== undefined) {
    options.headers = { "content-type": "application/json" };
    options.body = JSON.stringify(body);
  }
  return answer(await fetch(`/_sandbox/${path}`, options));
}

export async function google(path, method = "GET", body = undefined) {
  for (let attempt = 0; ; attempt += 1) {
    if (!token) token = (await sandbox("token?account=officer")).access_token;
    const headers = { authorization: `Bearer ${token}` };
    if (body !== undefined) headers["content-type"] = "application/json";
    try {
      return await answer(
        await fetch(path, { method, headers, cache: "no-store", body: body === undefined ? body : JSON.stringify(body) }),
      );
    } catch (error) {
      if (!(error instanceof Refusal) || error.status !== 401 || attempt) throw error;
      token = "";
    }
  }
}
