import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { writeRunReport } from "../../src/core/run-report";
import type { RecordedEvent } from "../../src/core/state/events";
import { foldAll } from "../../src/core/state/fold";
import { toRunView } from "../../src/core/state/view";
import { otlpProblems } from "./otlp-schema";
import { parseLines, wireSpans, type WireSpan } from "./trace";

/** Log and trace of the one run a repository has. */
export function readRecord(dir: string): {
  readonly events: readonly RecordedEvent[];
  readonly trace: readonly unknown[];
} {
  const runs = join(dir, ".git/braid/runs");
  const [run = "", ...others] = readdirSync(runs);
  assert.deepEqual(others, []);
  const lines = (name: string) => parseLines(readFileSync(join(runs, run, name), "utf8"));
  return { events: lines("journal.jsonl") as readonly RecordedEvent[], trace: lines("trace.jsonl") };
}

/** Throws unless the trace is OTLP by the published schema, shows these at work at the same time, and the report's speed-up is what the events say. */
export function assertRecord(dir: string, ...together: readonly string[]): void {
  const { events, trace } = readRecord(dir);
  assert.deepEqual(trace.flatMap(otlpProblems), []);
  assert.deepEqual(missingTogether(wireSpans(trace), together), []);
  const report = writeRunReport(toRunView(foldAll(events)));
  const told = Number(/\| Speed-up \| ([\d.]+) ×/u.exec(report)?.[1]);
  assert.ok(measuredSpeedUp(events) > 1);
  assert.equal(told, Number(measuredSpeedUp(events).toFixed(2)));
}

/** Those of these subtasks that no span of an agent shows at work while another of them is. */
export function missingTogether(spans: readonly WireSpan[], subtasks: readonly string[]): readonly string[] {
  const agents = spans.filter(({ attributes }) => attributes["gen_ai.operation.name"] === "invoke_agent");
  const of = (subtask: string) => agents.filter(({ attributes }) => attributes["braid.subtask"] === subtask);
  return subtasks.filter(
    (one) => !subtasks.some((other) => other !== one && of(one).some((a) => of(other).some((b) => overlap(a, b)))),
  );
}

/** Whether two spans have a moment in common. */
export function overlap(a: WireSpan, b: WireSpan): boolean {
  return (
    BigInt(a.startTimeUnixNano) < BigInt(b.endTimeUnixNano) && BigInt(b.startTimeUnixNano) < BigInt(a.endTimeUnixNano)
  );
}

/**
 * Work of all attempts over the time in which there was any, by walking through the log from moment to moment: another way than the
 * report's own. For runs in which nobody waits for an answer.
 */
export function measuredSpeedUp(events: readonly RecordedEvent[]): number {
  let atWork = 0;
  let work = 0;
  let wall = 0;
  let before = 0;
  for (const { at, event } of events) {
    work += atWork * (at - before);
    wall += atWork > 0 ? at - before : 0;
    before = at;
    if (event.type === "subtask.started") atWork += 1;
    if (event.type === "subtask.finished" || event.type === "subtask.failed") atWork -= 1;
  }
  return work / wall;
}
