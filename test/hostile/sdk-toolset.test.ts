import { betaEditTool, betaWriteTool } from "@anthropic-ai/sdk/tools/agent-toolset/node";
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openWorkspace } from "../../src/agent/jail";
import type { Tool } from "../../src/agent/tool";
import { editTool } from "../../src/agent/tools/edit";
import { writeTool } from "../../src/agent/tools/write";
import { tempFolder } from "../support/temp-repo";

/** Why the file tools are ours: each case fails with the SDK's own toolset and holds with Braid's. */
describe("what the SDK's file toolset gets wrong", () => {
  const folders: ReturnType<typeof tempFolder>[] = [];
  const newFolder = () => {
    const folder = tempFolder();
    folders.push(folder);
    mkdirSync(join(folder.dir, ".git", "hooks"), { recursive: true });
    return folder.dir;
  };
  after(() => folders.forEach((folder) => folder.dispose()));

  const bytes = Buffer.from([0x61, 0x3d, 0xff, 0xfe, 0x0a, 0x62, 0x3d, 0x31, 0x0a]);
  for (const [what, name, input, before, broken] of [
    ["writes hooks", "write", { file_path: ".git/hooks/pre-commit", content: "#!/bin/sh\n" }, undefined, "#!/bin/sh\n"],
    ["writes git's config", "write", { file_path: ".git/config", content: "[core]\n" }, undefined, "[core]\n"],
    [
      "destroys bytes that are not UTF-8",
      "edit",
      { file_path: "f", old_string: "b=1", new_string: "b=2" },
      bytes,
      "a=\uFFFD\uFFFD\nb=2\n",
    ],
    [
      "takes an overlapping match for one",
      "edit",
      { file_path: "f", old_string: "aa", new_string: "b" },
      Buffer.from("aaa"),
      "ba",
    ],
    ["empties a file on a call that was cut off", "write", { file_path: "f" }, Buffer.from("1000 bytes"), ""],
  ] as const)
    it(what, async () => {
      const [theirs, ours] = [newFolder(), newFolder()];
      const [theirFile, ourFile] = [join(theirs, input.file_path), join(ours, input.file_path)];
      if (before !== undefined) for (const file of [theirFile, ourFile]) writeFileSync(file, before);

      const sdkTool = (name === "write" ? betaWriteTool : betaEditTool)({ workdir: theirs });
      await sdkTool.run(input);
      assert.equal(readFileSync(theirFile, "utf8"), broken, "the SDK has mended this; is ours still needed?");

      const tool: Tool = name === "write" ? writeTool : editTool;
      const signal = new AbortController().signal;
      const shell = { run: () => Promise.reject(new Error("no shell")) };
      const workspace = await openWorkspace({ root: ours, writable: true });
      await tool.call(input, { workspace, shell, signal });
      if (before === undefined) assert.equal(existsSync(ourFile), false);
      else if (what.startsWith("destroys"))
        assert.deepEqual(readFileSync(ourFile), Buffer.from([...bytes.subarray(0, 7), 0x32, 0x0a]));
      else assert.deepEqual(readFileSync(ourFile), before);
    });
});
