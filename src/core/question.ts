import type { RecordedEvent, RunEvent } from "./state/events";

/** How a question came to its end, if it did. */
export type QuestionOutcome =
  | { readonly kind: "open" }
  /** By nobody: the agent was told to decide itself. */
  | { readonly kind: "answered"; readonly answer: string; readonly by: "user" | "nobody" }
  /** Who asked is gone. */
  | { readonly kind: "withdrawn" };

/** A question an agent put to the user, as the log tells it. */
export interface QuestionState {
  /** From 1, one after the other over the whole run. */
  readonly number: number;
  /** Null for the planner. */
  readonly subtask: string | null;
  readonly attempt: number;
  readonly text: string;
  /** Answers to choose from; any other text is an answer as well. */
  readonly options: readonly string[];
  readonly why: string | null;
  /** Milliseconds since the epoch. */
  readonly askedAt: number;
  readonly endedAt: number | null;
  readonly outcome: QuestionOutcome;
}

/** A question that waits for its answer, as every front end shows it. */
export type OpenQuestion = Omit<QuestionState, "outcome" | "endedAt">;

/** What an event changes in the questions. The end of whoever asked withdraws what is still open. */
export function foldQuestions(
  questions: readonly QuestionState[],
  { event, at }: RecordedEvent,
): readonly QuestionState[] {
  if (event.type === "question.asked") {
    const { question: number, subtask, attempt, text, options, why = null } = event;
    const open: QuestionOutcome = { kind: "open" };
    return [...questions, { number, subtask, attempt, text, options, why, askedAt: at, endedAt: null, outcome: open }];
  }
  if (event.type === "question.answered")
    return end(questions, at, {
      fits: (question) => question.number === event.question,
      outcome: { kind: "answered", answer: event.answer, by: event.by },
    });
  const ended = whoEnded(event);
  if (ended === undefined) return questions;
  return end(questions, at, { fits: (question) => question.subtask === ended, outcome: { kind: "withdrawn" } });
}

/** The subtask whose worker an event ends, null for the planner, undefined for nobody. */
function whoEnded(event: RunEvent): string | null | undefined {
  if (event.type === "plan.proposed" || event.type === "plan.failed") return null;
  const ends = event.type === "subtask.finished" || event.type === "subtask.failed" || event.type === "subtask.retried";
  return ends ? event.subtask : undefined;
}

function end(
  questions: readonly QuestionState[],
  at: number,
  { fits, outcome }: { readonly fits: (question: QuestionState) => boolean; readonly outcome: QuestionOutcome },
): readonly QuestionState[] {
  const ends = (question: QuestionState): boolean => isOpen(question) && fits(question);
  if (!questions.some(ends)) return questions;
  return questions.map((question) => (ends(question) ? { ...question, endedAt: at, outcome } : question));
}

/** The questions that wait for an answer, in the order they were asked. */
export function openQuestions(questions: readonly QuestionState[]): readonly OpenQuestion[] {
  return questions.filter(isOpen).map(({ outcome: _open, endedAt: _none, ...question }) => question);
}

/** What this subtask's worker (or, with null, the planner) waits to be told; undefined while it waits for nothing. */
export function questionOf(questions: readonly QuestionState[], subtask: string | null): QuestionState | undefined {
  return questions.find((q) => isOpen(q) && q.subtask === subtask);
}

/** What the user has told this subtask's workers (or, with null, the planner) in answer to a question. */
export function answersTo(
  questions: readonly QuestionState[],
  subtask: string | null,
): readonly { readonly question: string; readonly answer: string }[] {
  return questions.flatMap(({ subtask: asker, text, outcome }) =>
    asker === subtask && outcome.kind === "answered" && outcome.by === "user"
      ? [{ question: text, answer: outcome.answer }]
      : [],
  );
}

/** What the user answered when this attempt asked the same; undefined where it did not, or nobody answered. */
export function answerTo(
  questions: readonly QuestionState[],
  asked: Pick<QuestionState, "subtask" | "attempt" | "text">,
): string | undefined {
  const same = questions.findLast(
    ({ subtask, attempt, text, outcome }) =>
      subtask === asked.subtask &&
      attempt === asked.attempt &&
      text === asked.text &&
      outcome.kind === "answered" &&
      outcome.by === "user",
  );
  return same?.outcome.kind === "answered" ? same.outcome.answer : undefined;
}

/** How many other questions this attempt has put; the same again, after an interruption, is not another one. */
export function countAsked(
  questions: readonly QuestionState[],
  asked: Pick<QuestionState, "subtask" | "attempt" | "text">,
): number {
  const others = questions.filter(
    (q) => q.subtask === asked.subtask && q.attempt === asked.attempt && q.text !== asked.text,
  );
  return new Set(others.map(({ text }) => text)).size;
}

/** What somebody wrote as an answer: the number of an option stands for it, unless one of the options reads like that itself. */
export function chosenOption(options: readonly string[], words: string): string {
  const text = words.trim();
  const number = /^\d$/u.test(text) && !options.some((option) => option.trim() === text) ? Number(text) : 0;
  return options[number - 1] ?? words;
}

function isOpen(question: QuestionState): boolean {
  return question.outcome.kind === "open";
}
