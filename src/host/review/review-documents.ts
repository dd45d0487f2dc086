import { basename } from "node:path";
import * as vscode from "vscode";
import type { ChangedFile } from "../../core/state/events";
import { BraidError, failure } from "../../core/failure";
import type { SubtaskView } from "../../core/state/subtask-view";
import { changedFiles } from "../../git/diff";
import { readBlob, readRef, type Repository } from "../../git/repository";
import { asText } from "../as-text";

/** Scheme of the read-only documents a review compares: one path as it stands in one commit. */
export const REVIEW_SCHEME = "braid-review";

/** A side of a comparison; with `subtask`, of one of its results. */
export function reviewUri(path: string, commit: string | null, subtask?: string): vscode.Uri {
  const fragment = subtask === undefined ? {} : { fragment: subtask };
  return vscode.Uri.from({ scheme: REVIEW_SCHEME, path: `/${path}`, query: commit ?? "", ...fragment });
}

/** What a side of a comparison shows of which subtask; undefined for other documents. */
export function reviewPlace(
  uri: vscode.Uri,
): { readonly path: string; readonly commit: string; readonly subtask: string } | undefined {
  if (uri.scheme !== REVIEW_SCHEME || uri.fragment === "") return undefined;
  return { path: uri.path.slice(1), commit: uri.query, subtask: uri.fragment };
}

/** Serves those documents from git; a file that does not exist on a side is empty there, a commit nobody knows is a failure. */
export function registerReviewDocuments(repository: () => Promise<Repository>): vscode.Disposable {
  return vscode.workspace.registerTextDocumentContentProvider(REVIEW_SCHEME, {
    async provideTextDocumentContent(uri) {
      if (!/^[0-9a-f]{40,64}$/u.test(uri.query)) return "";
      const repo = await repository();
      const blob = await readBlob(repo, uri.query, uri.path.slice(1));
      if (blob === undefined) {
        await requireCommit(repo, uri.query);
        return "";
      }
      return blob.includes(0) ? vscode.l10n.t("(binary file, {0} bytes)", blob.length) : blob.toString("utf8");
    },
  });
}

/** An empty side says that the file is not there; nobody may say so of a commit they cannot see. */
async function requireCommit(repo: Repository, commit: string): Promise<void> {
  if ((await readRef(repo, commit)) === undefined)
    throw new BraidError(
      failure("result.missing", `${repo.dir} has no commit ${commit}.`, { hint: "Open the run this result is of." }),
    );
}

/** Opens one changed file of a result in VS Code's own diff editor. */
export async function openFileDiff(subtask: SubtaskView, file: ChangedFile): Promise<void> {
  const { left, right } = sides(subtask, file);
  await vscode.commands.executeCommand(
    "vscode.diff",
    left,
    right,
    `${asText(basename(file.path), "code")} (${subtask.id})`,
    {
      preview: true,
    },
  );
}

/** Opens all changed files of a result in VS Code's multi-diff editor. */
export async function openAllDiffs(subtask: SubtaskView): Promise<void> {
  const rows = subtask.files.map((file) => {
    const { left, right } = sides(subtask, file);
    return [right, file.status === "added" ? undefined : left, file.status === "deleted" ? undefined : right];
  });
  await vscode.commands.executeCommand("vscode.changes", vscode.l10n.t("Changes of {0}", subtask.id), rows);
}

/** Opens what a result changed since the attempt before it, file by file. Throws `result.missing` where there is none. */
export async function openSinceLast(
  repo: Repository,
  subtask: SubtaskView,
  last: { readonly attempt: number; readonly commit: string },
): Promise<void> {
  const { id, commit } = subtask;
  if (commit === null) throw new BraidError(failure("result.missing", `"${id}" has no result.`));
  const files = await changedFiles(repo, last.commit, commit);
  if (files.length === 0)
    throw new BraidError(failure("result.missing", `"${id}" changed nothing since attempt ${last.attempt}.`));
  const rows = files.map((file) => {
    const right = reviewUri(file.path, commit, id);
    const left = reviewUri(file.from ?? file.path, last.commit);
    return [right, file.status === "added" ? undefined : left, file.status === "deleted" ? undefined : right];
  });
  await vscode.commands.executeCommand(
    "vscode.changes",
    vscode.l10n.t("{0} since attempt {1}", id, last.attempt),
    rows,
  );
}

function sides(subtask: SubtaskView, file: ChangedFile): { readonly left: vscode.Uri; readonly right: vscode.Uri } {
  return {
    left: reviewUri(file.from ?? file.path, file.status === "added" ? null : subtask.base, subtask.id),
    // Of a deleted file, too: an empty text that says which result it is of.
    right: reviewUri(file.path, subtask.commit, subtask.id),
  };
}
