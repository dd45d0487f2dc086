import assert from "node:assert/strict";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { useWorkbench } from "../workbench/use-workbench";

describe("approvals in the workbench", function () {
  this.timeout(240_000);
  const t = useWorkbench({
    files: {
      "README.md": "# mine\n",
      ".gitignore": "made\n",
      ".cursor/worktrees.json": JSON.stringify({ "setup-worktree": ["echo a\u202eb > made", "test -f made"] }),
    },
    picture: "approvals",
  });

  it("of set-up commands are asked for once, shown in full with nothing hidden, and run when allowed", async () => {
    const w = t.workbench;
    const { labels } = t;
    await w.runCommand("Braid: Plan Goal…");
    await w.quickInput("Describe the parts");
    await w.waitFor("the plan", async () => (await labels()).some((label) => label.startsWith("handbook,")));
    await w.runCommand("Braid: Approve Plan");
    const row = await w.waitFor("the row that waits", async () =>
      (await labels()).find((label) => label.startsWith("Waits for your word")),
    );
    assert.ok(row.includes("⟨U+202E⟩"), row);
    const told = await w.waitFor("the notification", async () =>
      (await w.notificationText()).find((text) => text.includes("worktrees.json")),
    );
    assert.match(told, /Set every worktree up/u);
    await w.runCommand("Braid: Allow or Deny Command…");
    const answer = (text: string) => w.page.locator(".notifications-toasts .monaco-button", { hasText: text });
    await answer("Deny").waitFor();
    await w.page.screenshot({ path: "test/e2e/screenshots/approval.png" });
    const shown = await w.waitFor("the whole text", async () => {
      const lines = w.page.locator(".editor-group-container.active .view-lines").first();
      const text = (await lines.innerText()).replaceAll("\u00a0", " ");
      return text.includes("test -f made") ? text : undefined;
    });
    assert.ok(shown.includes("⟨U+202E⟩") && !shown.includes("\u202e"), shown);
    await answer("Allow for This Run").click();
    await w.waitFor("results", async () => (await labels()).some((label) => /ready to review/u.test(label)));
    assert.ok(!(await labels()).some((label) => label.startsWith("Waits for your word")));
  });

  it("of commit hooks are asked for when a result goes in, and can be forgotten", async () => {
    const { workbench: w, labels, repo } = t;
    mkdirSync(join(repo.dir, ".git/hooks"), { recursive: true });
    const hold = join(repo.dir, ".git/hold");
    const hook = `#!/bin/sh\ntouch '${repo.dir}/.git/ran'\nwhile test -e '${hold}'; do sleep 0.1; done\nexit 0\n`;
    writeFileSync(join(repo.dir, ".git/hooks/pre-commit"), hook, { mode: 0o755 });
    // One that comes in late would have the command ask which.
    const ready = await w.waitFor("all results", async () => {
      const all = (await labels()).filter((label) => /ready to review/u.test(label));
      return all.length === 3 ? all[0] : undefined;
    });
    const before = repo.git("rev-parse", "HEAD");
    await w.runCommand("Braid: Accept");
    await w.quickInput(ready.split(",")[0] ?? "");
    await t.shows(/^Waits for your word/u);
    await w.runCommand("Braid: Allow or Deny Command…");
    const answer = w.page.locator(".notifications-toasts .monaco-button", { hasText: "Allow for This Run" });
    await answer.waitFor();
    const shown = await w.waitFor("the whole hook", async () => {
      const lines = w.page.locator(".editor-group-container.active .view-lines").first();
      const text = (await lines.innerText()).replaceAll("\u00a0", " ");
      return text.includes("exit 0") ? text : undefined;
    });
    assert.match(shown, /Run the commit hooks of \.git\/hooks.*\.git\/hooks\/pre-commit:.*#!\/bin\/sh/su);
    await w.page.screenshot({ path: "test/e2e/screenshots/approval-hooks.png" });
    assert.ok(!existsSync(join(repo.dir, ".git/ran")));
    await answer.click();
    await w.waitFor("the commit", async () => (repo.git("rev-parse", "HEAD") === before ? undefined : "there"));
    assert.ok(existsSync(join(repo.dir, ".git/ran")));

    // One that takes its time is seen to, on the way back too.
    writeFileSync(hold, "");
    await w.runCommand("Braid: Undo Accept");
    const undoing = w.page.locator(".notifications-toasts .notification-list-item", {
      hasText: "Undoing the accept of",
    });
    await undoing.getByRole("button", { name: "Cancel" }).waitFor();
    await t.picture("undo-progress");
    rmSync(hold);
    await undoing.waitFor({ state: "detached" });
    await w.waitFor("what was accepted to be back", async () =>
      (await labels()).some((label) => label.startsWith(`${ready.split(",")[0] ?? ""}, ready to review`)),
    );
    await w.runCommand("Braid: Forget Approvals…");
    await w.page.locator(".quick-input-list .monaco-list-row", { hasText: "pre-commit" }).waitFor();
    await w.page.screenshot({ path: "test/e2e/screenshots/approvals-forget.png" });
    await w.page.keyboard.press("Escape");
  });
});
