import assert from "node:assert/strict";
import * as vscode from "vscode";
import type { Repository } from "../../src/git/repository";
import { askGoal } from "../../src/host/plan/ask-goal";

describe("the box that asks for a goal", () => {
  it("begins nothing where it was left while the goal was looked at", async () => {
    const document = await vscode.workspace.openTextDocument({ content: "Greet everybody" });
    const editor = await vscode.window.showTextDocument(document);
    editor.selection = new vscode.Selection(0, 0, 0, "Greet everybody".length);
    let looked = (): void => undefined;
    let looks: (() => void) | undefined;
    const begun = new Promise<void>((resolve) => (looks = resolve));
    const repository = () =>
      new Promise<Repository>((_, reject) => {
        looked = () => reject(new Error("no repository"));
        looks?.();
      });
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
