import * as vscode from "vscode";
import { type ModelChoice, modelChoices, priceText } from "../../model/model-choice";
import type { RunOwner } from "../run-owner";
import { readPrices } from "../settings";
import { asText, failureText } from "../as-text";

/** What of a window asks the API for its models. */
export interface ModelLister {
  readonly ports: Pick<RunOwner["ports"], "listModels">;
}

/** Names of models a user may choose from, with what they mean now and cost; from Braid's own table where the API cannot be asked. */
export async function listModels(owner: ModelLister): Promise<{
  readonly choices: readonly ModelChoice[];
  /** Why the API's own list is not in it. */
  readonly problem: string | undefined;
}> {
  const listed = await owner.ports.listModels();
  return {
    choices: modelChoices(listed, readPrices()),
    problem: "code" in listed ? failureText(listed) : undefined,
  };
}

/** Lets the user choose a model; undefined when they turned away. The box is there at once, and says that it waits while the API is asked. */
export async function pickModel(owner: ModelLister, title: string): Promise<string | undefined> {
  const pick = vscode.window.createQuickPick<vscode.QuickPickItem & { readonly name: string }>();
  pick.title = title;
  pick.placeholder = vscode.l10n.t("Asking which models there are…");
  pick.busy = true;
  pick.matchOnDescription = true;
  const chosen = new Promise<string | undefined>((resolve) => {
    pick.onDidAccept(() => {
      const [item] = pick.selectedItems;
      if (item !== undefined) resolve(item.name);
    });
    pick.onDidHide(() => resolve(undefined));
  });
  pick.show();
  const fill = async (): Promise<string | undefined> => {
    const { choices, problem } = await listModels(owner);
    pick.items = choices.map(({ name, id, price }) => ({
      label: asText(name),
      description: name === id ? "" : asText(id),
      name,
      detail: priceText(price),
    }));
    pick.placeholder = problem ?? vscode.l10n.t("opus, sonnet and haiku stand for the newest of their line");
    pick.busy = false;
    return chosen;
  };
  try {
    // Who turns away need not wait for the list; without one there is nothing to choose from.
    return await Promise.race([chosen, fill()]);
  } finally {
    pick.dispose();
  }
}

/** Shows what names of models mean now and what they cost; the chosen name is copied, for a plan's `model`. */
export async function showModels(owner: RunOwner): Promise<void> {
  const name = await pickModel(owner, vscode.l10n.t("Braid: Models"));
  if (name === undefined) return;
  await vscode.env.clipboard.writeText(name);
  vscode.window.setStatusBarMessage(vscode.l10n.t("Copied: {0}", asText(name)), COPIED_SHOWN_MS);
}

const COPIED_SHOWN_MS = 3_000;
