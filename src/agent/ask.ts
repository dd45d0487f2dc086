import * as z from "zod";
import { defineTool, type Tool } from "./tool";

/** Questions one attempt may put to the user. Each of them holds the work up until somebody has time. */
export const MAX_QUESTIONS = 3;
/** Longest question and longest option, in characters. */
const MAX_QUESTION_CHARS = 1000;
const MAX_OPTION_CHARS = 120;

/** A question as an agent asks it. */
export interface Question {
  readonly text: string;
  readonly options: readonly string[];
  readonly why?: string;
}

/** What came back. By nobody: there is no one to ask, the agent decides. */
export interface Answer {
  readonly by: "user" | "nobody";
  readonly answer: string;
}

/** Puts a question to the user and waits as long as it takes. Rejects when the signal aborts. */
export type Ask = (question: Question, signal: AbortSignal) => Promise<Answer>;

const Line = z
  .string()
  .trim()
  .min(1)
  .max(MAX_OPTION_CHARS)
  .regex(/^\P{Cc}+$/u, "one line");

const Asked = z.object({
  question: z.string().trim().min(1).max(MAX_QUESTION_CHARS),
  options: z.array(Line).min(2).max(5).optional(),
  why: z.string().trim().max(MAX_QUESTION_CHARS).optional().describe("What hangs on it."),
});

/** `ask`: a question to the user, for one attempt; `before` counts the others it put before it was interrupted. */
export function askTool(ask: Ask, before: (text: string) => number = () => 0): Tool {
  let asked = 0;
  return defineTool({
    name: "ask",
    description:
      "Ask the user one question and wait for the answer. Only for what they alone can decide and what would make the work useless if guessed wrong; " +
      `never for what the files tell. At most ${MAX_QUESTIONS} times. Give 2 to 5 short options where there are some.`,
    input: Asked,
    async run({ question: text, options = [], why = "" }, { signal }) {
      if (Math.max(asked, before(text)) >= MAX_QUESTIONS)
        return { content: `You have asked ${MAX_QUESTIONS} questions, which is the limit. ${DECIDE}`, isError: true };
      asked += 1;
      const question = { text, options: [...new Set(options)], ...(why === "" ? {} : { why }) };
      const { by, answer } = await ask(question, signal);
      return { content: by === "user" ? `The user answers: ${answer}` : `Nobody can be asked in this run. ${DECIDE}` };
    },
  });
}

const DECIDE = "Decide yourself, and say in your report or plan what you assumed.";
