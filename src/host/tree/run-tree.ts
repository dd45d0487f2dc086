import * as vscode from "vscode";
import { subtasksOf, type RunView } from "../../core/state/view";
import type { SubtaskView } from "../../core/state/subtask-view";
import type { LateView } from "../late-view";
import { briefTotalsOf } from "../totals";
import type { RunOwner } from "../run-owner";
import { ConflictWatch } from "../review/conflict-watch";
import { RunDrag, type OnDrop } from "./run-drag";
import { amendmentItem, changeRows } from "./amendment-rows";
import { approvalItem } from "../approvals";
import { messageOf, shownMessage } from "../run-message";
import { fileItem, keyOf, settledIn, shape, signature, subtaskItem, waveItem, type Row } from "./run-rows";

/** Changes that come closer together than this are drawn together, in milliseconds. */
const COALESCE_MS = 100;

/** The Run view: waves, their subtasks, and the files each has changed. Redraws the rows that differ, not the tree. */
export class RunTree implements vscode.TreeDataProvider<Row>, vscode.Disposable {
  readonly #owner: RunOwner;
  readonly #rows = new Map<string, Row>();
  readonly #changed = new vscode.EventEmitter<Row | undefined>();
  readonly #view: vscode.TreeView<Row>;
  readonly #listeners: readonly { dispose(): void }[];
  readonly #conflicts: ConflictWatch;
  #shown: RunView | undefined;
  #touched = new Set<string>();
  readonly #tickedOff = new Set<string>();
  #timer: NodeJS.Timeout | undefined;

  readonly onDidChangeTreeData = this.#changed.event;

  constructor(owner: RunOwner, late: LateView<Row>, onDrop: OnDrop) {
    this.#owner = owner;
    this.#view = late.view;
    late.fill(this, new RunDrag(() => this.#isProposed(), onDrop));
    this.#conflicts = new ConflictWatch(owner, (ids) => {
      for (const id of ids) this.#touched.add(id);
      this.#schedule();
    });
    this.#listeners = [
      this.#conflicts,
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
    const { open } = view.amendments;
    if (row?.kind === "amendment") return open?.number === row.number ? changeRows(open).map((r) => this.#row(r)) : [];
    if (row === undefined)
      return [
        ...view.approvals.map(({ key }) => this.#row({ kind: "approval", key })),
        ...(open === null ? [] : [this.#row({ kind: "amendment", number: open.number })]),
        ...view.waves.map((wave) => this.#row({ kind: "wave", wave: wave.number })),
      ];
    if (row.kind === "wave")
      return (view.waves[row.wave - 1]?.subtasks ?? []).map((s) =>
        this.#row({ kind: "subtask", id: s.id, wave: s.wave }),
      );
    if (row.kind !== "subtask") return [];
    return (this.#subtask(row.id)?.files ?? []).map((file) =>
      this.#row({ kind: "file", subtask: row.id, path: file.path }),
    );
  }

  getParent(row: Row): Row | undefined {
    if (row.kind === "wave" || row.kind === "approval" || row.kind === "amendment") return undefined;
    if (row.kind === "change") return this.#row({ kind: "amendment", number: row.number });
    if (row.kind === "subtask") return this.#row({ kind: "wave", wave: row.wave });
    const subtask = this.#subtask(row.subtask);
    return subtask === undefined ? undefined : this.#row({ kind: "subtask", id: subtask.id, wave: subtask.wave });
  }

  getTreeItem(row: Row): vscode.TreeItem {
    const item = this.#itemOf(row);
    // Of a run that is only shown nothing can be done but look.
    if (this.#owner.shown !== undefined && row.kind === "subtask")
      item.contextValue = /\bchanged\b/u.test(item.contextValue ?? "") ? "subtask shown changed" : "subtask shown";
    return item;
  }

  #itemOf(row: Row): vscode.TreeItem {
    switch (row.kind) {
      case "approval":
        return approvalItem(
          this.#shown?.approvals.find((one) => one.key === row.key),
          row,
        );
      case "amendment":
      case "change":
        return amendmentItem(this.#shown?.amendments.open ?? null, row);
      case "wave":
        return waveItem(row.wave, this.#shown?.waves[row.wave - 1]?.subtasks ?? [], this.#isProposed());
      case "subtask": {
        const subtask = this.#subtask(row.id);
        return subtask === undefined
          ? new vscode.TreeItem(row.id)
          : subtaskItem(subtask, {
              activity: this.#owner.activity.get(row.id),
              conflicts: this.#conflicts.has(row.id),
              proposed: this.#isProposed() ? { ticked: !this.#tickedOff.has(row.id) } : undefined,
            });
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

  /** Whether the view is on screen. */
  get visible(): boolean {
    return this.#view.visible;
  }

  /** Fires when the view comes on screen. */
  readonly onDidShow = (listener: () => unknown): vscode.Disposable =>
    this.#view.onDidChangeVisibility(({ visible }) => void (visible && listener()));

  /** What the view has selected, if it is on screen. */
  get selected(): SubtaskView | undefined {
    return this.#view.visible ? this.subtaskOf(undefined) : undefined;
  }

  /**
   * The row with the focus, for a key that was pressed on it. VS Code tells of the selection alone, and arrow keys move only the focus:
   * the focused row is taken into the selection, or out of it, and back, and is the one that differs meanwhile.
   */
  async focused(): Promise<Row | undefined> {
    const before = this.#view.selection;
    await vscode.commands.executeCommand("list.toggleSelection");
    const meanwhile = this.#view.selection;
    await vscode.commands.executeCommand("list.toggleSelection");
    const isIn = (rows: readonly Row[], row: Row) => rows.includes(row);
    return [...before, ...meanwhile].find((row) => isIn(before, row) !== isIn(meanwhile, row)) ?? before[0];
  }

  /** A subtask that was ticked off stays so under its new name. */
  renamed(from: string, to: string): void {
    if (this.#tickedOff.delete(from)) this.#tickedOff.add(to);
  }

  /** Subtasks and files the tree knows by row; commands get rows as arguments. */
  subtaskOf(row: Row | undefined): SubtaskView | undefined {
    const selected = row ?? this.#view.selection[0];
    if (selected?.kind === "subtask") return this.#subtask(selected.id);
    return selected?.kind === "file" ? this.#subtask(selected.subtask) : undefined;
  }

  dispose(): void {
    clearTimeout(this.#timer);
    for (const listener of this.#listeners) listener.dispose();
    this.#changed.dispose();
  }

  #subtask(id: string): SubtaskView | undefined {
    return this.#shown === undefined ? undefined : subtasksOf(this.#shown).find((s) => s.id === id);
  }

  /** Whether the plan waits for the approval of this window. */
  #isProposed(): boolean {
    return this.#shown?.phase === "proposed" && this.#owner.shown === undefined;
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
      const isSameRun = before !== undefined && before.id === after?.id && after.phase === "proposed";
      // An edit of the plan ticks nothing on again.
      if (!isSameRun) this.#tickedOff.clear();
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
    // A row that says the same as before is left alone: drawing a wave draws all that is in it.
    for (const wave of waves)
      if (settledIn(before.waves[wave - 1]?.subtasks ?? []) !== settledIn(after.waves[wave - 1]?.subtasks ?? []))
        this.#changed.fire(this.#row({ kind: "wave", wave }));
  }

  #decorate(view: RunView | undefined): void {
    const waiting = view?.waiting ?? 0;
    this.#view.badge =
      waiting === 0
        ? undefined
        : {
            value: waiting,
            tooltip: vscode.l10n.t("{0} results, questions, commands or amendments wait for you", waiting),
          };
    this.#view.description = view === undefined ? "" : briefTotalsOf(view, Date.now());
    this.#view.message = shownMessage(this.#owner.shown) ?? messageOf(view, this.#owner.activity.get("")) ?? "";
  }
}
