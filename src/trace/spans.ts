import type { Attribute } from "../core/api-call";
import { anyOf } from "../core/state/any-of";
import type { RecordedEvent, RunEvent } from "../core/state/events";
import { toRole } from "../core/role";
import type { Plan } from "../core/plan/plan";
import { chatSpan, toolSpans } from "./call-spans";
import { spanIdOf, traceIdOf, type Span } from "./span";

/**
 * The spans of a run's log, as OpenTelemetry's conventions for generative AI name them (semantic-conventions-genai 0.1.0):
 * `invoke_workflow` → `plan` → `invoke_agent` → `chat` and `execute_tool`. Events go in as they are recorded; what has ended with one
 * comes out. Same log, same spans.
 */
export interface Spans {
  add(recorded: RecordedEvent): readonly Span[];
  /** What has begun and not ended, as if it ended with the last event; the run itself among it. */
  open(): readonly Span[];
}

/** Nothing yet. */
export function spansOf(): Spans {
  let run: Begun | undefined;
  let plan: Plan | undefined;
  let last = 0;
  const begun = new Map<string, Begun>();
  const parentOf = (key: string) => begun.get(key)?.spanId ?? run?.spanId ?? null;

  const begin = (key: string, recorded: RecordedEvent, what: Pick<Begun, "name" | "attributes">, under = "run") => {
    const { seq, at } = recorded;
    const id = run?.run ?? "";
    begun.set(key, { ...what, run: id, from: at, spanId: spanIdOf(id, seq, "agent"), parent: parentOf(under) });
  };
  const end = (key: string, at: number, error: string | null, more: Record<string, Attribute> = {}) => {
    const found = begun.get(key);
    begun.delete(key);
    return found === undefined ? [] : [toSpan(found, at, error, more)];
  };
  const agent = (role: string, more: Record<string, Attribute>, operation = "invoke_agent") => ({
    name: `${operation} ${role}`,
    attributes: {
      "gen_ai.operation.name": operation,
      "gen_ai.agent.name": role,
      "gen_ai.provider.name": PROVIDER,
      ...more,
    },
  });
  const roleOf = (id: string) => {
    const named = plan?.subtasks.find((subtask) => subtask.id === id)?.agent ?? "implementer";
    return toRole(named) ?? named;
  };

  const add = (recorded: RecordedEvent): readonly Span[] => {
    const { event, at, seq } = recorded;
    last = Math.max(last, at);
    if (!isTold(event)) return [];
    switch (event.type) {
      case "run.created": {
        const spanId = spanIdOf(event.run, seq, "run");
        run = {
          run: event.run,
          spanId,
          parent: null,
          from: at,
          name: "invoke_workflow braid",
          attributes: {
            "gen_ai.operation.name": "invoke_workflow",
            "gen_ai.agent.name": "braid",
            "braid.run": event.run,
            "braid.concurrency": event.options.concurrency,
          },
        };
        begin("planner", recorded, agent("planner", {}, "plan"));
        return [];
      }
      case "plan.proposed": {
        plan = event.plan;
        if (event.by !== "planner" && event.by !== "fallback") begun.delete("planner");
        return end("planner", at, null, { "braid.subtasks": event.plan.subtasks.length, "braid.plan.by": event.by });
      }
      case "plan.failed":
        return end("planner", at, event.failure.code);
      case "plan.approved":
      case "plan.amended":
        plan = event.plan;
        return [];
      case "amendment.requested":
        begin("planner", recorded, agent("planner", { "braid.amendment": event.occasion }, "plan"));
        return [];
      case "amendment.proposed":
        return event.by === "planner" ? end("planner", at, null) : [];
      case "amendment.unneeded":
        return end("planner", at, null);
      case "amendment.failed":
        return end("planner", at, event.failure.code);
      case "subtask.started": {
        const about = { ...subtaskAttributes(event), "gen_ai.request.model": event.model };
        begin(workerKey(event.subtask), recorded, agent(roleOf(event.subtask), about));
        return [];
      }
      case "subtask.finished":
        return [...end(reviewerKey(event.subtask), at, null), ...end(workerKey(event.subtask), at, null)];
      case "subtask.failed":
        return [
          ...end(reviewerKey(event.subtask), at, event.failure.code),
          ...end(workerKey(event.subtask), at, event.failure.code),
        ];
      case "review.completed":
        return end(reviewerKey(event.subtask), at, null, {
          "braid.review.round": event.round,
          "braid.review.decision": event.decision,
          "braid.review.findings": event.findings.length,
        });
      case "synthesis.started":
        begin("synthesizer", recorded, agent("synthesizer", {}));
        return [];
      case "synthesis.completed":
        return end("synthesizer", at, null);
      case "synthesis.failed":
        return end("synthesizer", at, event.failure.code);
      case "turn.completed":
      case "tools.called": {
        const key = speakerOf(event);
        // A reviewer has begun with its first answer: nothing in the log says so before.
        if (event.by === "reviewer" && event.subtask !== null && !begun.has(key)) {
          const from =
            event.type === "turn.completed" ? Math.min(at, event.calls?.[0]?.at ?? at - event.durationMs) : at;
          begin(key, { ...recorded, at: from }, agent("reviewer", subtaskAttributes(event)), workerKey(event.subtask));
        }
        const context = { run: run?.run ?? "", seq, at, parent: parentOf(key) };
        return event.type === "turn.completed" ? [chatSpan(event, context)] : toolSpans(event, context);
      }
      case "check.completed":
      case "setup.completed":
        return [workSpan(event, { run: run?.run ?? "", seq, at, parent: parentOf(workerKey(event.subtask)) })];
    }
  };
  return {
    add,
    open: () => [...begun.values(), ...(run === undefined ? [] : [run])].map((each) => toSpan(each, last, null, {})),
  };
}

/** The events that begin, end or are spans. */
const isTold = anyOf(
  "run.created",
  "plan.proposed",
  "plan.failed",
  "plan.approved",
  "plan.amended",
  "amendment.requested",
  "amendment.proposed",
  "amendment.unneeded",
  "amendment.failed",
  "subtask.started",
  "subtask.finished",
  "subtask.failed",
  "review.completed",
  "synthesis.started",
  "synthesis.completed",
  "synthesis.failed",
  "turn.completed",
  "tools.called",
  "check.completed",
  "setup.completed",
);

/** Every span of a whole log; with what has not ended, the run among it, where it stands. */
export function allSpans(events: readonly RecordedEvent[]): readonly Span[] {
  const spans = spansOf();
  const ended = events.flatMap((event) => spans.add(event));
  return [...ended, ...spans.open()];
}

/** Who made a call, as a key: a subtask's worker or reviewer, the planner, the synthesizer. */
function speakerOf({ subtask, by }: { readonly subtask: string | null; readonly by?: string }): string {
  if (subtask === null) return by ?? "planner";
  return by === undefined ? workerKey(subtask) : reviewerKey(subtask);
}

// A subtask may be called "planner".
const workerKey = (subtask: string): string => `worker ${subtask}`;
const reviewerKey = (subtask: string): string => `reviewer ${subtask}`;

interface Begun {
  readonly run: string;
  readonly spanId: string;
  readonly parent: string | null;
  readonly from: number;
  readonly name: string;
  readonly attributes: Readonly<Record<string, Attribute>>;
}

function toSpan(begun: Begun, to: number, error: string | null, more: Readonly<Record<string, Attribute>>): Span {
  const { run, spanId, parent, from, name, attributes } = begun;
  return {
    traceId: traceIdOf(run),
    spanId,
    parent,
    name,
    kind: "internal",
    from,
    to: Math.max(from, to),
    attributes: { ...attributes, ...more, ...(error === null ? {} : { "error.type": error }) },
    events: [],
    error,
  };
}

/** A check or a set-up: Braid's own work in a worktree, of which the commands stay out. */
function workSpan(
  event: Extract<RunEvent, { readonly type: "check.completed" | "setup.completed" }>,
  {
    run,
    seq,
    at,
    parent,
  }: { readonly run: string; readonly seq: number; readonly at: number; readonly parent: string | null },
): Span {
  const isCheck = event.type === "check.completed";
  const error = isCheck && !event.check.passed ? "checks.failed" : null;
  return {
    traceId: traceIdOf(run),
    spanId: spanIdOf(run, seq, "work"),
    parent,
    name: isCheck ? "check" : "set-up",
    kind: "internal",
    from: at - (isCheck ? event.check.durationMs : event.durationMs),
    to: at,
    attributes: { ...subtaskAttributes(event), ...(error === null ? {} : { "error.type": error }) },
    events: [],
    error,
  };
}

function subtaskAttributes({
  subtask,
  attempt,
}: {
  readonly subtask: string | null;
  readonly attempt: number;
}): Record<string, Attribute> {
  return subtask === null ? {} : { "braid.subtask": subtask.slice(0, 200), "braid.attempt": attempt };
}

/** Whose telemetry format it is, in the convention's words. */
const PROVIDER = "anthropic";
