import * as vscode from "vscode";
import { transcriptText } from "../core/transcript-text";
import { readTranscriptOf } from "../run/log/transcript-files";
import { isRunId } from "../run/log/places";
import { readRun } from "../run/log/store";
import { asText } from "./as-text";
import { chooseSubtask } from "./choose-subtask";
import type { CommandContext, Commands } from "./command-context";
import type { RunOwner } from "./run-owner";
import { keepTranscriptsReadable, showEnd } from "./transcript-view";
import { repositoryOf } from "./workspace-repository";

/** Scheme of the read-only transcripts; the path names run and subtask. */
const SCHEME = "braid-transcript";
/** What the tab says beside the subtask: notes and reports are called like it, too. */
const NAMED = " transcript";
/** A transcript is read again this long after something was said, in milliseconds. */
const QUIET_MS = 500;

/**
 * Serves what an agent said and did as a document of VS Code's own: searched, folded and outlined as any other, and written anew while
 * the agent works. Who looks at its end stays there.
 */
export function registerTranscripts(owner: RunOwner): vscode.Disposable {
  const changed = new vscode.EventEmitter<vscode.Uri>();
  let timer: NodeJS.Timeout | undefined;
  const open = () => vscode.workspace.textDocuments.filter(({ uri }) => uri.scheme === SCHEME);
  const soon = (): void => {
    if (timer !== undefined || open().length === 0) return;
    timer = setTimeout(() => {
      timer = undefined;
      for (const { uri } of open()) if (placeOf(uri)?.run === owner.view?.id) changed.fire(uri);
    }, QUIET_MS);
  };
  return vscode.Disposable.from(
    changed,
    new vscode.Disposable(() => clearTimeout(timer)),
    vscode.Disposable.from(owner.onDidChange(soon)),
    keepTranscriptsReadable(SCHEME),
    vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
      onDidChange: changed.event,
      provideTextDocumentContent: (uri) => read(owner, uri),
    }),
  );
}

/** `Braid: Open Transcript`. */
export function transcriptCommands(c: CommandContext): Commands {
  return {
    "braid.openTranscript": async (row) => {
      // One that is only shown can be read, too.
      const run = c.owner.run ?? c.owner.shown ?? c.owner.require();
      const { id } = await chooseSubtask(c, row, "begun");
      const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${run.id}/${id}${NAMED}.md` });
      const document = await vscode.workspace.openTextDocument(uri);
      showEnd(await vscode.window.showTextDocument(document, { preview: true }));
    },
  };
}

async function read(owner: RunOwner, uri: vscode.Uri): Promise<string> {
  const place = placeOf(uri);
  if (place === undefined) return "";
  const { run } = owner;
  const repo = run?.id === place.run ? run.ports.repo : await repositoryOf(place.run);
  const state = run?.id === place.run ? run.state() : await readRun(repo, place.run);
  const position = state.positions.get(place.subtask);
  if (position === undefined) return "";
  return transcriptText(asText(place.subtask), await readTranscriptOf(repo, place.run, position));
}

function placeOf({ path }: vscode.Uri): { readonly run: string; readonly subtask: string } | undefined {
  const [, run = "", subtask = ""] = /^\/(\w+)\/([^/]+)\.md$/u.exec(path.replace(`${NAMED}.md`, ".md")) ?? [];
  return isRunId(run) ? { run, subtask } : undefined;
}
