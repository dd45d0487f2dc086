import { BraidError, toFailure } from "../core/failure";
import { chosenOption, type OpenQuestion } from "../core/question";
import type { Run } from "../run/run";
import type { Disposable } from "../util/disposable";
import { inTurn } from "../util/in-turn";
import type { AskPolicy } from "./run-flags";
import { plain } from "../core/plain";
import type { Terminal } from "./terminal";

/** What of a terminal questions need. */
type Asked = Pick<Terminal, "interactive" | "error" | "ask">;

/** A timer for a process that waits for an answer from elsewhere and would otherwise end for want of anything to do. */
const KEEP_ALIVE_MS = 2 ** 30;

/**
 * Sees to the questions of a run's agents until disposed: on a terminal they are asked in place, one after the other;
 * else they wait for `braid answer`, or nobody answers and the agent decides. An answer from elsewhere ends the asking.
 */
export function answerQuestions(run: Run, policy: AskPolicy | undefined, terminal: Asked): Disposable {
  const inOrder = inTurn();
  const asking = new Map<number, AbortController>();
  const alive = setInterval(() => undefined, KEEP_ALIVE_MS);
  const see = (question: OpenQuestion): void => {
    const { number } = question;
    if (policy === "wait") {
      terminal.error(`${describeQuestion(question)}\nAnswer it: braid answer ${run.id} ${number} "TEXT"`);
      return;
    }
    if (policy === "never" || !terminal.interactive) return answer(number, "", "nobody");
    const stop = new AbortController();
    asking.set(number, stop);
    void inOrder(() =>
      terminal.ask(`${describeQuestion(question)}\n(Enter alone lets the agent decide) > `, stop.signal),
    ).then(
      (words) => answer(number, chosenOption(question.options, words), words.trim() === "" ? "nobody" : "user"),
      (error: unknown) => {
        if (!stop.signal.aborted) fail(error);
      },
    );
  };
  const answer = (number: number, words: string, by: "user" | "nobody"): void =>
    // Somebody else may have been faster, or who asked is gone.
    void run.answer(number, words, by).catch((error: unknown) => {
      if (!(error instanceof BraidError && error.failure.code === "run.state")) fail(error);
    });
  const fail = (error: unknown): void => terminal.error(plain(toFailure(error).message));
  const listener = run.onDidRecord(({ event }) => {
    const open = run.view.questions;
    for (const [number, stop] of asking) {
      if (open.some((question) => question.number === number)) continue;
      asking.delete(number);
      stop.abort();
    }
    const asked = event.type === "question.asked" ? open.find((q) => q.number === event.question) : undefined;
    if (asked !== undefined) see(asked);
  });
  return {
    dispose() {
      clearInterval(alive);
      listener.dispose();
      for (const stop of asking.values()) stop.abort();
    },
  };
}

/** A question in a few lines, its options numbered. */
export function describeQuestion({ number, subtask, text, options, why }: OpenQuestion): string {
  return plain(
    [
      `Question ${number} of ${subtask ?? "the planner"}: ${text}`,
      ...(why === null ? [] : [`  ${why}`]),
      ...options.map((option, i) => `  ${i + 1}. ${option}`),
    ].join("\n"),
  );
}
