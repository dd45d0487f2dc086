import assert from "node:assert/strict";
import * as vscode from "vscode";
import { failure } from "../../src/core/failure";
import { pickModel } from "../../src/host/model/list-models";

describe("the pick of models", function () {
  this.timeout(60_000);

  const pressing = async <T>(command: string, done: Promise<T>): Promise<T> => {
    const pressed = setInterval(() => void vscode.commands.executeCommand(command), 200);
    return done.finally(() => clearInterval(pressed));
  };

  it("is there before the list has come, and can be left without it", async () => {
    const never = { ports: { listModels: () => new Promise<never>(() => undefined) } };
    const picked = pickModel(never, "Braid: Models");
    assert.equal(await pressing("workbench.action.closeQuickOpen", picked), undefined);
  });

  it("takes nothing until the list has come, and then what is chosen", async () => {
    let come: (() => void) | undefined;
    const asked = { ports: { listModels: () => new Promise<never[]>((resolve) => (come = () => resolve([]))) } };
    const picked = pickModel(asked, "Braid: Models");
    await vscode.commands.executeCommand("workbench.action.acceptSelectedQuickOpenItem");
    come?.();
    assert.equal(await pressing("workbench.action.acceptSelectedQuickOpenItem", picked), "opus");
  });

  it("offers Braid's own names where the list cannot be had", async () => {
    const refused = { ports: { listModels: async () => failure("model.no-key", "There is no API key yet.") } };
    const picked = pickModel(refused, "Braid: Models");
    assert.equal(await pressing("workbench.action.acceptSelectedQuickOpenItem", picked), "opus");
  });
});
