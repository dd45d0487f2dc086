import * as vscode from "vscode";
import { answeredCauses, hasEnded, noticesOf, type Notice } from "../core/notices";
import type { RunPhase, RunView } from "../core/state/view";
import type { Run } from "../run/run";
import { assertNever } from "../util/assert-never";
import { tellApproval } from "./approvals";
import { asText, failureText } from "./as-text";
import { tellQuestion } from "./questions";
import { reportFailures } from "./failures";

/** A run may be at rest for a moment between two steps; this long, in milliseconds, and it has ended. */
const REST_MS = 1_500;

/** What was told of the run that is open, kept over a reload of the window. */
const TOLD_KEY = "braid.told";

/** Whose runs are told of. */
export interface NoticeSource {
  readonly run: Pick<Run, "id" | "view" | "state"> | undefined;
  onDidChange(listener: () => void): { dispose(): void };
}

/** Where notices go, and what decides whether one is due. */
export interface NoticePorts {
  readonly memento: vscode.Memento;
  isFocused(): boolean;
  tell(notice: Notice, view: RunView): void;
  tellEnd(view: RunView): void;
}

/**
 * Tells the user what a run needs them for, once each, and that it has ended while they looked elsewhere; nothing else. What a run
 * needed when it was opened its user sees, and what was told before the window was reloaded is not told again.
 */
export function tellNotices(source: NoticeSource, ports: NoticePorts): vscode.Disposable {
  let run: NoticeSource["run"];
  let told = new Set<string>();
  /** Asked before the window was reloaded, and now; what is asked again without an answer is the same. */
  let carried = new Set<string>();
  let asked = new Set<string>();
  let phase: RunPhase | undefined;
  /** Stops by the budget that were there before the run last began to run. */
  let earlier: readonly string[] = [];
  let resting: NodeJS.Timeout | undefined;

  const begin = (opened: NonNullable<typeof run>): void => {
    clearTimeout(resting);
    run = opened;
    phase = undefined;
    asked = new Set();
    carried = new Set(toldBefore(ports.memento, opened.id));
    told = new Set(noticesOf(opened.view).map(({ id }) => id));
    earlier = stopsIn(noticesOf(opened.view));
  };
  const onChange = (): void => {
    const now = source.run;
    if (now === undefined) return;
    if (now !== run) begin(now);
    const { view } = now;
    const all = noticesOf(view);
    if (view.phase === "running" && phase !== "running") earlier = stopsIn(all);
    const notices = all.filter(
      (notice) => notice.kind !== "budget" || !notice.stops.every((stop) => earlier.includes(stop)),
    );
    const fresh = notices.filter(({ id, cause }) => !told.has(id) && !carried.delete(cause));
    told = new Set(notices.map(({ id }) => id));
    for (const notice of fresh) ports.tell(notice, view);
    asked = new Set([...asked, ...notices.filter(asks).map(({ cause }) => cause)]);
    const answered = answeredCauses(now.state());
    keep(
      ports.memento,
      now.id,
      [...new Set([...carried, ...asked])].filter((cause) => !answered.has(cause)),
    );
    const ended = hasEnded(phase, view.phase);
    phase = view.phase;
    // What stopped it has been told.
    if (!ended || notices.some(({ kind }) => kind === "budget")) return;
    clearTimeout(resting);
    resting = setTimeout(() => {
      if (source.run === now && now.view.phase === view.phase && !ports.isFocused()) ports.tellEnd(now.view);
    }, REST_MS);
  };
  const listening = source.onDidChange(onChange);
  return new vscode.Disposable(() => {
    clearTimeout(resting);
    listening.dispose();
  });
}

function stopsIn(notices: readonly Notice[]): readonly string[] {
  return notices.flatMap((notice) => (notice.kind === "budget" ? notice.stops : []));
}

/** Somebody waits at it. */
function asks({ kind }: Notice): boolean {
  return kind === "question" || kind === "approval";
}

/** Notices of VS Code's own, each with the run's name and a button that leads there. */
export function noticePorts(
  owner: { readonly run: Run | undefined; readonly memento: vscode.Memento },
  log: vscode.LogOutputChannel,
): NoticePorts {
  const showing = (show: () => Promise<unknown>): void => void reportFailures(log, show);
  return {
    memento: owner.memento,
    isFocused: () => vscode.window.state.focused,
    tell(notice, view) {
      const { run } = owner;
      if (run !== undefined) showing(() => tellOne(run, notice, nameOf(view)));
    },
    tellEnd: (view) => showing(() => tellOfRun(endText(view), null, vscode.window.showInformationMessage)),
  };
}

function tellOne(run: Run, notice: Notice, name: string): Promise<void> {
  switch (notice.kind) {
    case "question":
      return tellQuestion(run, notice.question, name);
    case "approval":
      return tellApproval(run, notice.approval, name);
    case "conflict": {
      const text = vscode.l10n.t('Braid, "{0}": {1} — {2}', name, notice.subtask, failureText(notice.failure));
      return tellOfRun(text, notice.subtask, vscode.window.showWarningMessage);
    }
    case "budget":
      return tellOfBudget(vscode.l10n.t('Braid, "{0}": {1}', name, failureText(notice.failure)));
    default:
      return assertNever(notice);
  }
}

async function tellOfRun(
  text: string,
  subtask: string | null,
  tell: (text: string, ...buttons: string[]) => Thenable<string | undefined>,
): Promise<void> {
  const show = vscode.l10n.t("Show");
  if ((await tell(text, show)) !== show) return;
  await vscode.commands.executeCommand(
    "braid.openReview",
    subtask === null ? undefined : { kind: "subtask", id: subtask, wave: 0 },
  );
}

/** Resume asks what the run may spend. */
async function tellOfBudget(text: string): Promise<void> {
  const raise = vscode.l10n.t("Raise Budget…");
  if ((await vscode.window.showWarningMessage(text, raise)) === raise)
    await vscode.commands.executeCommand("braid.resumeRun");
}

function endText(view: RunView): string {
  const name = nameOf(view);
  const failed = view.counts.failed + view.counts.blocked;
  if (view.phase === "amendment")
    return vscode.l10n.t('Braid, "{0}": an amendment of the plan waits for your decision.', name);
  if (view.phase === "failed") return vscode.l10n.t('Braid, "{0}" has ended; {1} did not finish.', name, failed);
  if (view.phase === "done") return vscode.l10n.t('Braid, "{0}" is done.', name);
  return view.results === 1
    ? vscode.l10n.t('Braid, "{0}" has ended; 1 result waits for you.', name)
    : vscode.l10n.t('Braid, "{0}" has ended; {1} results wait for you.', name, view.results);
}

/** Enough of a goal to know the run by. */
function nameOf({ goal }: RunView): string {
  const text = asText(goal);
  return text.length <= MAX_NAME_CHARS
    ? text
    : `${text
        .slice(0, MAX_NAME_CHARS - 1)
        .toWellFormed()
        .trimEnd()}…`;
}

const MAX_NAME_CHARS = 60;

function toldBefore(memento: vscode.Memento, run: string): readonly string[] {
  const kept: unknown = memento.get(TOLD_KEY);
  if (typeof kept !== "object" || kept === null || Reflect.get(kept, "run") !== run) return [];
  const causes: unknown = Reflect.get(kept, "causes");
  return Array.isArray(causes) ? causes.filter((cause) => typeof cause === "string") : [];
}

function keep(memento: vscode.Memento, run: string, causes: readonly string[]): void {
  const before = toldBefore(memento, run);
  if (before.length === causes.length && causes.every((cause) => before.includes(cause))) return;
  void memento.update(TOLD_KEY, { run, causes });
}
