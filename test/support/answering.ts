import type { ApprovalAnswer } from "../../src/core/approval";
import type { RunEvent } from "../../src/core/state/events";
import type { Run } from "../../src/run/run";

/** One request for the user's word. */
export type Asked = Extract<RunEvent, { type: "approval.requested" }>;

/** Answers each request of a run, as long as it is not stopped, and keeps what was asked. `before` is called with each. */
export function answering(run: Run, answer: ApprovalAnswer, before: () => void = () => undefined) {
  const asked = Object.assign([] as Asked[], { answer, stop: () => listening.dispose() });
  const listening = run.onDidRecord(({ event }) => {
    if (event.type !== "approval.requested" || event.remembered === true) return;
    asked.push(event);
    before();
    void run.command({ type: "allow", key: event.key, answer: asked.answer });
  });
  return asked;
}
