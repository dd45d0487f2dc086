import assert from "node:assert/strict";
import { mkdirSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { tempFolder } from "../support/temp-repo";
import { useWorkbench } from "../workbench/use-workbench";

/** As a new user has it. */
const NO_MODEL = { "braid.model.baseUrl": undefined };

describe("first use, in a repository of one's own", function () {
  this.timeout(240_000);
  const t = useWorkbench({ fresh: "test", opens: false, picture: "first-use" });
  const beside = tempFolder();
  after(() => beside.dispose());

  it("says that a key is missing and how to set one, and changes nothing", async () => {
    const w = await t.open(NO_MODEL);
    const seen = (text: string) =>
      w.waitFor(text, async () => (await w.page.getByText(text, { exact: false }).count()) > 0);
    await w.runCommand("View: Show Braid");
    await seen("Agents need a model.");
    t.repo.git("switch", "-q", "--detach");
    await seen("HEAD is detached.");
    t.repo.git("switch", "-q", "--orphan", "empty");
    await seen("The repository has no commit yet.");
    t.repo.git("switch", "-q", "main");
    await seen("Agents need a model.");
    // What happens to the folder itself is seen when somebody looks again.
    const lookAgain = async () => {
      await w.runCommand("View: Show Explorer");
      await w.runCommand("View: Show Braid");
    };
    renameSync(join(t.repo.dir, ".git"), join(t.repo.dir, "away"));
    await lookAgain();
    await seen("This folder is not a git repository yet.");
    await w.runCommand("Braid: Plan Goal…");
    await w.waitFor("the failure before a goal is asked for", async () =>
      (await w.notificationText()).some((told) => told.includes("is not inside a git work tree")),
    );
    await w.runCommand("Notifications: Clear All Notifications");
    renameSync(join(t.repo.dir, "away"), join(t.repo.dir, ".git"));
    await lookAgain();
    await seen("Agents need a model.");
    await w.runCommand("Braid: Get Started");
    await w.waitFor("the step that is behind the user", async () => {
      const done = w.page.locator(".getting-started-step", {
        has: w.page.locator(".codicon-getting-started-step-checked"),
      });
      return (await done.allInnerTexts()).some((text) => text.includes("Open a repository"));
    });

    await w.runCommand("Braid: Plan Goal…");
    await w.quickInput("Describe the parts");
    const text = await w.waitFor("the failure", async () =>
      (await w.notificationText()).find((told) => told.startsWith("Braid:")),
    );
    assert.match(text, /There is no API key yet.*try the demo/u);
    await w.notificationButton("There is no API key", "Set API Key");
    await w.quickInput("");
    assert.equal(t.repo.git("for-each-ref", "refs/braid"), "");
  });

  it("is about the folder that holds a repository, of several, until another is chosen", async () => {
    const both = join(beside.dir, "both.code-workspace");
    mkdirSync(join(beside.dir, "site"));
    writeFileSync(both, JSON.stringify({ folders: [{ path: "site" }, { path: t.repo.dir, name: "server" }] }));
    const w = await t.open({}, both);
    const seen = (text: string) =>
      w.waitFor(text, async () => (await w.page.getByText(text, { exact: false }).count()) > 0);
    await w.runCommand("View: Show Braid");
    await seen("Say what should be different.");
    await w.runAndPick("Braid: Choose Folder…", "site");
    await seen("This folder is not a git repository yet.");
    await w.runAndPick("Braid: Choose Folder…", "server");
    await seen("Say what should be different.");
    await w.runCommand("Braid: Plan Goal…");
    await w.quickInput("Describe the parts");
    await t.became("handbook", "queued");
    assert.notEqual(readdirSync(join(t.repo.dir, ".git/braid/runs")).length, 0);
    // The run is still that of the folder it was started in when another one is in use.
    await w.runAndPick("Braid: Choose Folder…", "site");
    await w.runCommand("Braid: Show Plan of Run…");
    await w.page.locator(".tab.active", { hasText: "plan.yml" }).waitFor();
    // So is a line's origin that of the folder its file is in.
    await w.openView("Explorer");
    await w.clickTreeRow("README.md");
    await w.page.locator(".tab.active", { hasText: "README.md" }).waitFor();
    await w.runCommand("Braid: Show Origin of Line");
    await w.page.locator(".tab", { hasText: "Origin of README.md:1" }).waitFor();
    // The history is that of the folder in use, also where that one leaves the window.
    await w.runAndPick("Braid: Choose Folder…", "server");
    await w.openView("Braid");
    await w.page.locator(".pane-header[aria-label^='History']").click();
    const past = () => w.treeRows("History").catch(() => []);
    await w.waitFor("the run in the history", async () => (await past()).length === 1);
    writeFileSync(both, JSON.stringify({ folders: [{ path: "site" }] }));
    await w.waitFor("a history without it", async () => (await past()).length === 0);
  });

  it("opens the demo in a folder of its own, where the plan starts by itself", async () => {
    const w = await t.open(NO_MODEL);
    await w.runCommand("Braid: Try the Demo");
    const rows = await w.waitFor("the demo's plan", async () => {
      const found = await w.treeRows("Run").catch(() => []);
      return found.some((row) => row.label.startsWith("routes,")) && found;
    });
    assert.equal(rows.filter((row) => row.level === 1).length, 4);
    assert.equal(t.repo.git("status", "--porcelain"), "");
  });

  it("goes from a typed goal to one accepted and one rejected merge, and respects local changes", async () => {
    const w = await t.open();
    const { became } = t;

    await w.runCommand("Braid: Plan Goal…");
    await w.quickInput("Describe the parts");
    await became("handbook", "queued");
    await w.runCommand("Braid: Approve Plan");
    await became("handbook", "ready to review");

    t.repo.write("notes/first-part.md", "mine, and in the way\n");
    await w.runAndPick("Braid: Accept", "first-part");
    const refusal = await w.waitFor("the refusal", async () =>
      (await w.notificationText()).find((told) => /overwritten/u.test(told)),
    );
    assert.match(refusal, /notes\/first-part\.md would be overwritten.*Move or delete it/u);
    assert.equal(t.repo.read("notes/first-part.md"), "mine, and in the way\n");
    assert.equal(t.repo.git("rev-list", "--count", "HEAD"), "1");

    t.repo.git("clean", "-fdq");
    await w.runAndPick("Braid: Accept", "first-part");
    await became("first-part", "accepted");
    await w.runAndPick("Braid: Reject…", "second-part");
    await w.quickInput("not needed");
    await became("second-part", "rejected");

    assert.equal(t.repo.git("rev-list", "--count", "HEAD"), "2");
    assert.match(t.repo.read("notes/first-part.md"), /Written by the implementer/u);
    assert.equal(t.repo.git("status", "--porcelain"), "");
    assert.equal(t.repo.git("worktree", "list").split("\n").length, 1);
  });
});
