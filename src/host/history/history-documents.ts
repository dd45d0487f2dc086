import * as vscode from "vscode";
import { transcriptMarkdown } from "../../core/history/transcript-text";
import { BraidError, failure } from "../../core/failure";
import { writePlanFile } from "../../core/plan/plan-text";
import { listTranscripts, readTranscript } from "../../run/history/read-transcript";
import { readRun } from "../../run/log/store";
import { asText } from "../as-text";
import { showMarkdown } from "../show-markdown";
import { repositoryOf } from "../workspace-repository";

/** Scheme of read-only documents about a run: its plan, and what was said in it. The path names run and document. */
const HISTORY_SCHEME = "braid-history";

/** Serves those documents from the run's folder. */
export function registerHistoryDocuments(): vscode.Disposable {
  return vscode.workspace.registerTextDocumentContentProvider(HISTORY_SCHEME, {
    async provideTextDocumentContent({ path }) {
      const [, id = "", name = ""] = /^\/(\w+)\/([\w-]+)\.(?:md|yml)$/u.exec(path) ?? [];
      const repo = await repositoryOf(id);
      const state = await readRun(repo, id);
      if (path.endsWith(".yml")) return state.plan === undefined ? "" : (state.planText ?? writePlanFile(state.plan));
      const file = (await listTranscripts(repo, state)).find((each) => each.name === name);
      return transcriptMarkdown(file?.title ?? name, await readTranscript(repo, id, name));
    },
  });
}

/** Shows the plan of a run, to read. Throws `run.state` where it has none. */
export async function showPlanOf(id: string): Promise<void> {
  const state = await readRun(await repositoryOf(id), id);
  if (state.plan === undefined) throw new BraidError(failure("run.state", `Run ${id} has no plan.`));
  const document = await vscode.workspace.openTextDocument(
    vscode.Uri.from({ scheme: HISTORY_SCHEME, path: `/${id}/plan.yml` }),
  );
  await vscode.window.showTextDocument(document, { preview: true });
}

/** Lets the user choose what was said by whom in a run, and shows it. Throws `run.unknown` where nothing was kept. */
export async function pickTranscriptOf(id: string): Promise<void> {
  const repo = await repositoryOf(id);
  const files = await listTranscripts(repo, await readRun(repo, id));
  if (files.length === 0) throw new BraidError(failure("run.unknown", `Nothing that was said in run ${id} was kept.`));
  const chosen = await vscode.window.showQuickPick(
    files.map(({ name, title }) => ({ label: asText(title), description: name, name })),
    { title: vscode.l10n.t("Braid: Whose transcript?") },
  );
  if (chosen !== undefined)
    await showMarkdown(vscode.Uri.from({ scheme: HISTORY_SCHEME, path: `/${id}/${chosen.name}.md` }));
}
