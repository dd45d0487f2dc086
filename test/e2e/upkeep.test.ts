import { equal, match, notEqual } from "node:assert/strict";
import { readdirSync } from "node:fs";
import { readFile, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Plan } from "../../src/core/plan/plan";
import { Run } from "../../src/run/run";
import { fileWriter, portsFor } from "../support/scripted-worker";
import { readDemoScenario } from "../../src/demo/media";
import { parseScenario } from "../../src/demo/scenario";
import { startDemoServer, type DemoServer } from "../../src/demo/server";
import { startCli } from "../support/cli";
import { tempFolder, tempRepo, type TempRepo } from "../support/temp-repo";
import { ROOT } from "../workbench/root";
import { serveWorkbench, type ServedWorkbench } from "../workbench/serve";
import { Workbench } from "../workbench/workbench";

/** A worker whose second turn does not come. */
const SILENT = `rules:
  - when: { turn: 1 }
    reply: [{ tool: write, input: { file_path: slow.txt, content: "s\\n" } }]
  - fault: { kind: stall, at: stream, after_events: 1, ping_every_ms: 1000 }
`;

const SCREENSHOTS = join(ROOT, "test/e2e/screenshots");

describe("looking after runs, in the workbench", function () {
  this.timeout(240_000);
  let repo: TempRepo;
  const trees = tempFolder();
  let served: ServedWorkbench | undefined;
  let w: Workbench;
  let server: DemoServer | undefined;

  const picture = (name: string) => w.screenshot(join(SCREENSHOTS, `${name}.png`));

  before(async () => {
    repo = tempRepo({ "README.md": "# mine\n" });
    server = await startDemoServer(await readDemoScenario("any-plan.yml"), { speed: 0 });
    served = await serveWorkbench({ folder: repo.dir, settings: { "braid.model.baseUrl": server.url } });
    w = await Workbench.open(served.url);
  });
  afterEach(async function () {
    if (this.currentTest?.state === "failed") await picture("upkeep-failed");
  });
  after(async () => {
    await w.close();
    await served?.dispose();
    await server?.dispose();
    repo.dispose();
    trees.dispose();
  });

  /** A run of another process: this one. Its only result waits for a decision. */
  async function startRun(): Promise<Run> {
    const run = await Run.create(
      await portsFor(repo.dir, trees.dir, fileWriter({ one: { "one.txt": "1\n" } })),
      "One file",
      { concurrency: 1, attempts: 1 },
    );
    await run.approve(Plan.parse({ task: "One file", subtasks: [{ id: "one", files: ["one.txt"] }] }));
    await run.idle();
    return run;
  }

  it("the doctor lists what is wrong first, does what helps, and reads as a document", async () => {
    await writeFile(join(repo.dir, "README.md"), "# changed\n");
    await writeFile(join(repo.dir, ".gitmodules"), "");
    repo.git("checkout", "-q", "--detach");
    await w.runCommand("Braid: Doctor");
    const labels = await w.waitFor("the doctor's list", async () => {
      const found = await w.quickPickLabels();
      return found.length > 5 ? found : undefined;
    });
    match(labels[0] ?? "", /Repository/u);
    await picture("doctor-list");
    await w.page.keyboard.press("Enter");
    await w.page.locator(".monaco-dialog-box", { hasText: "Check out a branch: git switch" }).waitFor();
    await picture("doctor-row");
    await w.page.keyboard.press("Escape");
    repo.git("checkout", "-q", "main");
    await w.page.locator(".quick-input-titlebar .action-label[aria-label='Look Again']").click();
    await w.waitFor("a list without the problem", async () => {
      const found = await w.quickPickLabels();
      return found[0]?.includes("Uncommitted") === true;
    });
    await w.page.locator(".quick-input-titlebar .action-label[aria-label='Open as Document']").click();
    const frame = await w.webviewFrame(
      async (each) => (await each.locator("h1", { hasText: "Braid: Doctor" }).count()) > 0,
    );
    match(await frame.locator("body").innerText(), /A run could start\.[\s\S]*Warnings[\s\S]*Uncommitted/u);
    await picture("doctor-document");
  });

  it("the history lists runs, shows one live that another process has, and hands it over when asked", async () => {
    const other = await startRun();
    await w.openView("Braid");
    await w.page.locator(".pane-header[aria-label^='History']").click();
    const row = await w.waitFor("the run in the history", async () => (await w.treeRows("History"))[0]);
    match(row.label, /One file, review/u);
    await w.clickTreeRow("One file");
    await w.waitFor("the run, read-only", async () =>
      (await w.treeRows("Run")).some((each) => each.label.startsWith("one,")),
    );
    await w.page.locator(".sidebar .pane", { hasText: "Read-only, live from process" }).first().waitFor();
    await picture("history");
    // It can be read, and is still on screen when it cannot be had.
    await w.runCommand("Braid: Open Transcript");
    await w.page.locator(".tab.active", { hasText: "one transcript.md" }).waitFor();
    await w.runCommand("Braid: Open Review");
    await w.page.locator(".tab.active", { hasText: "Braid Review" }).waitFor();
    await w.runCommand("Braid: Fix Findings…");
    await w.waitFor("that it was looked at", async () =>
      (await w.notificationText()).some((text) => text.includes("This run has found nothing")),
    );
    await w.runCommand("Braid: Export Trace…");
    await w.page.locator(".quick-input-widget", { hasText: "Send to a Collector" }).waitFor();
    await w.page.keyboard.press("Escape");
    const past = w.page.locator(".sidebar .monaco-list-row", { hasText: "One file" });
    await past.hover();
    await past.getByRole("button", { name: "Open Run…" }).click();

    // What the other process decides is seen here; nothing can be decided here.
    await other.accept("one");
    await w.waitFor("the accept", async () =>
      (await w.treeRows("Run")).some((each) => each.label.startsWith("one, accepted")),
    );
    await w.runCommand("Braid: Take Over Run");
    const refusal = await w.waitFor("the refusal", async () =>
      (await w.notificationText()).find((text) => text.includes("only shown here")),
    );
    match(refusal, /It is open in process \d+.*Decide about it there/u);
    equal(await w.page.locator(".tab", { hasText: "Braid Review" }).count(), 1);
    await other.close();
    await w.page.locator(".sidebar .pane", { hasText: "Open it to decide" }).first().waitFor();
    await w.runCommand("Braid: Take Over Run");
    await w.page.locator(".sidebar .pane", { hasText: "Read-only" }).first().waitFor({ state: "detached" });
    await w.runCommand("Braid: Undo Accept");
    await w.waitFor("the result, open again", async () =>
      (await w.treeRows("Run")).some((each) => each.label.startsWith("one, ready to review")),
    );

    await w.runCommand("Braid: Show Transcript of Run…");
    await w.quickPick("one, attempt 1");
    await w.webviewFrame(async (each) => (await each.locator("h1", { hasText: "one, attempt 1" }).count()) > 0);
    await picture("transcript");
    await w.runCommand("Braid: Show Plan of Run…");
    await w.page.locator(".tab.active", { hasText: "plan.yml" }).waitFor();
    // What cannot be started takes nobody's place.
    repo.git("checkout", "-q", "--detach");
    await w.runCommand("Braid: Run Plan in Editor");
    await w.waitFor("why it cannot be", async () =>
      (await w.notificationText()).some((text) => text.includes("HEAD is detached")),
    );
    repo.git("checkout", "-q", "main");
    await w.runCommand("View: Close All Editors");
    match((await w.treeRows("Run")).map(({ label }) => label).join("\n"), /^one, ready to review/mu);
  });

  it("takes a run over from an owner that has gone silent, after a word; should that one wake, it writes nothing", async () => {
    const silent = await startDemoServer(parseScenario(SILENT, "silent.yml"), { speed: 0 });
    const plan = join(trees.dir, "plan.yml");
    await writeFile(plan, "task: A slow note\nsubtasks: [{ id: slow, files: [slow.txt] }]\n");
    const env = { HOME: trees.dir, ANTHROPIC_BASE_URL: silent.url };
    const other = startCli(["run", plan, "--yes", "--json"], { cwd: repo.dir, env });
    try {
      const { run } = await other.seen(({ type }) => type === "turn.completed");
      const at = (name: string) => join(repo.dir, ".git/braid/runs", run, name);
      other.child.kill("SIGSTOP");
      const anHourAgo = new Date(Date.now() - 3_600_000);
      await utimes(at("owner.lock"), anHourAgo, anHourAgo);
      // It may have been stopped while it made its worktree.
      await utimes(join(repo.dir, ".git/braid/worktrees.lock"), anHourAgo, anHourAgo).catch(() => undefined);
      await w.runAndPick("Braid: Open Run…", "A slow note");
      await w.page.locator(".sidebar .pane", { hasText: "Read-only" }).first().waitFor();
      await w.runCommand("Braid: Take Over Run");
      const dialog = w.page.locator(".monaco-dialog-box", {
        hasText: `Take the run over from process ${other.child.pid}`,
      });
      await dialog.waitFor();
      await picture("take-over");
      await w.dialogButton("Cancel");
      await dialog.waitFor({ state: "detached" });
      equal(
        (await readFile(at("owner.lock"), "utf8")).includes(`"pid":${other.child.pid}`),
        true,
        "nothing is taken unasked",
      );
      await w.runCommand("Braid: Take Over Run");
      await w.dialogButton("Take Over");
      await w.waitFor("its worker, to go on with", async () =>
        (await w.treeRows("Run")).some((each) => each.label.startsWith("slow, interrupted")),
      );
      const journal = await readFile(at("journal.jsonl"), "utf8");
      other.child.kill("SIGCONT");
      const { code, stdout, stderr } = await other.ended;
      notEqual(code, 0);
      match(stdout + stderr, /was taken over by another process/u);
      equal(await readFile(at("journal.jsonl"), "utf8"), journal);
      await w.runCommand("Braid: Cancel Run");
    } finally {
      other.child.kill("SIGKILL");
      await silent.dispose();
    }
  });

  it("takes the latest run when the window opens and its owner, a window that is closing, lets go", async () => {
    const other = await startRun();
    await w.page.reload();
    await w.openView("Braid");
    await w.page.locator(".sidebar .pane", { hasText: "Read-only, live from process" }).first().waitFor();
    await other.close();
    await w.page.locator(".sidebar .pane", { hasText: "Read-only" }).first().waitFor({ state: "detached" });
    await w.runCommand("Braid: Accept");
    await w.waitFor("the accept", async () =>
      (await w.treeRows("Run")).some((each) => each.label.startsWith("one, accepted")),
    );
    await w.runCommand("Braid: Undo Accept");
    await w.waitFor("the result, open again", async () =>
      (await w.treeRows("Run")).some((each) => each.label.startsWith("one, ready to review")),
    );
  });

  it("cleans up with a preview, archives what no branch has, and restores it", async () => {
    const other = await startRun();
    await other.close();
    // Somebody's work in a worktree of the run, in no commit.
    const left = join(trees.dir, `${other.id}-1-1`, "tree");
    repo.git("worktree", "add", "-q", "--detach", left);
    await writeFile(join(left, "half.txt"), "half\n");
    const runs = () => readdirSync(join(repo.dir, ".git/braid/runs")).filter((name) => /^r\w{7}$/u.test(name));
    const historyHas = (count: number) =>
      w.waitFor(`${count} runs in the history`, async () => (await w.treeRows("History")).length === count);
    await w.runCommand("Braid: Clean Up…");
    await w.waitFor("what runs have left", async () => (await w.quickPickLabels()).length > 0);
    await picture("clean-up");
    await w.page.locator(".quick-input-widget .quick-input-list .monaco-list-row").first().click();
    await w.page.keyboard.press("Enter");
    await w.page.locator(".monaco-dialog-box", { hasText: "archived first" }).waitFor();
    await picture("clean-up-asks");
    await w.dialogButton("Delete");
    await w.waitFor("the archive", async () => repo.git("for-each-ref", "refs/braid/archive").includes(other.id));
    await w.waitFor("the end", async () => repo.git("for-each-ref", `refs/braid/${other.id}`) === "");
    await historyHas(runs().length);
    await w.runAndPick("Braid: Restore Archived Run…", "One file");
    await w.waitFor("the run", async () => repo.git("for-each-ref", `refs/braid/${other.id}`) !== "");
    await w.waitFor("what stood in its worktree to be told", async () =>
      (await w.notificationText()).some((text) => text.includes("What stood in its worktrees is under")),
    );
    // That stands there until it is dismissed; the run is in the history at once.
    equal(runs().includes(other.id), true);
    await historyHas(runs().length);
    await picture("restored");
  });
});
