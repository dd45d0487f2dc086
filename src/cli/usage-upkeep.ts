import type { Call } from "./usage-call";

/** Calls that look after runs and the machine. */
export const UPKEEP_USAGE: readonly Call[] = [
  {
    name: "doctor",
    words: "",
    does: "look at everything a run needs, each with a way out; exits with 1 where none could start",
    options: [["--json", "one object"]],
  },
  {
    name: "history",
    words: "",
    does: "every run: goal, state, results, cost, time, and how well they went",
    options: [["--json", "one object"]],
  },
  {
    name: "show",
    words: "[RUN]",
    does: "one run, its plan, or what was said in it",
    options: [
      ["--plan", "the plan, as a plan file"],
      ["--transcript SUBTASK", "what a worker and its tools said, as Markdown"],
    ],
  },
  {
    name: "clean",
    words: "[RUN…]",
    does: "tell what runs have left, and delete it once you say so; work in no branch is archived first",
    options: [
      ["--older-than AGE", "runs nothing happened in for so long, as 12h or 2w (14d)"],
      ["--keep N", "but not the latest so many"],
      ["--size SIZE", "the oldest, until all is smaller than this, as 500MB"],
      ["--archives", "archives of that age as well, for good"],
      ["--yes", "delete without asking"],
      ["--json", "one object"],
    ],
  },
  {
    name: "restore",
    words: "[RUN]",
    does: "bring an archived run back, or tell which there are",
    options: [["--json", "one object"]],
  },
  {
    name: "approvals",
    words: "",
    does: "what you allowed for this repository once and for all",
    options: [
      ["--forget KEY", "take that word back"],
      ["--forget-all", "take all of them back"],
      ["--json", "one object"],
    ],
  },
  {
    name: "models",
    words: "",
    does: "what opus, sonnet and haiku mean now, and what models cost",
    options: [["--json", "one object"]],
  },
];
