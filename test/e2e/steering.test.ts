import assert from "node:assert/strict";
import { parseScenario } from "../../src/demo/scenario";
import { useWorkbench } from "../workbench/use-workbench";

const SCENARIO = `rules:
  - when: { role: planner, turn: 1 }
    reply: [{ tool: ask, input: { question: "Which part first? [x](command:braid.cancelRun)", why: "${"What is printed hangs on what is parsed. ".repeat(12)}And that is the end.", options: [printing, parsing] } }]
  - when: { role: planner, last_result_contains: "answers: parsing" }
    reply: [{ tool: submit_plan, input: { plan: { task: t, subtasks: [{ id: parsing }, { id: lasting }] } } }]
  - when: { subtask: parsing, turn: 1 }
    reply: [{ tool: ask, input: { question: Tabs or spaces? } }]
  - when: { subtask: parsing, turn: 2 }
    reply: [{ tool: write, input: { file_path: parsing.md, content: "{{last_result}}" } }]
  - when: { subtask: lasting, attempt: 1, turn: 1 }
    reply: [{ tool: write, input: { file_path: half.md, content: half } }]
  - when: { subtask: lasting, attempt: 1, turn: 2 }
    reply: [{ tool: bash, input: { command: sleep 300 } }]
  - when: { subtask: lasting, turn: 1 }
    reply: [{ tool: write, input: { file_path: whole.md, content: "{{role}} {{model}}" } }]
  - when: { turn: "3.." }
    reply: [{ tool: report, input: { summary: Done. } }]
  - when: { turn: 2 }
    reply: [{ tool: report, input: { summary: Done. } }]
`;

/** Whether some of an element's text is out of sight. */
const isCut = (element: { scrollWidth: number; clientWidth: number; scrollHeight: number; clientHeight: number }) =>
  element.scrollWidth > element.clientWidth || element.scrollHeight > element.clientHeight;

describe("questions and steering in the workbench", function () {
  this.timeout(240_000);
  const t = useWorkbench({
    scenario: parseScenario(SCENARIO, "test.yml"),
    picture: "steering",
  });

  it("a notification asks, its answer moves the run on; a worker is told, stopped, and replaced", async () => {
    const w = t.workbench;
    const label = (start: RegExp) =>
      w.waitFor(`a row ${start}`, async () =>
        (await w.treeRows("Run")).map((row) => row.label).find((text) => start.test(text)),
      );

    await w.runCommand("Braid: Plan Goal…");
    await w.quickInput("Do the parts");
    await w.notificationButton("the planner asks: Which part first?", "Answer…");
    // The model's words are text: nothing in the notification or the pick is a link.
    assert.equal(await w.page.locator(".notifications-toasts a[href^='command:']").count(), 0);
    await w.screenshot("test/e2e/screenshots/question-pick.png");
    assert.deepEqual(await w.quickPickLabels(), ["printing", "parsing", "Another answer…"]);
    // A long question can be read to its end where it is answered.
    const title = w.page.locator(".quick-input-title");
    assert.match(await title.innerText(), /the planner asks: Which part first\?.*And that is the end\.\)$/su);
    assert.equal(await title.evaluate(isCut), false);
    await w.quickPick("parsing");
    await label(/^parsing,/u);

    // The one that was picked, and not the first.
    await w.runAndPick("Braid: Show Planned Subtask", "lasting");
    await w.webviewFrame(async (frame) => (await frame.locator("#subtask-title", { hasText: "lasting" }).count()) > 0);
    await w.runCommand("View: Close All Editors");

    await w.runCommand("Braid: Approve Plan");
    await label(/^parsing, needs input, implementer, Tabs or spaces\?/u);
    await w.screenshot("test/e2e/screenshots/question-asked.png");
    await w.runCommand("Braid: Answer Question…");
    await w.quickInput("tabs");
    await label(/^parsing, ready to review/u);

    await label(/^lasting, running/u);
    await w.runCommand("Braid: Message Worker…");
    await w.quickInput("be quick");
    await w.runCommand("Braid: Stop Subtask");
    await label(/^lasting, cancelled/u);
    await w.runCommand("Braid: Retry Subtask As…");
    await w.quickPick("lasting");
    await w.quickPick("documenter");
    await w.quickPick("opus");
    await w.quickInput("take care");
    await label(/^lasting, ready to review, documenter · attempt 2/u);
    const refs = t.repo.git("for-each-ref", "--format=%(refname)", "refs/braid").split("\n");
    const ref = (end: string) => refs.find((name) => name.endsWith(end)) ?? "";
    assert.equal(t.repo.git("show", `${ref("/1/1")}:parsing.md`), "The user answers: tabs");
    assert.equal(t.repo.git("show", `${ref("/2/1")}:half.md`), "half");
    assert.match(t.repo.git("show", `${ref("/2/2")}:whole.md`), /^documenter claude-opus/u);
  });
});
