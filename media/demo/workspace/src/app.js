/**
 * The whole application as one function: a request in, a response out.
 * A request is { method, path, body }, a response { status, headers, body }.
 */
export function createApp({ store, baseUrl }) {
  return function handle({ method, path, body }) {
    if (method === "GET" && path === "/health") return json(200, { links: store.size });
    if (method === "POST" && path === "/links") return createLink(body);
    if (method === "GET") return follow(path.slice(1));
    return json(405, { error: `${method} is not supported here` });
  };

  function createLink(body) {
    const url = parseAddress(body?.url);
    if (url === undefined) return json(400, { error: "url must be an http or https address" });
    const link = store.add(url);
    return json(201, { code: link.code, url: link.url, short: `${baseUrl}/${link.code}` });
  }

  function follow(code) {
    const link = store.find(code);
    if (link === undefined) return json(404, { error: `no link "${code}"` });
    return { status: 302, headers: { location: link.url }, body: "" };
  }
}

function parseAddress(text) {
  try {
    const url = new URL(text);
    return ["http:", "https:"].includes(url.protocol) ? url.href : undefined;
  } catch {
    return undefined;
  }
}

function json(status, value) {
  return { status, headers: { "content-type": "application/json" }, body: JSON.stringify(value) };
}
