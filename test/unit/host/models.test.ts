import { deepEqual, equal, match } from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import { BraidError, failure } from "../../../src/core/failure";
import { parseScenario } from "../../../src/demo/scenario";
import { startDemoServer } from "../../../src/demo/server";
import { Models } from "../../../src/host/model/models";
import { failedOf, never, REQUEST } from "../../support/model-request";
import { startRawServer } from "../../support/raw-http";

describe("names of models in a window", () => {
  it("mean what the endpoint lists as soon as it has; without an endpoint, what the table says", async () => {
    const server = await startDemoServer(parseScenario("models: [{ id: claude-opus-9, line: opus }]", "m.yml"));
    try {
      const models = new Models();
      const endpoint = { apiKey: "k", baseUrl: server.url };
      const resolve = models.resolver(async () => endpoint);
      equal(resolve("opus"), "claude-opus-5-5");
      await models.catalogue(endpoint).listed(never());
      await until(() => resolve("opus") === "claude-opus-9");
      equal(models.resolver(() => Promise.reject(new Error("no key")))("opus"), "claude-opus-5-5");
    } finally {
      await server.dispose();
    }
  });
});

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await setImmediate();
}

describe("a model that asks where it is reached", () => {
  it("sends each call with the key of that moment", async () => {
    const server = await startRawServer(({ response }) => response.writeHead(401).end("{}"));
    try {
      let apiKey = "sk-first";
      const model = new Models().at(async () => ({ apiKey, baseUrl: server.url }));
      await model.respond(REQUEST, { signal: never() });
      apiKey = "sk-second";
      const reply = failedOf(await model.respond(REQUEST, { signal: never() }));
      equal(reply.failure.code, "model.auth");
      deepEqual(
        server.exchanges.map(({ headers }) => headers.authorization),
        ["Bearer sk-first", "Bearer sk-second"],
      );
    } finally {
      await server.close();
    }
  });

  it("fails the call where there is no key, and says so", async () => {
    const model = new Models().at(async () => {
      throw new BraidError(failure("model.no-key", "There is no API key yet."));
    });
    const { failure: told, transient } = failedOf(await model.respond(REQUEST, { signal: never() }));
    equal(told.code, "model.no-key");
    match(told.message, /no API key/u);
    equal(transient, false);
  });
});
