import assert from "node:assert/strict";
import * as vscode from "vscode";
import { Plan } from "../../src/core/plan/plan";
import { readPlanFile } from "../../src/core/plan/plan-file";
import { Report } from "../../src/core/report";
import type { AmendmentView } from "../../src/core/amendment/amendment-view";
import type { RunEvent } from "../../src/core/state/events";
import { subtasksOf, toRunView, type RunView } from "../../src/core/state/view";
import { visibleText } from "../../src/core/visible";
import { approvalItem } from "../../src/host/approvals";
import { planHover, toDiagnostic } from "../../src/host/plan/plan-providers";
import { messageOf } from "../../src/host/run-message";
import { amendmentItem } from "../../src/host/tree/amendment-rows";
import { fileItem, subtaskItem } from "../../src/host/tree/run-rows";
import { begun, planOf, stateAfter } from "../support/builders";
import { BECOMES_SOMETHING, PAYLOADS, rowOf } from "../support/hostile-text";

describe("what VS Code shows of strangers' texts", () => {
  for (const payload of PAYLOADS)
    it(`${rowOf(payload)} ${JSON.stringify(payload)} in rows is text, and all of it can be seen`, () => {
      const view = runWith(payload);
      const [subtask] = subtasksOf(view);
      const [file] = subtask?.files ?? [];
      assert.ok(subtask && file);
      const row = { kind: "file", subtask: subtask.id, path: file.path } as const;
      const items = [
        subtaskItem(subtask, { activity: payload, conflicts: true, proposed: undefined }),
        subtaskItem(subtask, { activity: payload, conflicts: false, proposed: { ticked: true } }),
        fileItem(row, subtask, file),
        approvalItem(
          { key: "k", about: "setup", subtask: null, source: payload, commands: [payload], answer: null },
          { kind: "approval", key: "k" },
        ),
        amendmentItem(amendment(payload), { kind: "amendment", number: 1 }),
        amendmentItem(amendment(payload), { kind: "change", number: 1, index: 0 }),
      ];
      for (const item of items) checkItem(item);
      const message = messageOf(view, payload) ?? "";
      assert.equal(visibleText(message, "prose"), message);
      assert.doesNotMatch(message, BECOMES_SOMETHING);
    });

  it("W06 the hover over a role shows what its file says as text, and can start nothing", async () => {
    const text = "task: t\nsubtasks:\n  - { id: a, agent: mine }\n";
    const document = await vscode.workspace.openTextDocument({ language: "yaml", content: text });
    const { token } = new vscode.CancellationTokenSource();
    for (const payload of PAYLOADS) {
      const facts = { ownRoles: new Map([["mine", payload]]), scripts: undefined };
      const place = document.positionAt(text.indexOf("mine"));
      const hover = await planHover(() => facts).provideHover(document, place, token);
      const [content] = hover?.contents ?? [];
      assert.ok(content instanceof vscode.MarkdownString);
      // Without these VS Code shows HTML as text, and neither runs a command nor draws an icon.
      assert.equal(content.isTrusted ?? false, false);
      assert.equal(content.supportHtml ?? false, false);
      assert.equal(content.supportThemeIcons ?? false, false);
      assert.doesNotMatch(content.value, /(?<!\\)\](?:\(|\[|:)/u);
      assert.equal(visibleText(content.value, "prose"), content.value);
    }
  });

  it("W05 problems of a plan name what cannot be seen", async () => {
    const hidden = PAYLOADS.filter((payload) => rowOf(payload) === "W05");
    const texts = hidden.map((payload) => `task: t\nsubtasks:\n  - { id: a, ${JSON.stringify(payload)}: 1 }\n`);
    const document = await vscode.workspace.openTextDocument({ language: "plaintext", content: "x\n".repeat(9) });
    for (const found of texts.flatMap((text) => readPlanFile(text).diagnostics)) {
      const { message } = toDiagnostic(document, found);
      assert.equal(visibleText(message, "prose"), message);
    }
  });
});

function checkItem(item: vscode.TreeItem): void {
  const { label, description, tooltip, accessibilityInformation } = item;
  assert.ok(typeof label === "string" && (tooltip === undefined || typeof tooltip === "string"));
  for (const text of [label, description, tooltip, accessibilityInformation?.label])
    if (typeof text === "string") assert.equal(visibleText(text, "prose"), text);
  for (const text of [label, description]) {
    if (typeof text !== "string") continue;
    assert.doesNotMatch(text, BECOMES_SOMETHING);
    assert.doesNotMatch(text, /\n/u);
  }
}

/** A run in which one text stands wherever a stranger's text can stand. */
function runWith(text: string): RunView {
  const plan = Plan.parse({ ...planOf({ id: "victim" }), task: text, subtasks: [{ id: "victim", agent: text }] });
  const commit = "1".repeat(40);
  const events: readonly RunEvent[] = [
    ...begun(plan),
    { type: "subtask.started", subtask: "victim", attempt: 1, base: commit, restsOn: [], worktree: text, model: text },
    {
      type: "subtask.finished",
      subtask: "victim",
      attempt: 1,
      report: Report.parse({ summary: text, decisions: [text] }),
      result: { commit, tree: commit, files: [{ path: text, from: text, status: "renamed" }] },
    },
  ];
  return toRunView(stateAfter(...events));
}

function amendment(text: string): AmendmentView {
  return {
    number: 1,
    by: "planner",
    reason: text,
    problem: text,
    commands: [text],
    changes: [{ kind: "added", id: text, text }],
  };
}
