import assert from "node:assert/strict";
import { useReviewRun } from "../support/review-run";

// Put together here, so that nobody's scanner takes this file for a leak.
const KEY = ["AK", "IAIOSFODNN7ABCDEFG"].join("");

describe("what a result would bring in unseen (T07, W05)", function () {
  this.timeout(60_000);
  const t = useReviewRun({
    files: { "a.txt": "a\n" },
    plan: { subtasks: [{ id: "one" }] },
    writes: {
      one: {
        "src/aws.ts": `export const key = "${KEY}";\n`,
        ".env.production": "A=1\n",
        "src/role.ts": 'if (role != "user\u202e \u2066// admin\u2069 \u2066") {}\n',
        "src/look.ts": "export const \u0430dmin = true;\n",
        "src/fine.ts": "export const fine = 1;\n",
      },
    },
  });

  it("T07 a secret is said before the accept, by file and kind, and not repeated", async () => {
    const { risks } = await t.review("one");
    const secrets = risks.filter(({ kind }) => kind === "secret");
    assert.deepEqual(secrets.flatMap(({ paths }) => paths).toSorted(), [".env.production", "src/aws.ts"]);
    assert.equal(JSON.stringify(risks).includes(KEY), false);
  });

  it("W05 so is what cannot be seen, or looks like something else", async () => {
    const { risks } = await t.review("one");
    const hidden = risks.find(({ kind }) => kind === "hidden");
    assert.deepEqual(hidden?.paths.toSorted(), ["src/look.ts", "src/role.ts"]);
  });
});
