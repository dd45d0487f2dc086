import * as vscode from "vscode";
import type { ChangedFile } from "../core/events";
import { describeSetup } from "../core/setup";
import { subtasksOf, type RunView } from "../core/view";
import { isAtWork, type SubtaskView } from "../core/subtask-view";
import { costText } from "../core/usage";
import { asText } from "./as-text";
import type { RunOwner } from "./run-owner";
import { approvalItem } from "./approvals";
import { reviewUri } from "./review-documents";
import { statusIcon, statusWord } from "./status-icon";

/** A row of the tree; the same object for the same row, so that VS Code keeps selection and expansion. */
export type Row =
  | { readonly kind: "wave"; readonly wave: number }
  | { readonly kind: "subtask"; readonly id: string; readonly wave: number }
  | { readonly kind: "file"; readonly subtask: string; readonly path: string }
  | { readonly kind: "approval"; readonly key: string };

/** Changes that come closer together than this are drawn together, in milliseconds. */
const COALESCE_MS = 100;

/** The Run view: waves, their subtasks, and the files each has changed. Redraws the rows that differ, not the tree. */
export class RunTree implements vscode.TreeDataProvider<Row>, vscode.Disposable {
  readonly #owner: RunOwner;
  readonly #rows = new Map<string, Row>();
  readonly #changed = new vscode.EventEmitter<Row | undefined>();
  readonly #view: vscode.TreeView<Row>;
  readonly #listeners: readonly { dispose(): void }[];
  #shown: RunView | undefined;
  #touched = new Set<string>();
  readonly #tickedOff = new Set<string>();
  #timer: NodeJS.Timeout | undefined;

  readonly onDidChangeTreeData = this.#changed.event;

  constructor(owner: RunOwner) {
    this.#owner = owner;
    this.#view = vscode.window.createTreeView("braid.run", { treeDataProvider: this, showCollapseAll: true });
    this.#listeners = [
      this.#view.onDidChangeCheckboxState(({ items }) => {
        for (const [row, state] of items)
          if (row.kind === "subtask" && state === vscode.TreeItemCheckboxState.Unchecked) this.#tickedOff.add(row.id);
          else if (row.kind === "subtask") this.#tickedOff.delete(row.id);
      }),
      owner.onDidChange(() => this.#schedule()),
      owner.onDidAct(({ subtask }) => {
        this.#touched.add(subtask);
        this.#schedule();
      }),
    ];
    this.#refresh();
  }

  getChildren(row?: Row): Row[] {
    const view = this.#shown;
    if (view === undefined) return [];
    if (row === undefined)
      return [
        ...view.approvals.map(({ key }) => this.#row({ kind: "approval", key })),
        ...view.waves.map((wave) => this.#row({ kind: "wave", wave: wave.number })),
      ];
    if (row.kind === "wave")
      return (view.waves[row.wave - 1]?.subtasks ?? []).map((s) =>
        this.#row({ kind: "subtask", id: s.id, wave: s.wave }),
      );
    if (row.kind === "file" || row.kind === "approval") return [];
    return (this.#subtask(row.id)?.files ?? []).map((file) =>
      this.#row({ kind: "file", subtask: row.id, path: file.path }),
    );
  }

  getParent(row: Row): Row | undefined {
    if (row.kind === "wave" || row.kind === "approval") return undefined;
    if (row.kind === "subtask") return this.#row({ kind: "wave", wave: row.wave });
    const subtask = this.#subtask(row.subtask);
    return subtask === undefined ? undefined : this.#row({ kind: "subtask", id: subtask.id, wave: subtask.wave });
  }

  getTreeItem(row: Row): vscode.TreeItem {
    switch (row.kind) {
      case "approval":
        return approvalItem(
          this.#shown?.approvals.find((one) => one.key === row.key),
          row,
        );
      case "wave":
        return waveItem(row.wave, this.#shown?.waves[row.wave - 1]?.subtasks ?? [], this.#shown?.phase === "proposed");
      case "subtask": {
        const subtask = this.#subtask(row.id);
        return subtask === undefined
          ? new vscode.TreeItem(row.id)
          : subtaskItem(
              subtask,
              this.#owner.activity.get(row.id),
              this.#shown?.phase === "proposed" ? { ticked: !this.#tickedOff.has(row.id) } : undefined,
            );
      }
      case "file": {
        const subtask = this.#subtask(row.subtask);
        const file = subtask?.files.find((f) => f.path === row.path);
        return subtask === undefined || file === undefined
          ? new vscode.TreeItem(row.path)
          : fileItem(row, subtask, file);
      }
    }
  }

  /** The subtasks of a proposed plan that the user does not want carried out. */
  get tickedOff(): readonly string[] {
    return [...this.#tickedOff];
  }

  /** Subtasks and files the tree knows by row; commands get rows as arguments. */
  subtaskOf(row: Row | undefined): SubtaskView | undefined {
    const selected = row ?? this.#view.selection[0];
    if (selected === undefined || selected.kind === "wave" || selected.kind === "approval") return undefined;
    return this.#subtask(selected.kind === "subtask" ? selected.id : selected.subtask);
  }

  dispose(): void {
    clearTimeout(this.#timer);
    for (const listener of this.#listeners) listener.dispose();
    this.#view.dispose();
    this.#changed.dispose();
  }

  #subtask(id: string): SubtaskView | undefined {
    return this.#shown === undefined ? undefined : subtasksOf(this.#shown).find((s) => s.id === id);
  }

  #row(row: Row): Row {
    const key = keyOf(row);
    const known = this.#rows.get(key);
    if (known !== undefined && JSON.stringify(known) === JSON.stringify(row)) return known;
    this.#rows.set(key, row);
    return row;
  }

  #schedule(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#refresh();
    }, COALESCE_MS);
  }

  #refresh(): void {
    const before = this.#shown;
    const after = this.#owner.view;
    const touched = this.#touched;
    this.#shown = after;
    this.#touched = new Set();
    this.#decorate(after);
    if (before === undefined || after === undefined || before.id !== after.id || shape(before) !== shape(after)) {
      this.#rows.clear();
      this.#tickedOff.clear();
      return this.#changed.fire(undefined);
    }
    const old = new Map(subtasksOf(before).map((s) => [s.id, s]));
    const waves = new Set<number>();
    for (const subtask of subtasksOf(after)) {
      const differs = signature(old.get(subtask.id)) !== signature(subtask);
      if (differs) waves.add(subtask.wave);
      if (differs || touched.has(subtask.id))
        this.#changed.fire(this.#row({ kind: "subtask", id: subtask.id, wave: subtask.wave }));
    }
    for (const wave of waves) this.#changed.fire(this.#row({ kind: "wave", wave }));
  }

  #decorate(view: RunView | undefined): void {
    const waiting = view?.waiting ?? 0;
    this.#view.badge =
      waiting === 0
        ? undefined
        : { value: waiting, tooltip: vscode.l10n.t("{0} results or questions wait for you", waiting) };
    this.#view.description =
      view === undefined ? "" : `${view.phase} · ${costText(view.usage, (usd) => `$${usd.toFixed(2)}`)}`;
    this.#view.message = messageOf(view, this.#owner.activity.get("")) ?? "";
  }
}

/** What the view says above its rows: the goal, and what to do next. */
function messageOf(view: RunView | undefined, planning: string | undefined): string | undefined {
  if (view === undefined) return undefined;
  const asked = view.questions.find((question) => question.subtask === null);
  if (asked !== undefined) return vscode.l10n.t("The planner asks: {0}", asText(asked.text));
  if (view.phase === "planning")
    return vscode.l10n.t("Planning: {0}{1}", view.goal, planning === undefined ? "" : ` — ${planning}`);
  if (view.phase === "proposed")
    return vscode.l10n.t("{0} — approve the plan to start, or open it to edit.", view.planNote ?? view.goal);
  return view.failure === null ? view.goal : `${view.failure.message} ${view.failure.hint ?? ""}`;
}

function waveItem(number: number, subtasks: readonly SubtaskView[], proposed: boolean): vscode.TreeItem {
  const item = new vscode.TreeItem(vscode.l10n.t("Wave {0}", number), vscode.TreeItemCollapsibleState.Expanded);
  const settled = subtasks.filter((s) => s.status !== "queued" && !isAtWork(s) && s.status !== "blocked").length;
  item.id = `wave-${number}`;
  item.description = proposed ? proposedWave(subtasks.length) : `${settled}/${subtasks.length}`;
  item.contextValue = "wave";
  item.accessibilityInformation = {
    label: vscode.l10n.t("Wave {0}, {1} of {2} subtasks ended", number, settled, subtasks.length),
  };
  return item;
}

function proposedWave(count: number): string {
  return count === 1 ? vscode.l10n.t("1 subtask") : vscode.l10n.t("{0} in parallel", count);
}

/** `proposed` where the plan waits for approval: whether this subtask is to be part of it. */
function subtaskItem(
  s: SubtaskView,
  activity: string | undefined,
  proposed: { readonly ticked: boolean } | undefined,
): vscode.TreeItem {
  const state = s.files.length > 0 ? vscode.TreeItemCollapsibleState.Collapsed : vscode.TreeItemCollapsibleState.None;
  const item = new vscode.TreeItem(s.id, state);
  const word = statusWord(s.status);
  const attempt = s.attempt > 1 ? ` · ${vscode.l10n.t("attempt {0}", s.attempt)}` : "";
  item.id = `subtask-${s.id}`;
  item.iconPath = statusIcon(s.status);
  if (proposed !== undefined) {
    const state = proposed.ticked ? vscode.TreeItemCheckboxState.Checked : vscode.TreeItemCheckboxState.Unchecked;
    item.checkboxState = { state, tooltip: vscode.l10n.t("Untick to leave {0} out of the run", s.id) };
  }
  item.description = proposed !== undefined ? `${s.role} · ${s.objective}` : standing(s, word, activity);
  item.contextValue = `subtask ${s.status}${s.reviewable ? " reviewable" : ""}${s.files.length > 0 ? " changed" : ""}`;
  const asks = s.status === "asks" ? `, ${s.reason ?? ""}` : "";
  item.accessibilityInformation = { label: `${s.id}, ${word}, ${s.role}${attempt}${asks}` };
  item.tooltip = tooltipOf(s);
  item.command = {
    command: "braid.openReview",
    title: vscode.l10n.t("Open Review"),
    arguments: [{ kind: "subtask", id: s.id, wave: s.wave }],
  };
  return item;
}

/** What a row says behind its name. A question comes before the role: the end of a row may be out of sight. */
function standing(s: SubtaskView, word: string, activity: string | undefined): string {
  const attempt = s.attempt > 1 ? ` · ${vscode.l10n.t("attempt {0}", s.attempt)}` : "";
  const now = nowOf(s, activity);
  return s.status === "asks" ? `${word}${now} · ${s.role}${attempt}` : `${word} · ${s.role}${attempt}${now}`;
}

/** What its worker does now, or wants to know. */
function nowOf({ status, reason }: SubtaskView, activity: string | undefined): string {
  const said = status === "asks" ? reason : status === "running" ? (reason ?? activity) : undefined;
  return said === undefined || said === null ? "" : ` · ${said.replaceAll(/\s+/gu, " ")}`;
}

/** Plain text: none of it is ours. */
function tooltipOf(s: SubtaskView): string {
  const list = (title: string, items: readonly string[]) =>
    items.length === 0 ? "" : `${title}\n${items.map((item) => `  ${item}`).join("\n")}`;
  return [
    s.objective,
    s.reason ?? "",
    s.report?.summary ?? "",
    s.setup === null ? "" : vscode.l10n.t("Worktree {0}", describeSetup(s.setup)),
    list(vscode.l10n.t("May change:"), s.scope),
    list(vscode.l10n.t("Verified in the sandbox by:"), s.verify),
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}

function fileItem(row: Row & { kind: "file" }, subtask: SubtaskView, file: ChangedFile): vscode.TreeItem {
  const item = new vscode.TreeItem(reviewUri(file.path, subtask.commit));
  const counts = file.added === undefined ? vscode.l10n.t("binary") : `+${file.added} −${file.deleted ?? 0}`;
  item.id = `file-${row.subtask}-${row.path}`;
  item.description = `${file.status === "modified" ? "" : `${file.status} `}${counts}`;
  item.contextValue = "file";
  item.command = { command: "braid.openFileDiff", title: vscode.l10n.t("Open Changes"), arguments: [row] };
  item.accessibilityInformation = { label: `${file.path}, ${file.status}, ${counts}` };
  return item;
}

function keyOf(row: Row): string {
  switch (row.kind) {
    case "wave":
      return `w${row.wave}`;
    case "subtask":
      return `s${row.id}`;
    case "file":
      return `f${row.subtask}\0${row.path}`;
    case "approval":
      return `a${row.key}`;
  }
}

function shape(view: RunView): string {
  const asked = view.approvals.map((one) => one.key).join(",");
  const ids = asked + view.waves.map((wave) => wave.subtasks.map((s) => s.id).join(",")).join(";");
  // A proposed plan reads differently in every row.
  return view.phase === "proposed" ? `proposed ${ids}` : ids;
}

function signature(s: SubtaskView | undefined): string {
  return s === undefined ? "" : [s.status, s.reason, s.attempt, s.commit, s.reviewable].join("|");
}
