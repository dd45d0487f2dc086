import * as vscode from "vscode";
import { BraidError, failure } from "../core/failure";
import type { Plan } from "../core/plan";
import { subtasksOf, toRunView, type SubtaskView } from "../core/view";
import { listRuns } from "../run/store";
import { askApiKey } from "./api-key";
import { canResume } from "./can-resume";
import { demoGoal, isDemo, openDemoWorkspace } from "./demo";
import { reportFailures } from "./failures";
import { askGoal, documentText, selectedText } from "./goal";
import { openPlanDocument, planInEditor, planToApprove } from "./plan-editor";
import { openAllDiffs, openFileDiff } from "./review-documents";
import { ReviewPanel } from "./review-panel";
import { reviewSourceOf } from "./review-source";
import type { RunOwner } from "./run-owner";
import type { Row, RunTree } from "./run-tree";

/** What commands act on. */
export interface CommandContext {
  readonly context: vscode.ExtensionContext;
  readonly owner: RunOwner;
  readonly tree: RunTree;
  readonly log: vscode.LogOutputChannel;
}

/** Registers every command. Each failure a user can meet is shown once, where they are. */
export function registerCommands(c: CommandContext): vscode.Disposable {
  const commands: Readonly<Record<string, (row?: Row) => Promise<unknown>>> = {
    "braid.planGoal": async () => start(c, await askGoal()),
    "braid.planSelection": async () =>
      start(c, required(selectedText(), "Nothing is selected.", "Select the text that says the goal.")),
    "braid.planDocument": async () =>
      start(c, required(documentText(), "No document is open.", "Open the document that says the goal.")),
    "braid.openPlan": async () => openPlanDocument(c.owner.require()),
    "braid.runPlan": async () => start(c, "", planInEditor()),
    "braid.approvePlan": async () => {
      const run = c.owner.require();
      const plan = planToApprove(run);
      await c.owner.approve(run, plan, skippedIn(c, plan));
      await vscode.commands.executeCommand("braid.run.focus");
    },
    "braid.pauseRun": () => c.owner.require().pause(),
    "braid.resumeRun": () => resume(c),
    "braid.cancelRun": () => cancel(c),
    "braid.openRun": () => openRun(c),
    "braid.openReview": (row) => openReview(c, row),
    "braid.openChanges": async (row) => openAllDiffs(await subtaskFor(c, row, "changed")),
    "braid.openFileDiff": (row) => openFile(c, row),
    "braid.accept": async (row) => {
      const subtask = await subtaskFor(c, row, "reviewable");
      await c.owner.require().accept(subtask.id, subtask.commit ?? undefined);
    },
    "braid.reject": async (row) => reject(c, await subtaskFor(c, row, "reviewable")),
    "braid.retrySubtask": async (row) => retry(c, await subtaskFor(c, row, "ended")),
    "braid.setApiKey": () => askApiKey(c.context),
    "braid.tryDemo": () => tryDemo(c),
    "braid.showLog": async () => c.log.show(),
  };
  return vscode.Disposable.from(
    ...Object.entries(commands).map(([id, run]) =>
      vscode.commands.registerCommand(id, (row?: Row) => reportFailures(c.log, () => run(row))),
    ),
  );
}

/** Starts planning a goal, visibly; undefined means the user turned away. */
export async function start(
  c: CommandContext,
  goal: string | undefined,
  plan?: ReturnType<typeof planInEditor>,
): Promise<void> {
  if (goal === undefined) return;
  await vscode.commands.executeCommand("braid.run.focus");
  await vscode.window.withProgress({ location: { viewId: "braid.run" } }, () => c.owner.start(goal, plan));
}

async function tryDemo(c: CommandContext): Promise<void> {
  const repo = await c.owner.repository().catch(() => undefined);
  if (repo !== undefined && (await isDemo(repo))) await start(c, await demoGoal(c.context));
  else await openDemoWorkspace(c.context);
}

async function resume(c: CommandContext): Promise<void> {
  const run = c.owner.require();
  if (!canResume(run.view, c.owner.isPlanning))
    throw new BraidError(failure("run.state", "There is nothing to resume.", { hint: "See the Run view." }));
  if (run.state().plan === undefined) {
    await run.resume();
    await vscode.window.withProgress({ location: { viewId: "braid.run" } }, () => c.owner.plan(run));
    return;
  }
  for (const { subtask, status, decision } of run.state().subtasks)
    if ((status === "failed" || status === "cancelled") && decision.kind === "open") await run.retry(subtask.id);
  await run.resume();
}

async function cancel(c: CommandContext): Promise<void> {
  const run = c.owner.require();
  const stop = vscode.l10n.t("Cancel Run");
  const choice = await vscode.window.showWarningMessage(
    vscode.l10n.t("Stop all workers? What they have done so far is kept for review."),
    { modal: true },
    stop,
  );
  if (choice === stop) await run.cancel();
}

async function openRun(c: CommandContext): Promise<void> {
  const runs = await listRuns(await c.owner.repository());
  const items = runs.flatMap((run) => {
    if (!("state" in run)) return [];
    const view = toRunView(run.state);
    return [
      {
        label: view.goal,
        description: `${run.id} · ${view.phase}`,
        detail: new Date(view.createdAt).toLocaleString(),
        id: run.id,
      },
    ];
  });
  if (items.length === 0)
    throw new BraidError(
      failure("run.unknown", "There are no earlier runs in this repository.", {
        hint: "Start with `Braid: Plan Goal…`.",
      }),
    );
  const choice = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t("Braid: Open Run"),
    matchOnDescription: true,
  });
  if (choice !== undefined) await c.owner.open(choice.id);
}

async function openReview(c: CommandContext, row: Row | undefined): Promise<void> {
  const run = c.owner.require();
  const subtask = row?.kind === "subtask" ? row.id : c.tree.subtaskOf(row)?.id;
  ReviewPanel.show({
    extensionUri: c.context.extensionUri,
    source: reviewSourceOf(c.owner, run),
    ...(subtask === undefined ? {} : { subtask }),
  });
}

async function openFile(c: CommandContext, row: Row | undefined): Promise<void> {
  if (row?.kind !== "file") return;
  const subtask = c.tree.subtaskOf(row);
  const file = subtask?.files.find((f) => f.path === row.path);
  if (subtask !== undefined && file !== undefined) await openFileDiff(subtask, file);
}

async function reject(c: CommandContext, subtask: SubtaskView): Promise<void> {
  const reason = await vscode.window.showInputBox({
    title: vscode.l10n.t("Braid: Reject {0}", subtask.id),
    prompt: vscode.l10n.t("Why? The reason is kept with the run. Enter alone rejects without one."),
  });
  if (reason !== undefined) await c.owner.require().reject(subtask.id, reason, subtask.commit ?? undefined);
}

async function retry(c: CommandContext, subtask: SubtaskView): Promise<void> {
  const note = await vscode.window.showInputBox({
    title: vscode.l10n.t("Braid: Retry {0}", subtask.id),
    prompt: vscode.l10n.t("A note for the next attempt, or nothing."),
  });
  if (note !== undefined) await c.owner.require().retry(subtask.id, note.trim() === "" ? undefined : note.trim());
}

/** The subtask a command means: the row it was called on, the one on screen in the panel, or one the user picks. */
async function subtaskFor(
  c: CommandContext,
  row: Row | undefined,
  what: "reviewable" | "changed" | "ended",
): Promise<SubtaskView> {
  const run = c.owner.require();
  const fits = (s: SubtaskView) =>
    what === "reviewable" ? s.reviewable : what === "changed" ? s.files.length > 0 : s.endedAt !== null;
  const fitting = subtasksOf(run.view).filter(fits);
  const named =
    row === undefined ? ReviewPanel.open?.selectedIn(reviewSourceOf(c.owner, run)) : c.tree.subtaskOf(row)?.id;
  const found =
    fitting.find((s) => s.id === named) ?? (row === undefined && fitting.length === 1 ? fitting[0] : undefined);
  if (found !== undefined) return found;
  if (fitting.length === 0 || row !== undefined)
    throw new BraidError(
      failure("run.state", "There is no such subtask now.", { hint: "Wait for a worker to finish." }),
    );
  const choice = await vscode.window.showQuickPick(
    fitting.map((s) => ({ label: s.id, description: s.role, detail: s.report?.summary ?? s.objective })),
    { title: vscode.l10n.t("Braid: Which subtask?") },
  );
  const picked = fitting.find((s) => s.id === choice?.label);
  if (picked === undefined) throw new BraidError(failure("cancelled", "Cancelled."));
  return picked;
}

/** What was ticked off in the tree. A plan of which nothing is left is refused. */
function skippedIn(c: CommandContext, plan: Plan): readonly string[] {
  const skipped = plan.subtasks.flatMap(({ id }) => (c.tree.tickedOff.includes(id) ? [id] : []));
  if (skipped.length === plan.subtasks.length)
    throw new BraidError(
      failure("run.state", "Every subtask is ticked off; there is nothing to run.", {
        hint: "Tick at least one subtask in the Run view.",
      }),
    );
  return skipped;
}

function required(text: string | undefined, message: string, hint: string): string {
  if (text === undefined) throw new BraidError(failure("goal.empty", message, { hint }));
  return text;
}
