import { deepEqual } from "node:assert/strict";
import { proxyFacts } from "../../../src/cli/proxy-facts";

describe("a proxy in the environment", () => {
  const check = (env: Readonly<Record<string, string>>, expected: object, url = "https://api.anthropic.com") =>
    deepEqual({ ...proxyFacts(env, url), honoured: undefined }, { honoured: undefined, bypassed: false, ...expected });

  it("is told without user and password", () => {
    check({ HTTPS_PROXY: "http://ada:secret@proxy.example:3128" }, { from: "HTTPS_PROXY", host: "proxy.example:3128" });
  });
  it("is of the scheme that is called", () => {
    const env = { http_proxy: "http://plain.example:80", HTTPS_PROXY: "http://tls.example:81" };
    check(env, { from: "HTTPS_PROXY", host: "tls.example:81" });
    check(env, { from: "http_proxy", host: "plain.example" }, "http://ai.example");
  });
  it("is not for hosts that are to do without", () => {
    const env = { https_proxy: "http://p:1" };
    for (const [list, bypassed] of [
      ["localhost, .anthropic.com", true],
      ["*", true],
      ["thropic.com", false],
      ["", false],
    ] as const)
      check({ ...env, NO_PROXY: list }, { from: "https_proxy", host: "p:1", bypassed });
  });
  it("may be anything", () => {
    check({ HTTPS_PROXY: "::::" }, { from: "HTTPS_PROXY", host: "an address that is no URL" });
  });
});
