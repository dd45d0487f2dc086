import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../workbench/root";

interface Manifest {
  readonly contributes: {
    readonly configuration: readonly { readonly properties: Readonly<Record<string, { readonly scope?: string }>> }[];
  };
}

/** Settings a workspace may have a say in: how many, and the form of a commit; never where to or what runs. */
const A_WORKSPACE_MAY_SET = ["braid.run.concurrency", "braid.run.attempts", "braid.review.merge"];

describe("settings that decide where the key goes, what runs and what is spent (T02)", () => {
  const manifest = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as Manifest;
  const settings = manifest.contributes.configuration.flatMap(({ properties }) => Object.entries(properties));

  for (const [key, { scope }] of settings)
    it(`${key} ${A_WORKSPACE_MAY_SET.includes(key) ? "is harmless" : "is the user's own"}`, () => {
      if (!A_WORKSPACE_MAY_SET.includes(key))
        assert.ok(scope === "application" || scope === "machine", `scope ${scope}`);
    });

  // VS Code once let nested objects through (vscode#335112), so what is declared is not what is relied on.
  it("each of these is read from the user's settings alone, whatever VS Code lets through", () => {
    const sources = ["settings.ts", "model/model-settings.ts"].map((file) =>
      readFileSync(join(ROOT, "src/host", file), "utf8"),
    );
    const text = sources.join("\n");
    for (const [key] of settings) {
      const name = key.replace(/^braid\./u, "");
      const plain = new RegExp(String.raw`settings\.get(?:<[^>]*>)?\(\s*"${name.replaceAll(".", "\\.")}"`, "u");
      if (!A_WORKSPACE_MAY_SET.includes(key)) assert.doesNotMatch(text, plain, key);
    }
  });
});
