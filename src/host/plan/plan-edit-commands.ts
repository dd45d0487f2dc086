import * as vscode from "vscode";
import { BraidError, failure } from "../../core/failure";
import { newSubtaskId } from "../../core/plan/new-subtask-id";
import { dependenciesAfterDrop, type DropTarget } from "../../core/plan/plan-drop";
import type { PlanEdit } from "../../core/plan/plan-edit";
import { subtaskOffsets } from "../../core/plan/plan-outline";
import { ROLES } from "../../core/role";
import { subtasksOf } from "../../core/state/view";
import { MODEL_ALIASES } from "../../model/models";
import type { Run } from "../../run/run";
import { choosePlanned, type EditedRow, type Planned } from "./choose-planned";
import type { CommandContext, Commands } from "../command-context";
import { asText } from "../as-text";

/** Edits of a plan that waits for approval. Each asks what it must know, and changes document and run or nothing. */
export function planEditCommands(c: CommandContext): Commands {
  const one =
    (edit: (planned: Planned) => Promise<readonly PlanEdit[]>) =>
    async (row?: EditedRow): Promise<void> => {
      const planned = await choosePlanned(c, row);
      const edits = await edit(planned);
      if (edits.length > 0) await c.documents.edit(planned.run, edits);
    };
  return {
    "braid.changeRole": one(changeRole),
    "braid.changeModel": one(changeModel),
    "braid.changeDependencies": one(changeDependencies),
    "braid.renameSubtask": one((planned) => rename(c, planned)),
    "braid.editDescription": one((planned) => describe(c, planned)),
    "braid.moveSubtaskUp": one(async (planned) => moved(planned, -1)),
    "braid.moveSubtaskDown": one(async (planned) => moved(planned, 1)),
    "braid.removeSubtask": one(async ({ subtask }) => [{ kind: "remove", subtask: subtask.id }]),
    "braid.addSubtask": () => add(c),
    "braid.showPlanned": (row) => show(c, row),
    "braid.undoPlanEdit": () => c.documents.undo(c.owner.require()),
  };
}

/** Changes what a subtask waits for after it was dropped somewhere. Throws `plan.invalid`, and then nothing has changed. */
export async function dropSubtask(c: CommandContext, subtask: string, onto: DropTarget): Promise<void> {
  const run = c.owner.require();
  const { plan } = run.state();
  if (plan === undefined) return;
  const on = dependenciesAfterDrop(plan, subtask, onto);
  await c.documents.edit(run, [{ kind: "depend", subtask, on }]);
}

async function changeRole({ run, subtask }: Planned): Promise<readonly PlanEdit[]> {
  const own = run.knownRoles.map((role) => ({ role, description: vscode.l10n.t("your own") }));
  // The planner plans; it carries nothing out.
  const builtIn = ROLES.filter((role) => role !== "planner").map((role) => ({ role, description: "" }));
  const choice = await vscode.window.showQuickPick(
    [...builtIn, ...own].map(({ role, description }) => ({
      label: asText(role),
      description: role === subtask.agent ? vscode.l10n.t("now") : description,
      role,
    })),
    { title: vscode.l10n.t("Braid: Role of {0}", subtask.id) },
  );
  return choice === undefined ? [] : [{ kind: "set", subtask: subtask.id, field: "agent", value: choice.role }];
}

async function changeModel({ subtask }: Planned): Promise<readonly PlanEdit[]> {
  const own = vscode.l10n.t("The role's own");
  const other = vscode.l10n.t("Another model…");
  const now = (model: string | undefined) => (model === subtask.model ? vscode.l10n.t("now") : "");
  const choice = await vscode.window.showQuickPick(
    [
      { label: own, description: now(undefined) },
      ...MODEL_ALIASES.map((label) => ({ label, description: now(label) })),
      { label: other, description: "" },
    ],
    { title: vscode.l10n.t("Braid: Model of {0}", subtask.id) },
  );
  if (choice === undefined) return [];
  const value = choice.label === other ? await askModel(subtask.model) : choice.label;
  if (value === undefined) return [];
  return [{ kind: "set", subtask: subtask.id, field: "model", value: value === own ? undefined : value }];
}

async function askModel(model: string | undefined): Promise<string | undefined> {
  const answer = await vscode.window.showInputBox({
    title: vscode.l10n.t("Braid: Model"),
    prompt: vscode.l10n.t("The exact id of a model."),
    value: model ?? "",
    validateInput: (text) => (text.trim() === "" ? vscode.l10n.t("Write an id, or press Escape.") : undefined),
  });
  return answer?.trim();
}

async function changeDependencies({ run, subtask }: Planned): Promise<readonly PlanEdit[]> {
  const others = (run.state().plan?.subtasks ?? []).filter((s) => s.id !== subtask.id);
  const choice = await vscode.window.showQuickPick(
    others.map((s) => ({
      label: asText(s.id),
      description: asText(s.description ?? ""),
      id: s.id,
      picked: subtask.dependencies.includes(s.id),
    })),
    { title: vscode.l10n.t("Braid: What does {0} wait for?", subtask.id), canPickMany: true },
  );
  return choice === undefined ? [] : [{ kind: "depend", subtask: subtask.id, on: choice.map((item) => item.id) }];
}

async function rename(c: CommandContext, { run, subtask }: Planned): Promise<readonly PlanEdit[]> {
  const edit = (to: string): PlanEdit => ({ kind: "rename", subtask: subtask.id, to: to.trim() });
  const to = await vscode.window.showInputBox({
    title: vscode.l10n.t("Braid: Rename {0}", subtask.id),
    value: subtask.id,
    validateInput: (text) => c.documents.refusalOf(run, edit(text)),
  });
  if (to === undefined || to.trim() === subtask.id) return [];
  c.tree.renamed(subtask.id, to.trim());
  return [edit(to)];
}

async function describe(c: CommandContext, { run, subtask }: Planned): Promise<readonly PlanEdit[]> {
  if (subtask.description?.includes("\n") === true) {
    // An input box has one line.
    await revealSubtask(c, run, subtask.id);
    return [];
  }
  const text = await vscode.window.showInputBox({
    title: vscode.l10n.t("Braid: What is {0} to do?", subtask.id),
    prompt: vscode.l10n.t("Reaches the worker as it is. Empty: the name says it."),
    value: subtask.description ?? "",
  });
  if (text === undefined) return [];
  const value = text.trim() === "" ? undefined : text;
  return [{ kind: "set", subtask: subtask.id, field: "description", value }];
}

/** Shows a subtask where the plan is on screen: in its document, if one is open, else in the review panel. */
async function show(c: CommandContext, row: EditedRow): Promise<void> {
  const { run, subtask } = await choosePlanned(c, row);
  if (c.documents.documentOf(run) === undefined)
    // Called from the palette there is no row, and the view may have another one selected.
    await vscode.commands.executeCommand("braid.openReview", {
      kind: "subtask",
      id: subtask.id,
      wave: 0,
    } satisfies EditedRow);
  // The focus stays with the rows, where the keys for editing are.
  else await revealSubtask(c, run, subtask.id, { preserveFocus: true });
}

/** Opens the plan's document where a subtask is written. */
async function revealSubtask(
  c: CommandContext,
  run: Run,
  id: string,
  options: { readonly preserveFocus?: boolean } = {},
): Promise<void> {
  const editor = await c.documents.open(run, options);
  const place = editor.document.positionAt(subtaskOffsets(editor.document.getText()).get(id) ?? 0);
  editor.selection = new vscode.Selection(place, place);
  editor.revealRange(new vscode.Range(place, place), vscode.TextEditorRevealType.InCenterIfOutsideViewport);
}

/** One place up or down among those it is shown with, which are those of its wave. */
function moved({ run, subtask }: Planned, by: -1 | 1): readonly PlanEdit[] {
  const wave = run.view.waves.find((w) => w.subtasks.some((s) => s.id === subtask.id))?.subtasks ?? [];
  const at = wave.findIndex((s) => s.id === subtask.id);
  const neighbour = wave[at + by]?.id;
  if (neighbour === undefined) return [];
  return by === -1
    ? [{ kind: "move", subtask: subtask.id, before: neighbour }]
    : [{ kind: "move", subtask: neighbour, before: subtask.id }];
}

async function add(c: CommandContext): Promise<void> {
  const run = c.owner.require();
  if (run.view.phase !== "proposed")
    throw new BraidError(
      failure("run.state", "No plan waits for approval.", { hint: "Start with `Braid: Plan Goal…`." }),
    );
  const description = await vscode.window.showInputBox({
    title: vscode.l10n.t("Braid: Add Subtask (1/2)"),
    prompt: vscode.l10n.t("What is to be done? Reaches the worker as it is."),
  });
  if (description === undefined || description.trim() === "") return;
  const taken = subtasksOf(run.view).map((s) => s.id);
  const edit = (id: string): PlanEdit => ({ kind: "add", subtask: { id: id.trim(), description } });
  const id = await vscode.window.showInputBox({
    title: vscode.l10n.t("Braid: Add Subtask (2/2)"),
    prompt: vscode.l10n.t("A name for it."),
    value: newSubtaskId(description, taken),
    validateInput: (text) => c.documents.refusalOf(run, edit(text)),
  });
  if (id !== undefined) await c.documents.edit(run, [edit(id)]);
}
