import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as vscode from "vscode";
import { openRepository } from "../../src/git/repository";
import { unsavedFiles } from "../../src/host/review/unsaved-files";
import type { RunPorts } from "../../src/run/ports";
import { refuseUnsaved } from "../../src/run/unsaved";
import { tempRepo, type TempRepo } from "../support/temp-repo";

describe("unsaved editors", () => {
  let repo: TempRepo;
  let [before, after] = ["", ""];
  beforeEach(() => {
    repo = tempRepo({ "a.txt": "one\n", "other.txt": "other\n" });
    before = repo.git("rev-parse", "HEAD");
    repo.git("switch", "-qc", "result");
    repo.write("a.txt", "ONE\n");
    repo.write("new.txt", "new\n");
    after = repo.commit("result");
    repo.git("switch", "-q", "main");
  });
  afterEach(async () => {
    await vscode.commands.executeCommand("workbench.action.revertAndCloseActiveEditor");
    repo.dispose();
  });

  const inRepo = () => unsavedFiles().filter((path) => path.startsWith(repo.dir));
  const type = async (path: string) => {
    if (path === "new.txt") writeFileSync(join(repo.dir, path), "");
    const document = await vscode.workspace.openTextDocument(join(repo.dir, path));
    const editor = await vscode.window.showTextDocument(document);
    assert.ok(await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), "typed ")));
    return document;
  };
  const refusal = async () => {
    const ports = { repo: await openRepository(repo.dir), unsavedFiles } as unknown as RunPorts;
    return refuseUnsaved(ports, "refs/heads/main", before, after).then(
      () => undefined,
      (error: unknown) => String(error),
    );
  };

  it("are none where nothing was typed", async () => {
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(join(repo.dir, "a.txt")));
    assert.deepEqual(inRepo(), []);
    assert.equal(await refusal(), undefined);
  });

  for (const path of ["a.txt", "new.txt"])
    it(`keep a merge from ${path}, until they are saved`, async () => {
      const document = await type(path);
      assert.deepEqual(inRepo(), [join(repo.dir, path)]);
      assert.match(String(await refusal()), new RegExp(`${path} has unsaved changes in an editor`, "u"));
      assert.ok(await document.save());
      assert.equal(await refusal(), undefined);
      if (path === "new.txt") rmSync(join(repo.dir, path));
    });

  it("do not keep it from other files", async () => {
    await type("other.txt");
    assert.equal(await refusal(), undefined);
  });
});
