import * as vscode from "vscode";
import { BraidError } from "../core/failure";
import { readEvents } from "../run/log/store";
import { exportTrace } from "../run/log/trace-file";
import { traceSettings } from "../trace/target";
import type { CommandContext, Commands } from "./command-context";

/** `Braid: Export Trace…`. */
export function traceCommands(c: CommandContext): Commands {
  return { "braid.exportTrace": () => exportOne(c) };
}

/** A run's spans, into a file or to a collector, as the user chooses; turning away does nothing. */
async function exportOne(c: CommandContext): Promise<void> {
  // One that is only shown can be read, too.
  const run = c.owner.run ?? c.owner.shown ?? c.owner.require();
  const repo = "ports" in run ? run.ports.repo : run.repo;
  const settings = traceSettings(process.env);
  const title = vscode.l10n.t("Braid: Export Trace");
  const file = {
    label: vscode.l10n.t("Save as a File…"),
    detail: vscode.l10n.t("OpenTelemetry spans, as OTLP JSON lines"),
  };
  const send = { label: vscode.l10n.t("Send to a Collector…"), detail: vscode.l10n.t("over OTLP/HTTP") };
  const choice = await vscode.window.showQuickPick([file, send], { title });
  if (choice === undefined) return;
  const uri = choice === file ? await chooseFile(run.id) : undefined;
  const address = choice === send ? await askAddress(title, settings.target?.url) : undefined;
  if (uri === undefined && address === undefined) return;
  const { text, spans, failure } = await exportTrace(repo, run.id, {
    events: await readEvents(repo, run.id),
    settings,
    ...(address === undefined ? {} : { address }),
    signal: new AbortController().signal,
  });
  if (failure !== undefined) throw new BraidError(failure);
  if (uri !== undefined) await vscode.workspace.fs.writeFile(uri, Buffer.from(text));
  void vscode.window.setStatusBarMessage(
    uri === undefined
      ? vscode.l10n.t("Braid: {0} spans sent", spans)
      : vscode.l10n.t("Braid: {0} spans written to {1}", spans, uri.path.split("/").at(-1) ?? ""),
    5_000,
  );
}

function chooseFile(run: string): Thenable<vscode.Uri | undefined> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  return vscode.window.showSaveDialog({
    ...(folder === undefined ? {} : { defaultUri: vscode.Uri.joinPath(folder, `braid-${run}-trace.jsonl`) }),
    filters: { [vscode.l10n.t("JSON Lines")]: ["jsonl"] },
  });
}

function askAddress(title: string, known: string | undefined): Thenable<string | undefined> {
  return vscode.window.showInputBox({
    title,
    prompt: vscode.l10n.t("Address of a collector that takes OTLP over HTTP"),
    value: known ?? "http://localhost:4318",
    validateInput: (value) =>
      /^https?:\/\/\S+$/u.test(value.trim()) ? undefined : vscode.l10n.t("This is no http address."),
  });
}
