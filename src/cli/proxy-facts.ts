import type { ProxyFacts } from "../core/doctor/judge-model";
import type { Terminal } from "./terminal";

/** What the environment says about a proxy for requests to `url`, and whether this Node goes through it. */
export function proxyFacts(env: Terminal["env"], url: string): ProxyFacts {
  const host = URL.canParse(url) ? new URL(url).hostname : "";
  const names = url.startsWith("http:") ? ["http_proxy", "HTTP_PROXY"] : ["https_proxy", "HTTPS_PROXY"];
  const from = names.find((name) => (env[name] ?? "") !== "") ?? null;
  const value = from === null ? "" : (env[from] ?? "");
  return {
    from,
    // Without what may stand before the host: user and password.
    host: URL.canParse(value) ? new URL(value).host : "an address that is no URL",
    honoured: env["NODE_USE_ENV_PROXY"] === "1" && canUseProxy(process.versions.node),
    bypassed: isBypassed(env["no_proxy"] ?? env["NO_PROXY"] ?? "", host),
  };
}

/** Whether a Node takes a proxy from its environment when told to. */
function canUseProxy(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > 24 || (major === 24 && minor >= 5) || (major === 22 && minor >= 21);
}

function isBypassed(list: string, host: string): boolean {
  return list
    .split(/[\s,]+/u)
    .map((entry) => entry.replace(/^\*?\./u, "").toLowerCase())
    .some((entry) => entry !== "" && (entry === "*" || host === entry || host.endsWith(`.${entry}`)));
}
