import * as vscode from "vscode";
import { type ModelChoice, modelChoices, priceText } from "../../model/model-choice";
import type { RunOwner } from "../run-owner";
import { readPrices } from "../settings";
import { asText, failureText } from "../as-text";

/** Names of models a user may choose from, with what they mean now and cost; from Braid's own table where the API cannot be asked. */
export async function listModels(owner: RunOwner): Promise<{
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

/** Lets the user choose a model; undefined when they turned away. */
export async function pickModel(owner: RunOwner, title: string): Promise<string | undefined> {
  const found = listModels(owner);
  const items = found.then(({ choices }) =>
    choices.map(({ name, id, price }) => ({
      label: asText(name),
      description: name === id ? "" : asText(id),
      name,
      detail: priceText(price),
    })),
  );
  const choice = await vscode.window.showQuickPick(items, {
    title,
    placeHolder: (await found).problem ?? vscode.l10n.t("opus, sonnet and haiku stand for the newest of their line"),
    matchOnDescription: true,
  });
  return choice?.name;
}

/** Shows what names of models mean now and what they cost; the chosen name is copied, for a plan's `model`. */
export async function showModels(owner: RunOwner): Promise<void> {
  const name = await pickModel(owner, vscode.l10n.t("Braid: Models"));
  if (name === undefined) return;
  await vscode.env.clipboard.writeText(name);
  vscode.window.setStatusBarMessage(vscode.l10n.t("Copied: {0}", asText(name)), COPIED_SHOWN_MS);
}

const COPIED_SHOWN_MS = 3_000;
