import assert from "node:assert/strict";
import * as vscode from "vscode";
import { openRepository, type Repository } from "../../src/git/repository";
import { askGoal } from "../../src/host/plan/ask-goal";

describe("the box that asks for a goal", () => {
  it("begins nothing where it was left while the goal was looked at", async () => {
    const document = await vscode.workspace.openTextDocument({ content: "Greet everybody" });
    const editor = await vscode.window.showTextDocument(document);
    editor.selection = new vscode.Selection(0, 0, 0, "Greet everybody".length);
    let looked = (): void => undefined;
    let looks: (() => void) | undefined;
    const begun = new Promise<void>((resolve) => (looks = resolve));
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
    assert.ok(folder);
    const repo = await openRepository(folder);
    let asks = 0;
    const repository = async (): Promise<Repository> => {
      asks += 1;
      // Before the box is there it is asked whether a run could begin at all.
      if (asks === 1) return repo;
      looks?.();
      return new Promise((_, reject) => (looked = () => reject(new Error("no repository"))));
    };
    const asked = askGoal(repository);
    const pressed = setInterval(
      () => void vscode.commands.executeCommand("workbench.action.acceptSelectedQuickOpenItem"),
      200,
    );
    await begun;
    clearInterval(pressed);
    await vscode.commands.executeCommand("workbench.action.closeQuickOpen");
    await new Promise((resolve) => setTimeout(resolve, 500));
    looked();
    assert.equal(await asked, undefined);
    await vscode.commands.executeCommand("workbench.action.revertAndCloseActiveEditor");
  });
});
