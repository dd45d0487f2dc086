import assert from "node:assert/strict";
import { checkDemo } from "../workbench/check-demo";

describe("the demo, as a new user walks through it", function () {
  this.timeout(600_000);

  it("goes from the palette to a plan, its approval, the review and a green branch", async () => {
    const accepted = await checkDemo();
    assert.deepEqual(accepted, ["expiry", "visits", "contract", "routes", "docs"]);
  });
});
