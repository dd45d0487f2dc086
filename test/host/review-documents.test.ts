import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as vscode from "vscode";
import { showOrigin } from "../../src/host/review/origin-commands";

describe("the documents a review compares", () => {
  let commit: string;
  const read = async (path: string, query: string) =>
    (await vscode.workspace.openTextDocument(vscode.Uri.from({ scheme: "braid-review", path, query }))).getText();

  before(async () => {
    await vscode.extensions.getExtension("braid.braid")?.activate();
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
    assert.ok(folder);
    commit = execFileSync("git", ["rev-parse", "HEAD"], { cwd: folder, encoding: "utf8" }).trim();
  });

  it("are empty where the commit has no such file", async () => {
    assert.equal(await read("/absent.ts", commit), "");
  });

  it("are a failure where the repository has no such commit", async () => {
    await assert.rejects(read("/absent.ts", "1".repeat(40)), /has no commit 1111/u);
  });
});

describe("the origin of a line", () => {
  it("is refused in so many words where the file is gone from the disk", async () => {
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
    assert.ok(folder);
    const file = join(folder, "gone.txt");
    writeFileSync(file, "gone\n");
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(file));
    rmSync(file);
    try {
      await assert.rejects(showOrigin(), /gone\.txt is not on the disk any more/u);
    } finally {
      await vscode.commands.executeCommand("workbench.action.revertAndCloseActiveEditor");
    }
  });
});
