import { createServer } from "node:http";

const MAX_BODY_BYTES = 16 * 1024;

/** Puts an application behind HTTP. */
export function serve(handle) {
  return createServer(async (request, response) => {
    const text = await readText(request);
    const { pathname } = new URL(request.url, "http://localhost");
    const result =
      text === undefined
        ? { status: 413, headers: {}, body: "" }
        : handle({ method: request.method, path: pathname, body: parseJson(text) });
    response.writeHead(result.status, result.headers).end(result.body);
  });
}

async function readText(request) {
  let text = "";
  for await (const chunk of request.setEncoding("utf8")) {
    text += chunk;
    if (text.length > MAX_BODY_BYTES) return undefined;
  }
  return text;
}

function parseJson(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
