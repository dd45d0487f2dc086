import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import * as z from "zod";
import { ROOT } from "../workbench/root";

const Permissions = z.record(z.string(), z.enum(["read", "write"]));

/** Of GitHub's workflows what ours use; a key that is not here is one nobody looked at. */
const Workflow = z.strictObject({
  name: z.string(),
  on: z.record(z.string(), z.unknown()),
  permissions: Permissions,
  concurrency: z.strictObject({ group: z.string(), "cancel-in-progress": z.boolean() }),
  jobs: z.record(
    z.string(),
    z.strictObject({
      name: z.string().optional(),
      needs: z.string().optional(),
      strategy: z.strictObject({ "fail-fast": z.boolean(), matrix: z.record(z.string(), z.unknown()) }).optional(),
      "runs-on": z.string(),
      container: z.strictObject({ image: z.string(), options: z.string() }).optional(),
      environment: z.string().optional(),
      permissions: Permissions.optional(),
      "continue-on-error": z.string().optional(),
      "timeout-minutes": z.number(),
      steps: z.array(
        z.union([
          z.strictObject({
            name: z.string().optional(),
            if: z.string().optional(),
            run: z.string(),
            env: z.record(z.string(), z.string()).optional(),
          }),
          z.strictObject({
            if: z.string().optional(),
            uses: z.string().regex(/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/u),
            with: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
          }),
        ]),
      ),
    }),
  ),
});

const FOLDER = join(ROOT, ".github/workflows");
const { scripts } = z
  .object({ scripts: z.record(z.string(), z.string()) })
  .parse(JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")));

describe("the workflows", () => {
  for (const file of readdirSync(FOLDER)) {
    const text = readFileSync(join(FOLDER, file), "utf8");
    const jobs = () => Object.entries(Workflow.parse(parse(text)).jobs);

    it(`${file} is one, with actions by their commits`, () => {
      assert.ok(jobs().length > 0);
      // The commit says nothing to a reader.
      for (const [line] of text.matchAll(/^.*uses: .*$/gmu)) assert.match(line, / # v\d+\.\d+\.\d+$/u);
    });

    it(`${file} may read, and whoever may more names a place for it`, () => {
      assert.deepEqual(Workflow.parse(parse(text)).permissions, { contents: "read" });
      for (const [name, job] of jobs()) {
        const asks = Object.values(job.permissions ?? {}).includes("write") || JSON.stringify(job).includes("secrets.");
        assert.ok(!asks || job.environment !== undefined, name);
      }
    });

    it(`${file} keeps no token in the clone, and puts no one's words into a shell`, () => {
      for (const step of jobs().flatMap(([, job]) => job.steps))
        if ("uses" in step)
          assert.ok(!step.uses.startsWith("actions/checkout@") || step.with?.["persist-credentials"] === false);
        else assert.doesNotMatch(step.run, /\$\{\{/u);
    });

    it(`${file} runs scripts there are`, () => {
      const named = [...text.matchAll(/npm run ([\w:-]+)/gu)].map(([, name]) => name ?? "");
      assert.deepEqual(
        named.filter((name) => scripts[name] === undefined),
        [],
      );
    });
  }
});
