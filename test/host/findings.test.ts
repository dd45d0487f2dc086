import assert from "node:assert/strict";
import { rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import * as vscode from "vscode";
import type { RunEvent } from "../../src/core/state/events";
import type { Finding } from "../../src/core/report";
import { toRunView, type RunView } from "../../src/core/state/view";
import { openRepository, type Repository } from "../../src/git/repository";
import { registerFindingActions } from "../../src/host/review/finding-commands";
import { FindingDiagnostics } from "../../src/host/review/finding-diagnostics";
import { Emitter } from "../../src/util/emitter";
import { begun, planOf, rejected, retried, started, stateAfter } from "../support/builders";
import { tempFolder, tempRepo, type TempRepo } from "../support/temp-repo";

const CODE = "export function a() {\n  return 1;\n}\n\nexport function b() {\n  return 2;\n}\n";

describe("findings in the editor", () => {
  let repo: TempRepo;
  let repository: Repository;
  let base: string;
  let findings: FindingDiagnostics | undefined;
  let view: RunView | undefined;
  const changed = new Emitter<void>();

  beforeEach(async () => {
    repo = tempRepo({ "src/code.js": CODE, "README.md": "# x\n" });
    base = repo.git("rev-parse", "HEAD");
    repository = await openRepository(repo.dir);
  });
  afterEach(() => {
    findings?.dispose();
    findings = undefined;
    view = undefined;
    repo.dispose();
  });

  const uri = (path = "src/code.js") => vscode.Uri.file(join(repo.dir, path));
  const found = (...list: readonly Finding[]): readonly RunEvent[] => [
    { ...started("quality"), base } as RunEvent,
    {
      type: "subtask.finished",
      subtask: "quality",
      attempt: 1,
      report: { summary: "s", files: [], findings: [...list], decisions: [], open_points: [] },
      result: null,
    },
  ];
  const show = (...events: readonly RunEvent[]) => {
    view = toRunView(stateAfter(...begun(planOf({ id: "quality", agent: "reviewer" })), ...events));
    findings ??= new FindingDiagnostics({
      get run() {
        return view === undefined ? undefined : { id: "r0000001", ports: { repo: repository } };
      },
      get view() {
        return view;
      },
      onDidChange: changed.event,
    });
    changed.fire();
  };
  const close = () => {
    view = undefined;
    changed.fire();
  };
  const marks = (path?: string) =>
    vscode.languages
      .getDiagnostics(uri(path))
      .filter((d) => d.source?.startsWith("Braid · "))
      .map((d) => `${d.range.start.line + 1} ${d.message}`);
  const became = async (expected: readonly string[], path?: string) => {
    const end = Date.now() + 20_000;
    while (JSON.stringify(marks(path)) !== JSON.stringify(expected)) {
      if (Date.now() > end) assert.deepEqual(marks(path), expected);
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  };
  const at = (line: number, message: string, more: Partial<Finding> = {}): Finding => ({
    file: "src/code.js",
    line,
    severity: "warning",
    message,
    ...more,
  });
  const edit = async (change: (edit: vscode.WorkspaceEdit) => void) => {
    const all = new vscode.WorkspaceEdit();
    change(all);
    assert.ok(await vscode.workspace.applyEdit(all));
  };

  it("stand on the words of their line, with severity, who said it and the fix", async () => {
    show(...found(at(2, "odd", { severity: "error", fix: "return 0" }), at(6, "fine", { severity: "info" })));
    await became(["2 odd", "6 fine"]);
    const [first, second] = vscode.languages.getDiagnostics(uri());
    assert.deepEqual([first?.range.start.character, first?.range.end.character], [2, 11]);
    assert.equal(first?.severity, vscode.DiagnosticSeverity.Error);
    assert.equal(second?.severity, vscode.DiagnosticSeverity.Information);
    assert.equal(first?.source, "Braid · reviewer");
    assert.equal(first?.relatedInformation?.[0]?.message, "Fix: return 0");
  });

  it("follow the text as it is edited, and go with the line they were about", async () => {
    const document = await vscode.workspace.openTextDocument(uri());
    show(...found(at(2, "odd"), at(6, "fine")));
    await became(["2 odd", "6 fine"]);
    await edit((e) => e.insert(uri(), new vscode.Position(0, 0), "// one\n// two\n"));
    await became(["4 odd", "8 fine"]);
    await edit((e) => e.replace(uri(), document.lineAt(3).range, "  return 3;"));
    await became(["8 fine"]);
    await edit((e) => e.replace(uri(), document.lineAt(3).range, "  return 1;"));
    await became(["4 odd", "8 fine"]);
    await vscode.commands.executeCommand("workbench.action.revertAndCloseActiveEditor");
  });

  it("follow a file that is not open and changed on disk since", async () => {
    repo.write("src/code.js", `// new\n${CODE.replace("return 2", "return 22")}`);
    show(...found(at(2, "odd"), at(6, "gone")));
    await became(["3 odd"]);
  });

  it("go when the subtask is tried again, when its result is rejected, and when the run is closed", async () => {
    const events = found(at(2, "odd"));
    show(...events);
    await became(["2 odd"]);
    show(...events, retried("quality"));
    await became([]);
    show(...events);
    await became(["2 odd"]);
    show(...events, rejected("quality"));
    await became([]);
    show(...events);
    await became(["2 odd"]);
    close();
    await became([]);
  });

  it("past the end stand on the last line, without a line on the first", async () => {
    show(...found(at(9_999, "far"), at(1, "whole", { line: undefined })));
    await became(["7 far", "1 whole"]);
  });

  it("lead to no file outside, through no link, into no folder and not into git's own", async () => {
    const outside = tempFolder();
    try {
      symlinkSync(join(repo.dir, "src/code.js"), join(repo.dir, "link.js"));
      symlinkSync(outside.dir, join(repo.dir, "out"));
      symlinkSync(join(repo.dir, "src"), join(repo.dir, "source"));
      const files = [
        "../x.js",
        "/etc/hostname",
        "link.js",
        "source/code.js",
        "out/x",
        "src",
        ".git/config",
        "absent.js",
        "\u0000",
        "src\\code.js",
      ];
      show(...found(at(2, "sound"), ...files.map((file) => at(1, `to ${file}`, { file }))));
      await became(["2 sound"]);
      const all = vscode.languages
        .getDiagnostics()
        .filter(([, list]) => list.some((d) => d.source?.startsWith("Braid · ")));
      assert.deepEqual(
        all.map(([where]) => where.fsPath),
        [uri().fsPath],
      );
    } finally {
      outside.dispose();
      for (const name of ["link.js", "out", "source"]) rmSync(join(repo.dir, name));
    }
  });

  it("show a model's words as text", async () => {
    show(...found(at(2, "red\u001b[31m \u202e[x](command:evil)")));
    await became(["2 red⟨U+001B⟩[31m ⟨U+202E⟩[x](command:evil)"]);
  });

  it("offer to have it mended, to copy the fix and to open the review; nothing that changes a file", async () => {
    show(...found(at(2, "odd", { fix: "return 0" })));
    await became(["2 odd"]);
    assert.ok(findings);
    const registered = registerFindingActions(findings);
    try {
      const document = await vscode.workspace.openTextDocument(uri());
      const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
        "vscode.executeCodeActionProvider",
        uri(),
        document.lineAt(1).range,
        vscode.CodeActionKind.QuickFix.value,
      );
      const ours = actions.filter((action) => action.command?.command.startsWith("braid."));
      assert.deepEqual(
        ours.map(({ title }) => title),
        ["Ask a worker to fix this", "Copy the suggested fix", "Open quality in the review"],
      );
      assert.ok(ours.every((action) => action.edit === undefined));
      assert.equal(findings.find(ours[0]?.command?.arguments?.[0])?.message, "odd");
      close();
      await became([]);
      assert.equal(findings.find(ours[0]?.command?.arguments?.[0]), undefined);
    } finally {
      registered.dispose();
    }
  });
});
