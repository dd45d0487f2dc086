import * as vscode from "vscode";
import { toFailure } from "../../core/failure";
import { subtasksOf } from "../../core/state/view";
import { readRef } from "../../git/repository";
import { previewMerge } from "../../run/accept/resolving";
import type { Run } from "../../run/run";
import type { RunOwner } from "../run-owner";
import { onDidChangeResults } from "./results-change";

/** Whose run it is. */
type Owner = Pick<RunOwner, "run" | "view" | "onDidChange">;

/** Changes that come closer together than this are looked at together, in milliseconds. */
const COALESCE_MS = 500;

/**
 * Which results that wait would conflict with the target as it stands. Merged in memory when a result or the target is another one: its
 * reflog tells of a move, and where git keeps none it is looked at when the window is.
 */
export class ConflictWatch implements vscode.Disposable {
  readonly #owner: Owner;
  readonly #onChange: (ids: readonly string[]) => void;
  readonly #listeners: readonly { dispose(): void }[];
  #watched: { readonly run: Run; readonly watcher: vscode.Disposable } | undefined;
  #timer: NodeJS.Timeout | undefined;
  #looking = false;
  /** Whether it conflicts, by result and target. */
  #known: ReadonlyMap<string, boolean> = new Map();
  #found: ReadonlySet<string> = new Set();

  constructor(owner: Owner, onChange: (ids: readonly string[]) => void) {
    this.#owner = owner;
    this.#onChange = onChange;
    this.#listeners = [
      onDidChangeResults(owner, () => this.#schedule()),
      vscode.window.onDidChangeWindowState(({ focused }) => focused && this.#schedule()),
    ];
    this.#schedule();
  }

  /** Whether this result would conflict, as far as is known. */
  has(subtask: string): boolean {
    return this.#found.has(subtask);
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#watched?.watcher.dispose();
    for (const listener of this.#listeners) listener.dispose();
  }

  #watchTarget(run: Run | undefined): void {
    if (run === this.#watched?.run) return;
    this.#watched?.watcher.dispose();
    this.#watched = undefined;
    if (run === undefined) return;
    const target = run.state().target.split("/");
    const folder = vscode.Uri.joinPath(vscode.Uri.file(run.ports.repo.commonDir), "logs", ...target.slice(0, -1));
    const watcher = vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(folder, target.at(-1) ?? ""));
    watcher.onDidCreate(() => this.#schedule());
    watcher.onDidChange(() => this.#schedule());
    this.#watched = { run, watcher };
  }

  #schedule(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      if (this.#looking) this.#schedule();
      else void this.#look();
    }, COALESCE_MS);
  }

  async #look(): Promise<void> {
    const { run } = this.#owner;
    this.#watchTarget(run);
    this.#looking = true;
    try {
      const found = run === undefined ? new Set<string>() : await this.#conflictsOf(run);
      const changed = [...new Set([...this.#found, ...found])].filter((id) => this.#found.has(id) !== found.has(id));
      this.#found = found;
      if (changed.length > 0) this.#onChange(changed);
    } catch (error) {
      // A menu offers less then; what asks for the merge itself says what is wrong.
      run?.ports.log(`Conflicts not looked for: ${toFailure(error).message}`);
    } finally {
      this.#looking = false;
    }
  }

  async #conflictsOf(run: Run): Promise<ReadonlySet<string>> {
    const waiting = subtasksOf(run.view).filter((s) => s.reviewable);
    if (waiting.length === 0) return new Set();
    const { repo } = run.ports;
    const target = await readRef(repo, run.state().target);
    const known = new Map<string, boolean>();
    const found = new Set<string>();
    for (const { id, commit } of target === undefined ? [] : waiting) {
      const key = `${commit} ${target}`;
      const conflicts = this.#known.get(key) ?? (await previewMerge(repo, run.state(), id)).merged.kind === "conflict";
      known.set(key, conflicts);
      if (conflicts) found.add(id);
    }
    this.#known = known;
    return found;
  }
}
