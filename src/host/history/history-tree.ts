import * as vscode from "vscode";
import { ageText } from "../../core/age-text";
import { duration } from "../../core/clock-text";
import {
  rateText,
  resultsText,
  successRates,
  totalOf,
  type PastRun,
  type SuccessRates,
} from "../../core/history/past-run";
import { costText } from "../../core/usage";
import type { Holder } from "../../run/log/lock";
import { describeHolder } from "../../run/log/ownership";
import { listRunsInShort, type ListedRun } from "../../run/log/store";
import { asText, asTooltip } from "../as-text";
import type { LateView } from "../late-view";
import type { RunOwner } from "../run-owner";
import { phaseIcon, phaseWord } from "../tree/phase-icon";
import { workspaceRepository } from "../workspace-repository";

/** A row of the history; commands about a run get it as argument. */
export interface PastRow {
  readonly kind: "run";
  readonly id: string;
}

/** Changes that come closer together than this are looked at together, in milliseconds. */
const QUIET_MS = 1_000;

/** The History view: every run of the repository. Reads logs only, and only while it is on screen. */
export class HistoryTree implements vscode.TreeDataProvider<PastRow>, vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly #view: vscode.TreeView<PastRow>;
  readonly #listeners: readonly { dispose(): void }[];
  readonly onDidChangeTreeData = this.#changed.event;
  #runs = new Map<string, { readonly past: PastRun; readonly owner: Holder | null } | { readonly problem: string }>();
  #timer: NodeJS.Timeout | undefined;
  #seen = "";

  constructor(owner: RunOwner, late: LateView<PastRow>) {
    this.#view = late.view;
    late.fill(this);
    this.#listeners = [
      this.#view.onDidChangeVisibility(({ visible }) => void (visible && this.refresh())),
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.refresh()),
      // Another one may be in use by that.
      vscode.workspace.onDidChangeWorkspaceFolders(() => this.refresh()),
      owner.onDidChange(() => {
        const { view } = owner;
        // What a row says, but for the cost, which changes with every turn.
        const seen = view === undefined ? "" : `${view.id} ${view.phase} ${JSON.stringify(view.counts)}`;
        if (seen === this.#seen || !this.#view.visible) return;
        this.#seen = seen;
        this.#timer ??= setTimeout(() => this.refresh(), QUIET_MS);
      }),
    ];
  }

  /** Looks again. */
  refresh(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#changed.fire(undefined);
  }

  async getChildren(row?: PastRow): Promise<PastRow[]> {
    if (row !== undefined) return [];
    // Before trust nothing runs, and where there is no repository there is no history: the view says so.
    const repo = vscode.workspace.isTrusted ? await workspaceRepository().catch(() => undefined) : undefined;
    const stored = repo === undefined ? [] : await listRunsInShort(repo, Date.now());
    this.#runs = new Map(
      stored.map((run) => [run.id, "past" in run ? { past: run.past, owner: run.owner } : { problem: run.problem }]),
    );
    this.#tell(stored);
    return stored.map(({ id }) => ({ kind: "run", id }));
  }

  getTreeItem({ id }: PastRow): vscode.TreeItem {
    const run = this.#runs.get(id);
    if (run === undefined || "problem" in run) {
      const item = new vscode.TreeItem(id);
      item.iconPath = new vscode.ThemeIcon("warning");
      item.description = asText(run?.problem ?? "");
      item.contextValue = "past damaged";
      return item;
    }
    return itemOf(run.past, run.owner, Date.now());
  }

  dispose(): void {
    clearTimeout(this.#timer);
    for (const listener of this.#listeners) listener.dispose();
    this.#changed.dispose();
  }

  #tell(stored: readonly ListedRun[]): void {
    const rates = successRates(stored.flatMap((run) => ("past" in run ? run.outcomes : [])));
    const total = totalOf([...this.#runs.values()].flatMap((run) => ("past" in run ? [run.past] : [])));
    this.#view.description = this.#runs.size === 0 ? "" : costText(total, dollars);
    this.#view.message = messageOf(rates) ?? "";
  }
}

function dollars(usd: number): string {
  return `$${usd.toFixed(2)}`;
}

function messageOf(rates: SuccessRates): string | undefined {
  const finished = rateText(rates.finished);
  const accepted = rateText(rates.accepted);
  if (finished === "") return undefined;
  return accepted === ""
    ? vscode.l10n.t("Subtasks that ended well: {0}", finished)
    : vscode.l10n.t("Subtasks that ended well: {0}. Results accepted: {1}", finished, accepted);
}

function itemOf(past: PastRun, owner: Holder | null, now: number): vscode.TreeItem {
  const item = new vscode.TreeItem(asText(past.goal.split("\n", 1)[0] ?? past.id));
  const results = resultsText(past);
  const age = ageText(now - past.createdAt);
  const cost = costText(past.usage, dollars);
  item.id = `past-${past.id}`;
  item.iconPath = phaseIcon(past.phase);
  item.description = [age, results === "" ? phaseWord(past.phase) : results, cost].join(" · ");
  item.contextValue = "past";
  const held = owner === null ? "" : vscode.l10n.t("Open in {0}", describeHolder(owner));
  item.tooltip = asTooltip(
    [
      past.goal,
      `${past.id} · ${phaseWord(past.phase)}${results === "" ? "" : ` · ${results}`}`,
      `${new Date(past.createdAt).toLocaleString()} · ${duration(past.workedMs)} · ${cost}`,
      held,
    ]
      .filter((line) => line !== "")
      .join("\n"),
  );
  item.accessibilityInformation = {
    label: [asText(past.goal), phaseWord(past.phase), age, ...(results === "" ? [] : [results]), cost].join(", "),
  };
  item.command = {
    command: "braid.showRun",
    title: vscode.l10n.t("Show Run"),
    arguments: [{ kind: "run", id: past.id } satisfies PastRow],
  };
  return item;
}
