import * as vscode from "vscode";
import { BraidError, failure } from "../../core/failure";
import type { Plan } from "../../core/plan/plan";
import { showPlanOf } from "../history/history-documents";
import type { CommandContext, Commands } from "../command-context";
import { demoGoal, isDemo, openDemoWorkspace } from "../model/demo";
import { askGoal } from "./ask-goal";
import { documentText, selectedText } from "./goal";
import type { Given } from "../run-owner";
import type { Run } from "../../run/run";
import { planInEditor, type EditedPlan } from "./plan-editor";
import { workspaceRepository } from "../workspace-repository";

/** From a goal to an approved plan. */
export function planCommands(c: CommandContext): Commands {
  c.owner.approveShown = (run, shown) => approve(c, run, shown);
  return {
    "braid.planGoal": async () => {
      const asked = await askGoal(workspaceRepository);
      await start(c, asked?.goal, undefined, asked?.images);
    },
    "braid.planSelection": async () =>
      start(c, required(selectedText(), "Nothing is selected.", "Select the text that says the goal.")),
    "braid.planDocument": async () =>
      start(c, required(documentText(), "No document is open.", "Open the document that says the goal.")),
    "braid.openPlan": () =>
      c.owner.shown === undefined ? c.documents.open(c.owner.require()) : showPlanOf(c.owner.shown.id),
    "braid.runPlan": async () => start(c, "", await planInEditor()),
    "braid.openPlanPreview": async () => c.previews.show(),
    "braid.approvePlan": async () => {
      const run = c.owner.require();
      // What stands in a document that nobody sees may have changed on the disk a moment ago.
      await approve(c, run, c.documents.isOnScreen(run) ? undefined : run.state().proposal);
    },
    "braid.tryDemo": () => tryDemo(c),
  };
}

/** Starts planning a goal, visibly; undefined means the user turned away. */
export async function start(
  c: CommandContext,
  goal: string | undefined,
  given?: Given | EditedPlan,
  images: readonly string[] = [],
): Promise<void> {
  if (goal === undefined) return;
  await vscode.commands.executeCommand("braid.run.focus");
  const focus = keepFocus(c);
  try {
    await vscode.window.withProgress({ location: { viewId: "braid.run" } }, () => c.owner.start(goal, given, images));
  } finally {
    focus.dispose();
  }
  const { run } = c.owner;
  // What is edited there before the approval counts.
  if (given !== undefined && "document" in given && run !== undefined) c.documents.adopt(run, given.document);
}

/** The welcome of the Run view goes when there is a run, and takes the focus along that it was given: it is given to the tree. */
function keepFocus({ owner }: CommandContext): vscode.Disposable {
  if (owner.view !== undefined) return { dispose: () => undefined };
  const came = owner.onDidChange(() => {
    if (owner.view === undefined) return;
    came.dispose();
    void vscode.commands.executeCommand("braid.run.focus");
  });
  return came;
}

/** Approves what document and tree show; with `shown`, only if that is what the user was shown. */
async function approve(c: CommandContext, run: Run, shown: number | undefined): Promise<void> {
  const plan = await c.documents.toApprove(run);
  await c.owner.approve(run, plan, skippedIn(c, plan), shown);
  await vscode.commands.executeCommand("braid.run.focus");
}

async function tryDemo(c: CommandContext): Promise<void> {
  const repo = await workspaceRepository().catch(() => undefined);
  if (repo !== undefined && (await isDemo(repo))) await start(c, await demoGoal(c.context));
  else await openDemoWorkspace();
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
