import { deepEqual, equal, match } from "node:assert/strict";
import { BraidError, failure } from "../../../src/core/failure";
import { Models } from "../../../src/host/models";
import { failedOf, never, REQUEST } from "../../support/model-request";
import { startRawServer } from "../../support/raw-http";

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
