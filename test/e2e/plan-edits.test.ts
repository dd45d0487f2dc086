import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { readJournal } from "../../src/run/log/journal";
import { useWorkbench } from "../workbench/use-workbench";

const PLAN = `task: Three notes # the goal

subtasks:
  # looks around
  - id: look
    agent: researcher # reads only
  - id: write
    dependencies: [look] # rests on it
  - id: check # last
    agent: tester
    dependencies: [look]
`;

describe("a plan edited before it is approved", function () {
  this.timeout(300_000);
  const t = useWorkbench({
    files: { "README.md": "# mine\n", ".claude/agents/poet.md": "---\nname: poet\n---\nRhyme.\n" },
    prepare: (repo) => repo.write("work.braid.yml", PLAN),
    fresh: "test",
    picture: "plan-edits",
  });

  it("is one thing in tree and document, and what they show is what is approved", async () => {
    const w = t.workbench;
    const row = (id: string) => w.page.locator(`.sidebar .monaco-list-row[aria-label^="${id},"]`);
    // A click that meets the rows while they are being drawn selects nothing.
    const select = (id: string) =>
      w.waitFor(`${id} to be selected`, async () => {
        await row(id).click();
        return (await row(id).getAttribute("aria-selected")) === "true";
      });
    // Without the Escape that `runCommand` begins with: in a tree it takes the selection away.
    const command = async (title: string) => {
      await w.page.keyboard.press("F1");
      await w.page.locator(".quick-input-widget .quick-input-box input").fill(`>${title}`);
      await w.quickPick(title);
    };
    const rows = async () => (await w.treeRows("Run").catch(() => [])).map((r) => r.text);
    const shows = (words: RegExp) =>
      w.waitFor(`a row like ${words}`, async () => (await rows()).some((r) => words.test(r)));
    const editor = w.page.locator(".editor-group-container.active .monaco-editor .view-lines").first();
    const text = async () => (await editor.innerText()).replaceAll("\u00a0", " ");
    const written = (words: RegExp) => w.waitFor(`the document to hold ${words}`, async () => words.test(await text()));

    await w.clickTreeRow("work.braid.yml");
    await w.runCommand("Braid: Run Plan in Editor");
    await shows(/^write\s*implementer · after look/u);

    // The tree writes into the document.
    await row("write").click({ button: "right" });
    await w.page.locator(".context-view .monaco-menu", { hasText: "Change Role…" }).waitFor();
    await t.picture("plan-edits-menu");
    await w.page.locator(".context-view .monaco-menu .action-label", { hasText: "Change Role…" }).click();
    await w.quickPick("poet");
    await shows(/^write\s*poet · after look/u);
    await written(/agent: poet/u);
    await written(/# rests on it/u);

    // The document's own undo takes it back, in the tree too.
    await editor.click();
    await w.page.keyboard.press("ControlOrMeta+Z");
    await shows(/^write\s*implementer · after look/u);

    // What is refused changes nothing.
    await select("look");
    await command("Braid: Change Dependencies…");
    await w.quickPick("check");
    await w.page.locator(".quick-input-widget").getByRole("button", { name: "OK" }).click();
    await w.waitFor("the refusal", async () =>
      (await w.notificationText()).some((message) => /Dependencies form a cycle: look → check → look/u.test(message)),
    );
    await shows(/^look\s*researcher/u);

    // By the keyboard alone.
    await select("check");
    await w.page.keyboard.press("Alt+ArrowUp");
    await w.waitFor("check before write", async () => {
      const ids = (await rows()).map((r) => /^(check|write)/u.exec(r)?.[0]).filter((id) => id !== undefined);
      return ids.join() === "check,write";
    });
    // A key is about the row it was pressed on, whichever is selected: an arrow moves the focus alone.
    await w.page.keyboard.press("ArrowDown");
    await w.page.keyboard.press("F2");
    await w.page.locator(".quick-input-titlebar", { hasText: "Rename write" }).waitFor();
    await w.page.keyboard.press("Escape");
    await w.page.keyboard.press("ArrowUp");
    await w.page.keyboard.press("F2");
    await w.page.locator(".quick-input-titlebar", { hasText: "Rename check" }).waitFor();
    await w.quickInput("verify");
    await shows(/^verify\s*tester · after look/u);
    await t.picture("plan-edits");

    // By the mouse: onto another one is to wait for it.
    await row("verify").dragTo(row("write"));
    await shows(/^verify\s*tester · after look, write/u);
    await w.runCommand("Braid: Undo Plan Edit");
    await shows(/^verify\s*tester · after look(?!,)/u);

    // Typed into the document, seen in the tree.
    await editor.click();
    await w.page.keyboard.press("ControlOrMeta+End");
    await w.page.keyboard.insertText("  - id: extra\n");
    await shows(/^extra\s*implementer/u);
    await select("extra");
    await w.page.keyboard.press("Delete");
    await w.waitFor("extra to go", async () => !(await rows()).some((r) => r.startsWith("extra")));

    await w.runCommand("Braid: Approve Plan");
    const approved = await w.waitFor("the approval", async () => {
      const [run] = readdirSync(join(t.repo.dir, ".git/braid/runs"));
      const journal = await readJournal(join(t.repo.dir, ".git/braid/runs", run ?? "", "journal.jsonl"));
      return journal.events.map(({ event }) => event).find((event) => event.type === "plan.approved");
    });
    assert.deepEqual(
      approved?.type === "plan.approved"
        ? approved.plan.subtasks.map((s) => [s.id, s.agent, s.dependencies])
        : undefined,
      [
        ["look", "researcher", []],
        ["verify", "tester", ["look"]],
        ["write", "implementer", ["look"]],
      ],
    );

    // When all is over the plan is there to be run again, in its own words.
    await w.waitFor("the run to end", async () =>
      (await rows()).every((r) => /^Wave|ready to review|done/u.test(r) || /^(?:notes|look|verify|write)\.md/u.test(r)),
    );
    // The file is changed and not saved.
    await w.runCommand("View: Revert and Close Editor");
    await w.runCommand("Braid: Open Plan");
    await written(/task: Three notes # the goal/u);
    await written(/- id: verify # last/u);
    await w.runCommand("Braid: Run Plan in Editor");
    await shows(/^verify\s*tester · after look/u);
  });
});
