import * as vscode from "vscode";
import { ROLES } from "../core/role";
import type { SubtaskView } from "../core/state/subtask-view";
import { MODEL_ALIASES } from "../model/models";
import { chooseSubtask } from "./choose-subtask";
import type { CommandContext, Commands } from "./command-context";
import { asText } from "./as-text";

/** Steering one worker: telling it something, stopping it alone, having another one do it. */
export function steerCommands(c: CommandContext): Commands {
  return {
    "braid.messageWorker": async (row) => message(c, await chooseSubtask(c, row, "atWork")),
    "braid.stopSubtask": async (row) => c.owner.require().stop((await chooseSubtask(c, row, "atWork")).id),
    "braid.retrySubtaskAs": async (row) => retryAs(c, await chooseSubtask(c, row, "ended")),
  };
}

async function message(c: CommandContext, { id }: SubtaskView): Promise<void> {
  const run = c.owner.require();
  const text = await vscode.window.showInputBox({
    title: vscode.l10n.t("Braid: Message {0}", id),
    prompt: vscode.l10n.t("The worker hears it with its next tool results."),
    validateInput: (value) => (value.trim() === "" ? vscode.l10n.t("The message is empty.") : undefined),
  });
  if (text !== undefined) await run.message(id, text);
}

/** Role, model and note, each of which may stay as it is; turning away at any of them does nothing. */
async function retryAs(c: CommandContext, { id, role, model }: SubtaskView): Promise<void> {
  const run = c.owner.require();
  const title = vscode.l10n.t("Braid: Retry {0} As", id);
  const same = vscode.l10n.t("As before");
  const roles = [...new Set([...ROLES.filter((name) => name !== "planner"), ...run.knownRoles])];
  const agent = await pick(roles, { title, placeHolder: vscode.l10n.t("Role"), same, now: role });
  if (agent === undefined) return;
  const other = vscode.l10n.t("Another model…");
  const named = await pick([...MODEL_ALIASES, other], {
    title,
    placeHolder: vscode.l10n.t("Model"),
    same,
    now: model ?? "",
  });
  if (named === undefined) return;
  const exact =
    named.value === other
      ? await vscode.window.showInputBox({ title, prompt: vscode.l10n.t("The exact id of a model.") })
      : named.value;
  if (named.value === other && (exact === undefined || exact.trim() === "")) return;
  const note = await vscode.window.showInputBox({
    title,
    prompt: vscode.l10n.t("A note for the next attempt, or nothing."),
  });
  if (note === undefined) return;
  await run.retry(id, note.trim() === "" ? undefined : note.trim(), "user", {
    ...(agent.value === undefined ? {} : { agent: agent.value }),
    ...(exact === undefined ? {} : { model: exact.trim() }),
  });
}

/** One of these, or, with `value` undefined, what it is `now`. Undefined where the user turned away. */
async function pick(
  names: readonly string[],
  {
    same,
    now,
    ...options
  }: { readonly title: string; readonly placeHolder: string; readonly same: string; readonly now: string },
): Promise<{ readonly value: string | undefined } | undefined> {
  const items: readonly (vscode.QuickPickItem & { readonly value: string | undefined })[] = [
    { label: same, description: asText(now), value: undefined },
    ...names.map((name) => ({ label: asText(name), value: name })),
  ];
  return vscode.window.showQuickPick(items, options);
}
