import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Frame, Locator } from "playwright-core";
import { mustRun, run } from "./process";
import { ROOT } from "./root";
import type { TreeRow, Workbench } from "./workbench";

/** Where the walk leaves its pictures, numbered in the order of the steps. */
export const SCREENSHOTS = join(ROOT, "test/e2e/screenshots");

/**
 * Does with the demo what a new user would: from the palette to a plan, its approval, the review and the accepted merges.
 * Gives the subtasks accepted, in order; rejects at the first step
 * that does not come about. `film` is called at each step, to take a picture of its own.
 */
export async function walkTheDemo(
  workbench: Workbench,
  film: () => Promise<void> = () => Promise.resolve(),
): Promise<readonly string[]> {
  await mkdir(SCREENSHOTS, { recursive: true });
  const picture = async (name: string) => {
    await workbench.screenshot(join(SCREENSHOTS, `${name}.png`));
    await film();
  };
  const sidebar = (name: string) =>
    workbench.page.screenshot({
      path: join(SCREENSHOTS, `${name}.png`),
      clip: { x: 0, y: 35, width: 350, height: 330 },
    });

  await workbench.runCommand("Braid: Try the Demo");
  await workbench.waitFor("the plan in the sidebar", async () => (await subtaskRows(workbench)).length > 1, RUN_MS);
  await picture("01-plan");
  await sidebar("01-plan-sidebar");

  await workbench.runCommand("Braid: Approve Plan");
  await workbench.waitFor(
    "two workers at work",
    async () => (await subtaskRows(workbench)).filter(isRunning).length > 1,
    RUN_MS,
  );
  await picture("02-workers");
  await sidebar("02-workers-sidebar");

  let settled = 0;
  const ended = await workbench.waitFor(
    "the end of every subtask",
    async () => {
      const rows = await subtaskRows(workbench);
      const now = rows.filter(({ label }) => !isOpen(label)).length;
      if (now > settled) await film();
      settled = now;
      return now === rows.length && rows;
    },
    RUN_MS,
  );
  await picture("03-finished");
  const unwell = ended.filter(({ label }) => !/, (done|ready to review)\b/u.test(label));
  if (unwell.length > 0) throw new Error(`Not every subtask went well: ${unwell.map((row) => row.label).join("; ")}.`);

  await workbench.runCommand("Braid: Open Review");
  await openPanel(workbench);
  await picture("04-review");

  await lookAtDiff(workbench, picture);
  // VS Code drops a panel that is out of sight; it comes back from one snapshot.
  const panel = await openPanel(workbench);

  // The sidebar has them wave by wave, so each is accepted after what it builds on.
  const subtasks = ended.filter(({ label }) => label.includes("ready to review")).map(idOf);
  for (const subtask of subtasks) {
    await panel.locator(`[data-subtask="${subtask}"]`).click();
    await panel.getByRole("heading", { name: subtask, exact: true }).waitFor();
    await acceptButton(panel).click();
    await workbench.waitFor(`${subtask} to be accepted`, async () =>
      (await subtaskRows(workbench)).some(({ label }) => label.startsWith(`${subtask}, accepted`)),
    );
    // Each one after it looks the same, and weighs as much.
    if (subtask === subtasks[0]) await film();
  }
  await picture("06-accepted");
  return subtasks;
}

/** The panel's document, once a result can be accepted there. */
async function openPanel(workbench: Workbench): Promise<Frame> {
  const panel = await workbench.webviewFrame(async (frame) => (await acceptButton(frame).count()) > 0);
  await acceptButton(panel).and(panel.locator(":enabled")).waitFor();
  return panel;
}

/** Opens a modified file of a result in VS Code's own diff editor, from the tree, and closes it again. */
async function lookAtDiff(workbench: Workbench, picture: (name: string) => Promise<void>): Promise<void> {
  const rows = workbench.page.locator(".sidebar .monaco-list-row[role=treeitem]");
  await rows.filter({ hasText: "routes" }).locator(".monaco-tl-twistie").click();
  await rows.and(workbench.page.locator("[aria-level='3'][aria-label*=', modified']")).first().click();
  await workbench.page.locator(".monaco-diff-editor .line-insert").first().waitFor();
  // VS Code's own language server complains about the server build it runs in.
  await workbench.runCommand("Notifications: Clear All Notifications");
  await picture("05-diff");
  await workbench.runCommand("View: Close Editor");
}

/** Longest time the scripted run may take, in milliseconds; it takes about 15 s. */
const RUN_MS = 180_000;

async function subtaskRows(workbench: Workbench): Promise<readonly TreeRow[]> {
  return (await workbench.treeRows("Run")).filter(({ level }) => level === 2);
}

function isOpen(label: string): boolean {
  return /, (queued|running|blocked)\b/u.test(label);
}

function isRunning({ label }: TreeRow): boolean {
  return /, running\b/u.test(label);
}

// A row is read aloud as "ID, status, …".
function idOf({ label }: TreeRow): string {
  return label.slice(0, label.indexOf(","));
}

function acceptButton(frame: Frame): Locator {
  return frame.getByRole("button", { name: "Accept", exact: true });
}

/** What Braid has merged into the open branch of a workspace. */
export interface Outcome {
  /** Subjects of the commits on top of the first one, newest first. */
  readonly merges: readonly string[];
  /** Whether the working tree is exactly the branch. */
  readonly clean: boolean;
  /** What `node --test` printed there, and whether it passed. */
  readonly tests: { readonly passed: boolean; readonly output: string };
}

/** Looks at a demo workspace after the walk, with git and Node alone. */
export async function readOutcome(dir: string): Promise<Outcome> {
  const subjects = await mustRun("git", ["log", "--format=%s"], { cwd: dir });
  const status = await mustRun("git", ["status", "--porcelain"], { cwd: dir });
  const tests = await run(process.execPath, ["--test"], { cwd: dir, env: withoutTestContext() });
  return {
    merges: subjects.trim().split("\n").slice(0, -1),
    clean: status === "",
    tests: { passed: tests.code === 0, output: tests.output },
  };
}

/** Throws an error that says what is wrong unless the branch holds these many merges, checked out and green. */
export function assertAccepted({ merges, clean, tests }: Outcome, accepted: number): void {
  if (accepted === 0 || merges.length !== accepted)
    throw new Error(`${accepted} subtasks were accepted, but the branch holds ${merges.length} merges.`);
  if (!clean) throw new Error("The workspace's files are not those of its branch.");
  if (!tests.passed) throw new Error(`node --test fails in the workspace:\n${tests.output}`);
}

function withoutTestContext(): NodeJS.ProcessEnv {
  // Set by an outer `node --test`, it makes the inner one report to nobody and always pass.
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => name !== "NODE_TEST_CONTEXT"));
}
