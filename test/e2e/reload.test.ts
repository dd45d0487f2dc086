import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { parseScenario } from "../../src/demo/scenario";
import { otlpProblems } from "../support/otlp-schema";
import { useWorkbench } from "../workbench/use-workbench";

const PLAN = {
  task: "Three notes",
  subtasks: [
    { id: "quick", files: ["quick.txt"] },
    { id: "slow", files: ["slow.txt"] },
    { id: "last", files: ["last.txt"], dependencies: ["slow"] },
  ],
};
const SCENARIO = `rules:
  - when: { role: planner, turn: 1 }
    reply: [{ tool: glob, input: { pattern: "*" } }]
  - when: { role: planner }
    reply: [{ tool: submit_plan, input: { plan: ${JSON.stringify(PLAN)} } }]
  - when: { turn: 1 }
    reply: [{ tool: write, input: { file_path: "{{subtask}}.txt", content: "{{subtask}}\\n" } }]
  - when: { subtask: slow, turn: 2 }
    reply: [{ tool: bash, input: { command: "seq 1 40; sleep 6; echo more >> slow.txt" } }]
  - reply: [{ tool: report, input: { summary: Done. } }]
`;

/** The window as VS Code knows it once another one has the focus. */
async function looksElsewhere(page: Page): Promise<void> {
  await page.evaluate(`Object.defineProperty(document, "hasFocus", { value: () => false, configurable: true });
    window.dispatchEvent(new FocusEvent("blur"));`);
}

describe("F26, F28 a window that is reloaded while a run is under way", function () {
  this.timeout(300_000);
  const t = useWorkbench({ scenario: parseScenario(SCENARIO, "reload.yml"), picture: "reload" });

  it("offers to go on; nothing is asked of the model twice, nothing is lost, and all of it is accepted", async () => {
    const w = t.workbench;
    await w.runCommand("Braid: Plan Goal…");
    await w.quickInput("Three notes");
    await t.became("slow", "queued");
    await w.runCommand("Braid: Approve Plan");
    await t.became("quick", "ready to review");
    const asked = () => t.server.requests.map(({ facts }) => `${facts.role} ${facts.subtask} ${facts.turn}`);
    await w.waitFor("the slow worker's second turn", async () => asked().some((one) => one.endsWith("slow 2")));
    await w.waitFor("its row to say what it does", async () =>
      (await w.treeRows("Run")).some(({ label }) => label.startsWith("slow, running")),
    );

    await w.page.reload();
    // What it had done is there; that it can go on is said where its turn would be.
    await t.became("slow", "interrupted");
    await t.became("last", "queued");
    await t.shows(/^quick, ready to review/u);
    await t.picture("reload");
    await w.runCommand("Braid: Resume Run");
    await looksElsewhere(w.page);
    await t.became("last", "ready to review");
    assert.deepEqual(
      await w.waitFor("word of the end", async () => {
        const toasts = (await w.notificationText()).filter((text) => text.startsWith("Braid"));
        return toasts.length > 0 && toasts;
      }),
      ['Braid, "Three notes" has ended; 3 results wait for you.'],
    );
    await w.notificationButton("has ended", "Show");
    await w.webviewFrame(async (frame) => (await frame.getByText("Ready to review").count()) > 0);
    assert.deepEqual(
      asked().toSorted(),
      [
        "implementer last 1",
        "implementer last 2",
        "implementer quick 1",
        "implementer quick 2",
        "implementer slow 1",
        "implementer slow 2",
        "implementer slow 3",
        "planner  1",
        "planner  2",
      ],
      "each answer was asked for once",
    );

    // What the worker said and did: at its end, what is long folded, and found all the same.
    await w.runAndPick("Braid: Open Transcript", "slow");
    await w.page.locator(".tab.active", { hasText: "slow transcript.md" }).waitFor();
    const editor = w.page.locator(".editor-group-container.active .monaco-editor").first();
    await editor
      .locator(".view-line", { hasText: /seq\s1\s40.*lines\)/u })
      .first()
      .waitFor();
    await editor.locator(".inline-folded").first().waitFor();
    await editor.locator(".view-line", { hasText: /\sreport$/u }).waitFor();
    assert.equal(await editor.locator(".view-line", { hasText: /^39$/u }).count(), 0);
    await w.runCommand("Braid: Show Run as Text");
    await w.page.locator(".tab.active", { hasText: "report.md" }).waitFor();
    await editor.locator(".view-line", { hasText: /^#\sThree\snotes$/u }).waitFor();

    await w.runCommand("Braid: Accept All Passing");
    for (const { id } of PLAN.subtasks) await t.became(id, "accepted");
    assert.equal(t.repo.git("show", "HEAD:slow.txt"), "slow\nmore");
    assert.equal(t.repo.git("show", "HEAD:last.txt"), "last");
    assert.equal(t.repo.git("rev-list", "--count", "HEAD"), "4", "each accept is there once");
    assert.equal(t.repo.git("status", "--porcelain"), "");
    assert.equal(t.repo.git("worktree", "list").split("\n").length, 1);

    await w.runAndPick("Braid: Export Trace…", "Save as a File…");
    const input = w.page.locator(".quick-input-widget .quick-input-box input");
    await w.waitFor("a name for the file", async () => (await input.inputValue()).endsWith("-trace.jsonl"));
    const path = await input.inputValue();
    await input.press("Enter");
    // A file is there before it is whole.
    let text = "";
    await w.waitFor("the whole file", async () => {
      const before = text;
      text = existsSync(path) ? readFileSync(path, "utf8") : "";
      return text !== "" && text === before && isWhole(text);
    });
    const lines = text.trimEnd().split("\n");
    assert.deepEqual(
      lines.flatMap((line) => otlpProblems(JSON.parse(line))),
      [],
    );
    for (const name of ["invoke_workflow", "invoke_agent implementer", "chat", "execute_tool"])
      assert.ok(text.includes(`"name":"${name}`), name);
  });
});

/** Whether the last line of a file of JSON lines is one. */
function isWhole(text: string): boolean {
  try {
    JSON.parse(text.trimEnd().split("\n").at(-1) ?? "");
    return true;
  } catch {
    return false;
  }
}
