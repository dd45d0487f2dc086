import { deepEqual, equal, match } from "node:assert/strict";
import { webSteps } from "../../../src/agent/web-use";
import { addWeb, parseDomains, toWebUse, webText } from "../../../src/core/web";
import type { Block } from "../../../src/model/model";

describe("domains as users write them", () => {
  for (const [values, domains] of [
    [[], []],
    [
      ["Example.com", " docs.rs "],
      ["example.com", "docs.rs"],
    ],
    [["example.com", "example.com"], ["example.com"]],
    [
      ["example.com/docs/v2", "xn--bcher-kva.example"],
      ["example.com/docs/v2", "xn--bcher-kva.example"],
    ],
    [["*"], ["*"]],
  ] as const)
    it(JSON.stringify(values), () => deepEqual(parseDomains(values), { ok: true, domains }));

  for (const [values, words] of [
    [["https://example.com"], /"https:\/\/example\.com" is no domain.*without https/u],
    [["*.example.com"], /subdomains are part of it/u],
    [[""], /"" is no domain/u],
    [["localhost"], /is no domain/u],
    [["10.0.0.1"], /is no domain/u],
    [["bücher.example"], /is no domain/u],
    [["example.com:8080"], /is no domain/u],
    [["me@example.com"], /is no domain/u],
    [["exa mple.com"], /is no domain/u],
    [[3], /3 is no domain/u],
    [["*", "example.com"], /stands alone/u],
    [Array.from({ length: 65 }, (_, n) => `d${n}.example`), /At most 64/u],
  ] as const)
    it(`${JSON.stringify(values).slice(0, 40)} is refused`, () => {
      const parsed = parseDomains(values);
      match(parsed.ok ? "taken" : parsed.problem, words);
    });
});

describe("what an agent did in the web", () => {
  const raw = (block: object): Block => ({ type: "opaque", raw: block });
  const content = [
    raw({ type: "thinking", thinking: "hm", signature: "s" }),
    raw({ type: "server_tool_use", id: "a", name: "web_search", input: { query: "expiring links" } }),
    raw({ type: "web_search_tool_result", tool_use_id: "a", content: [] }),
    raw({ type: "server_tool_use", id: "b", name: "web_fetch", input: { url: "https://docs.example.com/x?y" } }),
    raw({
      type: "web_fetch_tool_result",
      tool_use_id: "b",
      content: { type: "web_fetch_tool_result_error", error_code: "url_not_allowed" },
    }),
    raw({ type: "server_tool_use", id: "c", name: "web_fetch", input: { url: "not a url" } }),
    raw({ type: "server_tool_use", id: "d", name: "web_search", input: { query: 7 } }),
    raw({ type: "server_tool_use", id: "e", name: "code_execution", input: {} }),
    raw({ type: "server_tool_use", id: "f", name: "web_search", input: { query: "x".repeat(1000) } }),
  ];
  it("is read off the blocks, bounded", () => {
    const steps = webSteps(content);
    deepEqual(steps.slice(0, 4), [
      { type: "search", query: "expiring links" },
      { type: "fetch", url: "https://docs.example.com/x?y", domain: "docs.example.com", problem: "url_not_allowed" },
      { type: "fetch", url: "not a url", domain: "not a url" },
      { type: "search", query: "" },
    ]);
    equal(steps.length, 5);
    equal(JSON.stringify(steps[4]).length < 350, true);
    equal(webSteps(Array.from({ length: 500 }, () => content[1] ?? raw({}))).length, 100);
  });
  it("is told in a few words", () => {
    const use = toWebUse(webSteps(content.slice(0, 5)));
    equal(webText(use), 'web: "expiring links", docs.example.com');
    deepEqual(addWeb(use, use), use);
    const many = { searches: ["a", "b", "c", "d", "e"], domains: [] };
    equal(webText(many), 'web: "a", "b", "c", 2 more');
    equal(webText({ searches: [], domains: [] }), "");
  });
});
