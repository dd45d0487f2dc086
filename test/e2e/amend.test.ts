import assert from "node:assert/strict";
import type { Frame } from "playwright-core";
import { parseScenario } from "../../src/demo/scenario";
import { violations } from "../support/axe";
import { chosenBuild, FLOOR } from "../workbench/install";
import { useWorkbench } from "../workbench/use-workbench";
import type { Workbench } from "../workbench/workbench";
import { THEME_NAMES, themeColours, THEMES } from "./panel/themes";

const SCENARIO = `rules:
  - when: { system_contains: submit_amendment, contains: Note from the user }
    reply: [{ tool: submit_amendment, input: { reason: The user wants more., add: [{ id: more, files: [more.txt] }] } }]
  - when: { system_contains: submit_amendment, contains: Wrote mend }
    reply: [{ tool: submit_amendment, input: { reason: The goal needs no more. } }]
  - when: { system_contains: submit_amendment }
    reply:
      - tool: submit_amendment
        input:
          reason: The survey found one file that is missing.
          add: [{ id: mend, description: Write the missing file, dependencies: [survey], verify: [test -f mend.txt] }]
  - when: { role: planner }
    reply: [{ tool: submit_plan, input: { plan: { pattern: hierarchical, subtasks: [{ id: survey, agent: researcher }] } } }]
  - when: { role: researcher }
    reply: [{ tool: report, input: { summary: One file is missing. } }]
  - when: { role: implementer, turn: 1 }
    reply: [{ tool: write, input: { file_path: "{{subtask}}.txt", content: "{{subtask}}" } }]
  - when: { role: implementer }
    reply: [{ tool: report, input: { summary: "Wrote {{subtask}}.txt." } }]
`;

describe("an amendment in the workbench", function () {
  this.timeout(240_000);
  const t = useWorkbench({
    scenario: parseScenario(SCENARIO, "test.yml"),
    picture: "amend",
  });

  it("shows what a level brings, waits, and goes on once it is approved; a second one is declined", async () => {
    const w = t.workbench;
    const { labels, shows } = t;
    await w.runCommand("Braid: Plan Goal…");
    await w.quickInput("Mend what is missing");
    await shows(/^survey,/u);
    await w.runCommand("Braid: Approve Plan");
    await shows(/^Amendment 1, waits for approval, The survey found one file/u);
    await shows(/^mend, added, implementer after survey: Write the missing file/u);
    await w.runCommand("Braid: Open Review");
    const panel = await w.webviewFrame(async (frame) => (await frame.locator(".amendment").count()) > 0);
    assert.match(
      await panel.locator(".amendment").innerText(),
      /Amendment 1 waits for approval\s+The survey found.*\s+Added\s+mend\s+implementer after survey.*\s+Will run in the sandbox\s+test -f mend\.txt/u,
    );
    await keepsNobodyOut(w, panel);
    await panel.getByRole("button", { name: "Approve Amendment" }).click();
    await shows(/^mend, ready to review/u);
    assert.ok(!(await labels()).some((label) => label.startsWith("Amendment")));

    await w.runCommand("Braid: Amend Plan…");
    await w.quickInput("one more file");
    await shows(/^Amendment 2, waits for approval, The user wants more/u);
    await w.runCommand("Braid: Decline Amendment…");
    await w.quickInput("not now");
    await w.waitFor("no amendment", async () => !(await labels()).some((label) => label.startsWith("Amendment")));
    assert.ok(!(await labels()).some((label) => label.startsWith("more,")));
  });
});

/** In each of VS Code's own themes; and the colours the other tests of the panel are given are those of the real one. */
async function keepsNobodyOut(w: Workbench, panel: Frame): Promise<void> {
  const colours = `Object.fromEntries([...document.documentElement.style].map((name) => [name, document.documentElement.style.getPropertyValue(name)]))`;
  for (const theme of THEMES) {
    await w.runCommand("Preferences: Color Theme");
    // The list is longer than what of it is drawn.
    await w.page.locator(".quick-input-widget .quick-input-box input").fill(THEME_NAMES[theme]);
    await w.quickPick(THEME_NAMES[theme]);
    await w.waitFor(`the theme ${theme}`, async () => {
      const name = await panel.evaluate("document.body.dataset.vscodeThemeName");
      return name === THEME_NAMES[theme];
    });
    assert.deepEqual(await violations(panel), [], theme);
    if (chosenBuild() !== FLOOR) continue;
    const real = await panel.evaluate<Readonly<Record<string, string>>>(colours);
    for (const [name, value] of Object.entries(themeColours(theme)))
      assert.equal(real[`--vscode-${name}`], value, `${name} in ${theme}`);
  }
}
