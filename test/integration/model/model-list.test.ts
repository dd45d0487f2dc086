import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { parseScenario } from "../../../src/demo/scenario";
import { startDemoServer } from "../../../src/demo/server";
import { askModels } from "../../../src/model/model-list";
import { CANARY_KEY, never } from "../../support/model-request";
import { type RawExchange, startRawServer } from "../../support/raw-http";

describe("the API's list of models", () => {
  it("is read newest first, through the real SDK", async () => {
    const server = await startDemoServer(
      parseScenario(
        `models:
  - { id: old, line: opus, created_at: "2025-01-01T00:00:00Z" }
  - { id: new, line: opus, created_at: "2026-11-01T00:00:00Z" }
  - { id: gone, line: opus, created_at: "2026-12-01T00:00:00Z", lifecycle: deprecated }
  - { id: timeless, created_at: never }
`,
        "models.yml",
      ),
    );
    try {
      const listed = await askModels({ apiKey: CANARY_KEY, baseUrl: server.url })(never());
      ok(!("code" in listed));
      deepEqual(
        listed.map(({ id, line, active }) => [id, line, active]),
        [
          ["gone", "opus", false],
          ["new", "opus", true],
          ["old", "opus", true],
          ["timeless", null, true],
        ],
      );
    } finally {
      await server.dispose();
    }
  });

  const refusals: readonly (readonly [string, (exchange: RawExchange) => void, string, RegExp])[] = [
    ["404", ({ response }) => void response.writeHead(404).end("{}"), "model.request", /./u],
    [
      "401",
      ({ response }) => void response.writeHead(401).end(JSON.stringify({ error: { message: CANARY_KEY } })),
      "model.auth",
      /./u,
    ],
    [
      "HTML",
      ({ response }) => void response.writeHead(200, { "content-type": "text/html" }).end("<p>"),
      "model.server",
      /lists no models/u,
    ],
    [
      "models without ids",
      ({ response }) =>
        void response.writeHead(200, { "content-type": "application/json" }).end('{"data":[{"id":7},3]}'),
      "model.server",
      /lists no models/u,
    ],
    ["a line that breaks", ({ socket }) => void socket.destroy(), "model.network", /./u],
  ];
  for (const [name, answer, code, words] of refusals)
    it(`${name} is a failure, never thrown, and the key is in none of it`, async () => {
      const server = await startRawServer(answer);
      try {
        const listed = await askModels({ apiKey: CANARY_KEY, baseUrl: server.url })(never());
        ok("code" in listed, JSON.stringify(listed));
        equal(listed.code, code, listed.message);
        match(listed.message, words);
        ok(!JSON.stringify(listed).includes(CANARY_KEY));
        equal(server.exchanges.length, 1);
      } finally {
        await server.close();
      }
    });

  it("rejects when the signal aborts", async () => {
    const server = await startRawServer(() => undefined);
    try {
      await rejects(askModels({ apiKey: "k", baseUrl: server.url })(AbortSignal.timeout(50)), /time/iu);
    } finally {
      await server.close();
    }
  });
});
