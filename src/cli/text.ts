import { budgetText } from "../core/budget";
import { contextPercent } from "../core/context-use";
import { stallText } from "../core/stall";
import { amendmentEventText, amendmentLines } from "./amendment-text";
import { describeRequest, type ApprovalAnswer } from "../core/approval";
import { duration } from "../core/clock-text";
import type { RunEvent } from "../core/state/events";
import { describeTreeWatch } from "../core/main-tree";
import { countFindings, findingsOf } from "../core/findings";
import { scopeWords } from "../core/plan/pattern-plan";
import { plain } from "../core/plain";
import type { OpenQuestion } from "../core/question";
import { tokenText } from "../core/gate/gate-text";
import { describeFinding, type Report } from "../core/report";
import { describeSetup, setupTrouble } from "../core/setup";
import { domainsText, type WebStep, webText } from "../core/web";
import { costText, isEstimate, totalTokens } from "../core/usage";
import { timeLeftText } from "../core/time-left-text";
import { subtasksOf, type RunView } from "../core/state/view";
import { isAtWork, type SubtaskView } from "../core/state/subtask-view";

/** A run as lines of text: what `braid status` prints. `now` is milliseconds since the epoch. */
export function describeRun(view: RunView, now: number): string {
  const left = view.timeLeft === null ? null : timeLeftText(view.timeLeft, now);
  const lines = [
    `Run ${view.id}: ${view.goal}`,
    `${[`${view.phase.toUpperCase()} into ${branchName(view.target)}`, left].filter(Boolean).join(", ")} · ${spending(view)}`,
  ];
  if (isEstimate(view.usage))
    lines.push(
      "The server does not say how many tokens it uses: tokens and cost are estimated from the length of what was said.",
    );
  if (view.webDomains !== null)
    lines.push([`Web: ${domainsText(view.webDomains)}`, webText(view.web)].filter(Boolean).join(" · "));
  if (view.planNote !== null) lines.push(view.planNote);
  if (view.failure !== null) lines.push(`${view.failure.message} ${view.failure.hint ?? ""}`.trim());
  const stopped = subtasksOf(view).find(isStoppedByBudget)?.failure;
  if (stopped) lines.push(`${stopped.message} ${stopped.hint ?? ""}`.trim());
  if (view.stalled !== null) lines.push(`May be stuck: ${view.stalled}`);
  for (const question of view.questions)
    if (question.subtask === null)
      lines.push(`The planner asks (question ${question.number}): ${question.text}`, howToAnswer(view.id, question));
  for (const asked of view.approvals)
    lines.push(
      describeRequest(asked),
      `  Answer: braid allow ${view.id} ${asked.key}, or braid deny ${view.id} ${asked.key}`,
    );
  for (const wave of view.waves)
    for (const subtask of wave.subtasks) {
      lines.push(describeSubtask(subtask, now));
      const question = view.questions.find((each) => each.subtask === subtask.id);
      if (question !== undefined) lines.push(howToAnswer(view.id, question));
    }
  if (view.tree !== null && view.phase !== "running") lines.push(...describeTreeWatch(view.tree));
  lines.push(...amendmentLines(view));
  if (view.synthesizing) lines.push("Bringing the reports together.");
  if (view.synthesis !== null) lines.push(...synthesisLines(view.synthesis));
  if (view.synthesisFailure !== null) lines.push(`No synthesis: ${view.synthesisFailure.message}`);
  const found = countFindings(findingsOf(view));
  if (found !== "") lines.push(`Findings: ${found}. Read them: braid report ${view.id}`);
  return plain(lines.join("\n"));
}

function howToAnswer(run: string, { number, options }: OpenQuestion): string {
  const among = options.length === 0 ? "" : ` (${options.join(" / ")})`;
  return `  Answer${among}: braid answer ${run} ${number} "TEXT"`;
}

function spending({ usage, budget, cacheHitRate, turns, modelMs }: RunView): string {
  const tokens = totalTokens(usage).toLocaleString("en");
  const ofTokens = budget?.tokens === undefined ? "" : ` of ${budget.tokens.toLocaleString("en")}`;
  const latency = modelMs === 0 ? "" : ` · ${count(turns, "turn")}, ${(modelMs / turns / 1000).toFixed(1)}s each`;
  const ofUsd = budget?.usd === undefined ? "" : ` of $${budget.usd}`;
  return `${tokens}${ofTokens} tokens · ${costText(usage, dollars)}${ofUsd}${cacheHitRate === null ? "" : ` · ${cached(cacheHitRate)}`}${latency}`;
}

/** Two digits are enough from a dime up; a demo run costs less than a cent. */
function dollars(usd: number): string {
  return `$${usd.toFixed(usd > 0 && usd < 0.1 ? 4 : 2)}`;
}

function cached(rate: number): string {
  return `cache ${Math.floor(rate * 100)} %`;
}

/** `Wave 3: implement-oauth (implementer) [RUNNING] 2m10s`, and what there is to say about it. */
export function describeSubtask(s: SubtaskView, now: number): string {
  const time = s.startedAt === null ? "" : ` ${duration((s.endedAt ?? now) - s.startedAt)}`;
  const files = s.files.length === 0 ? "" : ` ${count(s.files.length, "file")} ${lineCounts(s)}`;
  const attempt = s.attempt > 1 ? ` attempt ${s.attempt}` : "";
  // A share of nothing is no news of one among many; the run's line has the sum.
  const cache = s.cacheHitRate === null || s.cacheHitRate < 0.01 ? "" : ` ${cached(s.cacheHitRate)}`;
  const web = webText(s.web);
  const filled = s.context !== null && isAtWork(s) ? contextPercent(s.context) : 0;
  const context = filled === 0 ? "" : ` context ${filled} %`;
  const compacted = s.compactions === 0 ? "" : `, compacted ${s.compactions}×`;
  const open = s.openFindings.length === 0 ? "" : `, ${count(s.openFindings.length, "open finding")}`;
  const setup = setupTrouble(s.setup) === undefined ? "" : ", set-up failed";
  const reason = isStoppedByBudget(s) ? BUDGET_USED_UP : s.reason;
  const why = reason === null ? "" : ` — ${reason}`;
  return plain(
    `Wave ${s.wave}: ${s.id} (${s.role}) [${s.status.toUpperCase()}]${time}${files}${attempt}${cache}${context}${compacted}${web === "" ? "" : `, ${web}`}${setup}${open}${why}`,
  );
}

/** What one event means to somebody who watches; undefined for those that only matter to the log. */
export function describeEvent(event: RunEvent, view: RunView): string | undefined {
  const text = textOf(event, view);
  return text === undefined ? undefined : plain(text);
}

function textOf(event: RunEvent, view: RunView): string | undefined {
  switch (event.type) {
    case "run.created":
      return `Run ${event.run} into ${branchName(event.target)}: ${event.goal}${event.options.web === undefined ? "" : `\nAgents may look in the web: ${domainsText(event.options.web)}`}`;
    case "plan.proposed":
      return [
        `Plan: ${count(event.plan.subtasks.length, "subtask")} in ${count(view.waves.length, "wave")}${event.note === undefined ? "" : ` (${event.note})`}`,
        ...(event.plan.scope === undefined ? [] : [`  To look at: ${scopeWords(event.plan.scope)}`]),
        ...planLines(view),
      ].join("\n");
    case "plan.failed":
      return `No plan: ${event.failure.message} ${event.failure.hint ?? ""}`.trim();
    case "plan.approved":
      return "Plan approved.";
    case "subtask.started":
      return `▶ ${event.subtask} started${event.attempt > 1 ? ` (attempt ${event.attempt})` : ""}`;
    case "setup.completed":
      return `  ${event.subtask}: ${event.by === "merge" ? "merge worktree " : ""}${describeSetup(event)}`;
    case "tree.compared":
      return event.counts.unknown === 0 ? undefined : describeTreeWatch(event).join("\n");
    case "approval.requested":
      return `${describeRequest(event)}${event.remembered === true ? "\n  Allowed before, for this repository." : ""}`;
    case "approval.withdrawn":
      return undefined;
    case "approval.answered":
      return `  ${ANSWERED[event.answer]}`;
    case "check.completed":
      return `  ${event.subtask}: \`${event.check.command}\` ${event.check.passed ? "passed" : "failed"} (${duration(event.check.durationMs)})`;
    case "note.written":
      return `  ${event.subtask} wrote a note: ${event.name}`;
    case "review.completed":
      return [
        `  ${event.subtask}: review round ${event.round} ${event.decision === "approve" ? "approves" : "asks for changes"}`,
        ...event.findings.map((finding) => `    ${describeFinding(finding)}`),
      ].join("\n");
    case "subtask.finished":
      return `✓ ${event.subtask}: ${event.report.summary.split("\n", 1)[0]}`;
    case "subtask.failed":
      if (event.failure.code === "budget.reached") return `✗ ${event.subtask}: ${BUDGET_USED_UP}.`;
      return `✗ ${event.subtask}: ${event.failure.message}${event.failure.hint === undefined ? "" : ` ${event.failure.hint}`}`;
    case "subtask.retried":
      return [`↻ ${event.subtask} is tried again`, event.agent, event.model].filter(Boolean).join(", ");
    case "worker.messaged":
      return `  ${event.subtask} is told: ${event.text}`;
    case "amendment.requested":
    case "amendment.proposed":
    case "amendment.unneeded":
    case "amendment.failed":
    case "amendment.declined":
    case "plan.amended":
      return amendmentEventText(event, view);
    case "worker.stopped":
      return `  ${event.subtask} is being stopped`;
    case "question.asked":
      return `? ${event.subtask ?? "The planner"} asks: ${event.text}${event.options.length === 0 ? "" : ` (${event.options.join(" / ")})`}`;
    case "question.answered":
      return event.by === "nobody"
        ? `  Nobody answers question ${event.question}; the agent decides.`
        : `  Question ${event.question} is answered: ${event.answer}`;
    case "synthesis.started":
      return "Bringing the reports together.";
    case "synthesis.completed":
      return synthesisLines(event.report).join("\n");
    case "synthesis.failed":
      return `No synthesis: ${event.failure.message} ${event.failure.hint ?? ""}`.trim();
    case "accept.completed":
      return `✔ ${event.subtask} accepted as ${event.commit.slice(0, 10)}`;
    case "accept.abandoned":
      return `✗ ${event.subtask} not accepted: ${event.failure.message} ${event.failure.hint ?? ""}`.trim();
    case "subtask.rejected":
      return `✗ ${event.subtask} rejected${event.reason === "" ? "" : `: ${event.reason}`}`;
    case "undo.completed":
      return `↶ ${event.subtask} undone by ${event.commit.slice(0, 10)}`;
    case "undo.abandoned":
      return `✗ ${event.subtask} not undone: ${event.failure.message} ${event.failure.hint ?? ""}`.trim();
    case "overlap.found":
      return event.kind === "none"
        ? `  ${event.a} and ${event.b} do not overlap any more`
        : `  ${event.a} and ${event.b} ${event.kind === "conflict" ? "conflict" : "both change"}${event.kind === "conflict" ? " in" : ""} ${event.files.join(", ")}`;
    case "conflict.opened":
      return `${event.subtask}: its conflict stands to be resolved by hand`;
    case "subtask.rebased":
      return `⇅ ${event.subtask} stands without ${event.without.join(", ")} now`;
    case "conflict.resolved":
      return `${event.subtask} resolved by hand, attempt ${event.attempt}`;
    case "queue.started":
      return `Merging ${event.subtasks.join(", ")}.`;
    case "queue.checked":
      return event.checks
        .map(
          (c) => `  with ${event.subtasks.join(", ") || "nothing"}: \`${c.command}\` ${c.passed ? "passed" : "failed"}`,
        )
        .join("\n");
    case "budget.changed":
      return `The run's budget is ${budgetText(event.budget)} now.`;
    case "run.paused":
      return `Paused: no new worker starts. Go on with: braid resume ${view.id}`;
    case "run.resumed":
      return "Resumed.";
    case "run.cancelled":
      return "Cancelled.";
    case "worker.stalled":
      return `  ${event.subtask ?? event.by ?? "planner"} may be stuck: ${stallText(event, event.ms)}`;
    case "worker.moved":
      return `  ${event.subtask ?? "planner"} goes on`;
    case "web.used":
      return webStepsText(event.subtask, event.steps);
    case "context.compacted":
      return `  ${event.subtask ?? event.by ?? "planner"}: its conversation grew to ${tokenText(event.before)} tokens and was brought to about ${tokenText(event.after)}`;
    case "call.failed":
      return `  ${event.subtask ?? "planner"}: a call failed that cost ${costText(event.usage, dollars)}: ${event.failure.message}`;
    case "pace.changed":
      return `  At most ${count(event.inFlight, "request")} at once now: ${event.reason}`;
    case "turn.completed":
      return event.web === undefined ? undefined : webStepsText(event.subtask, event.web);
    case "tools.called":
    case "accept.started":
    case "undo.started":
    case "queue.ended":
      return undefined;
  }
}

/** It stops many at once; the figures and the way on are told once, of the run. */
const BUDGET_USED_UP = "the run's budget is used up";

function isStoppedByBudget({ status, failure }: SubtaskView): boolean {
  return status === "failed" && failure?.code === "budget.reached";
}

const ANSWERED: Readonly<Record<ApprovalAnswer, string>> = {
  once: "Allowed once.",
  run: "Allowed for this run.",
  repository: "Allowed for this repository.",
  deny: "Not allowed.",
};

function webStepsText(subtask: string | null, steps: readonly WebStep[]): string {
  return steps.map((step) => `  ${subtask ?? "planner"}: ${stepText(step)}`).join("\n");
}

function stepText(step: WebStep): string {
  const failed = step.problem === undefined ? "" : ` (${step.problem})`;
  return step.type === "search" ? `searches the web for "${step.query}"${failed}` : `fetches ${step.url}${failed}`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

function planLines(view: RunView): readonly string[] {
  return subtasksOf(view).map((s) => {
    const after = s.dependencies.length === 0 ? "" : ` after ${s.dependencies.join(", ")}`;
    return `  Wave ${s.wave}: ${s.id} (${s.role})${after}`;
  });
}

function synthesisLines(report: Report): readonly string[] {
  return [
    `Synthesis: ${report.summary}`,
    ...report.open_points.map((point) => `  missing: ${point}`),
    ...report.findings.map((finding) => `  ${describeFinding(finding)}`),
  ];
}

function lineCounts(s: SubtaskView): string {
  const sum = (pick: (file: SubtaskView["files"][number]) => number | undefined) =>
    s.files.reduce((total, file) => total + (pick(file) ?? 0), 0);
  return `+${sum((file) => file.added)} −${sum((file) => file.deleted)}`;
}

function branchName(ref: string): string {
  return ref.replace(/^refs\/heads\//u, "");
}
