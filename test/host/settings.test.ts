import assert from "node:assert/strict";
import * as vscode from "vscode";
import { readSettings } from "../../src/host/settings";

describe("settings that are not what they should be", () => {
  const KEYS = ["run.concurrency", "run.attempts", "model.baseUrl", "worktree.directory"];
  let before: readonly unknown[] = [];
  const set = async (valueOf: (i: number) => unknown): Promise<void> => {
    const settings = vscode.workspace.getConfiguration("braid");
    for (const [i, key] of KEYS.entries()) await settings.update(key, valueOf(i), vscode.ConfigurationTarget.Global);
  };

  beforeEach(() => {
    const settings = vscode.workspace.getConfiguration("braid");
    before = KEYS.map((key) => settings.inspect(key)?.globalValue);
  });
  afterEach(() => set((i) => before[i]));

  for (const value of ["four", 12, null, true, [], {}])
    it(`are as if they were not set: ${JSON.stringify(value)}`, async () => {
      await set(() => value);
      const { concurrency, attempts, baseUrl, worktreeDirectory } = readSettings();
      const numbers = typeof value === "number" ? [12, 10] : [4, 2];
      const text = typeof value === "string" ? value : undefined;
      assert.deepEqual(
        { numbers: [concurrency, attempts], baseUrl, worktreeDirectory },
        { numbers, baseUrl: text, worktreeDirectory: text },
      );
    });
});
