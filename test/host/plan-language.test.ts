import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import * as vscode from "vscode";

const SOUND = `task: Add a thing
subtasks:
  - id: a
    estimated_time: 30min
  - id: b
    agent: tester
  - id: c
    files: [c.txt]
`;

describe("a plan in the editor", () => {
  before(() => vscode.extensions.getExtension("braid.braid")?.activate());
  afterEach(() => vscode.commands.executeCommand("workbench.action.closeAllEditors"));

  it("shows each problem at its place, follows the text, and forgets when it is closed", async () => {
    const document = await open("tasks-orchestration.yml", SOUND.replace("tester", "wizard"));
    const [role] = await diagnostics(document, (found) => found.length === 1);
    assert.match(role?.message ?? "", /Unknown role "wizard"/u);
    assert.equal(role?.severity, vscode.DiagnosticSeverity.Error);
    assert.equal(document.getText(role?.range), "wizard");

    await edit(document, "wizard", "tester");
    await diagnostics(document, (found) => found.length === 0);

    await edit(document, "c.txt]", "c.txt]\n  - id: d\n    files: [c.txt]");
    const [overlap] = await diagnostics(document, (found) => found.length === 1);
    assert.match(overlap?.message ?? "", /also changed by "c" in wave 1/u);
    assert.equal(overlap?.severity, vscode.DiagnosticSeverity.Warning);
    assert.equal(overlap?.range.start.line, 9);

    await vscode.commands.executeCommand("workbench.action.files.revert");
    await diagnostics(document, ([found]) => /Unknown role "wizard"/u.test(found?.message ?? ""));
    await vscode.commands.executeCommand("workbench.action.closeActiveEditor");
    await diagnostics(document, (found) => found.length === 0);
  });

  it("is judged above its first line, and can be run from there", async () => {
    const document = await open("gate.braid.yml", SOUND);
    const lenses = await lensesOf(document, (found) => found.length === 2);
    assert.ok(lenses.every((lens) => lens.range.start.line === 0));
    assert.equal(lenses[0]?.command?.command, "braid.runPlan");
    assert.match(
      lenses[1]?.command?.title ?? "",
      /^Recommended: in parallel · 3 subtasks · 1 wave · 36 min, by one worker 1 h · .* tokens · \$.* · critical path a \(30 min\)$/u,
    );

    await edit(document, "subtasks:", "subtasks: none\nx:");
    const [problem] = await lensesOf(document, (found) => found.length === 1);
    assert.match(problem?.command?.title ?? "", /2 problems keep this plan from running/u);
  });

  it("is one too when it has no name yet", async () => {
    const document = await vscode.workspace.openTextDocument({ language: "yaml", content: `${SOUND}    model: x\n` });
    await vscode.window.showTextDocument(document);
    const [model] = await diagnostics(document, (found) => found.length === 1);
    assert.match(model?.message ?? "", /Unknown model "x"/u);
  });

  it("offers keys, roles and ids", async () => {
    const document = await open("words.braid.yml", `${SOUND}    \n    dependencies: []\n`);
    await lensesOf(document, (found) => found.length > 0);
    const labels = async (line: number, character: number) => {
      const list = await vscode.commands.executeCommand<vscode.CompletionList>(
        "vscode.executeCompletionItemProvider",
        document.uri,
        new vscode.Position(line, character),
      );
      return list.items.map((item) => (typeof item.label === "string" ? item.label : item.label.label));
    };
    assert.ok((await labels(8, 4)).includes("acceptance"));
    assert.ok((await labels(5, 11)).includes("documenter"));
    const ids = await labels(9, 19);
    assert.ok(ids.includes("a") && ids.includes("b") && !ids.includes("c"));
  });

  it("explains the key under the pointer", async () => {
    const document = await open("hover.braid.yml", SOUND);
    await lensesOf(document, (found) => found.length > 0);
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
      "vscode.executeHoverProvider",
      document.uri,
      new vscode.Position(3, 6),
    );
    const text = hovers.flatMap((hover) => hover.contents.map((c) => (typeof c === "string" ? c : c.value))).join("\n");
    assert.match(text, /How long it will take/u);
  });

  it("leaves other YAML alone", async () => {
    const other = await open("deploy.yml", SOUND.replace("tester", "wizard"));
    const plan = await open("last.braid.yml", SOUND.replace("tester", "wizard"));
    await diagnostics(plan, (found) => found.length === 1);
    assert.deepEqual(vscode.languages.getDiagnostics(other.uri), []);
    assert.deepEqual(
      await vscode.commands.executeCommand<vscode.CodeLens[]>("vscode.executeCodeLensProvider", other.uri),
      [],
    );
  });
});

async function open(name: string, text: string): Promise<vscode.TextDocument> {
  const folder = vscode.workspace.workspaceFolders?.[0];
  assert.ok(folder, "no folder is open");
  const file = join(folder.uri.fsPath, name);
  writeFileSync(file, text);
  // As a user opens it: what an extension opens stays open for minutes after its editor is closed.
  await vscode.commands.executeCommand("vscode.open", vscode.Uri.file(file), { preview: false });
  const document = vscode.window.activeTextEditor?.document;
  assert.equal(document?.uri.fsPath, file);
  return document;
}

async function edit(document: vscode.TextDocument, from: string, to: string): Promise<void> {
  const start = document.getText().indexOf(from);
  assert.ok(start >= 0, `no ${from} in the document`);
  const change = new vscode.WorkspaceEdit();
  const range = new vscode.Range(document.positionAt(start), document.positionAt(start + from.length));
  change.replace(document.uri, range, to);
  assert.ok(await vscode.workspace.applyEdit(change));
}

/** The document's diagnostics, as soon as they fit. */
async function diagnostics(
  document: vscode.TextDocument,
  fits: (found: readonly vscode.Diagnostic[]) => boolean,
): Promise<readonly vscode.Diagnostic[]> {
  for (const start = Date.now(); ;) {
    const changed = nextChange();
    const found = vscode.languages.getDiagnostics(document.uri).filter((d) => d.source === "Braid");
    if (fits(found)) return found;
    const told = `in vain for ${fits.toString()}: ${JSON.stringify(found)}, closed: ${document.isClosed}, text:\n${document.getText()}`;
    assert.ok(await within(changed, start + LIMIT_MS - Date.now()), told);
  }
}

/** How long diagnostics may take, in milliseconds. */
const LIMIT_MS = 20_000;

function within(promise: Promise<void>, ms: number): Promise<boolean> {
  return Promise.race([
    promise.then(() => true),
    new Promise<boolean>((resolve) => setTimeout(() => resolve(false), Math.max(0, ms))),
  ]);
}

/** The document's lenses, as soon as they fit; each judgement sets the diagnostics anew before it changes the lenses. */
async function lensesOf(
  document: vscode.TextDocument,
  fits: (found: readonly vscode.CodeLens[]) => boolean,
): Promise<readonly vscode.CodeLens[]> {
  for (;;) {
    const changed = nextChange();
    const found = await vscode.commands.executeCommand<vscode.CodeLens[]>(
      "vscode.executeCodeLensProvider",
      document.uri,
    );
    if (fits(found)) return found;
    await changed;
  }
}

function nextChange(): Promise<void> {
  return new Promise((resolve) => {
    const listener = vscode.languages.onDidChangeDiagnostics(() => {
      listener.dispose();
      resolve();
    });
  });
}
