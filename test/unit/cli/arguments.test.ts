import { deepEqual, equal, match, ok, throws } from "node:assert/strict";
import type { Command } from "../../../src/cli/command";
import { COMMANDS } from "../../../src/cli/options";
import { parseCommandLine } from "../../../src/cli/arguments";
import { UsageError } from "../../../src/cli/usage-error";
import { USAGE, usageOf } from "../../../src/cli/usage";

const FLAGS = { accept: "none", concurrency: 4, yes: false, ask: undefined, json: false, amend: undefined } as const;
const AMEND = { note: undefined, file: undefined, decline: false, reason: "", yes: false, json: false } as const;

const ACCEPT = {
  run: "r1",
  subtask: "a",
  allPassing: false,
  only: [],
  except: [],
  includeConfig: [],
  withDependencies: false,
  message: undefined,
  reason: "",
  json: false,
} as const;

describe("a command line that is understood", () => {
  const table: readonly (readonly [readonly string[], Command])[] = [
    [[], { name: "help", of: undefined }],
    [["help", "run"], { name: "help", of: "run" }],
    [["-h"], { name: "help", of: undefined }],
    [["run", "--help"], { name: "help", of: "run" }],
    [["run", "-h"], { name: "help", of: "run" }],
    [["help", "help"], { name: "help", of: "help" }],
    [["--version"], { name: "version" }],
    [["-V"], { name: "version" }],
    [["run", "--version"], { name: "version" }],
    [["plan", "A goal"], { name: "plan", goal: "A goal", output: undefined, check: undefined, ask: undefined }],
    [
      ["plan", "A goal", "-o", "p.yml"],
      { name: "plan", goal: "A goal", output: "p.yml", check: undefined, ask: undefined },
    ],
    [
      ["plan", "--check", "p.yml"],
      { name: "plan", goal: undefined, output: undefined, check: "p.yml", ask: undefined },
    ],
    [
      ["plan", "Add it", "--pattern", "feature"],
      {
        name: "plan",
        goal: "Add it",
        output: undefined,
        check: undefined,
        ask: undefined,
        pattern: { name: "feature" },
      },
    ],
    [
      ["plan", "--pattern", "review", "--against", "main"],
      {
        name: "plan",
        goal: undefined,
        output: undefined,
        check: undefined,
        ask: undefined,
        pattern: { name: "review", against: "main" },
      },
    ],
    [
      ["run", "--pattern", "review", "--folder", "src", "--against=a..b", "--goal", "look"],
      {
        name: "run",
        file: undefined,
        goal: "look",
        pattern: { name: "review", against: "a..b", folder: "src" },
        ...FLAGS,
      },
    ],
    [
      ["run", "--goal", "g", "--pattern", "refactor", "--folder", "src"],
      { name: "run", file: undefined, goal: "g", pattern: { name: "refactor", folder: "src" }, ...FLAGS },
    ],
    [["report"], { name: "report", run: undefined, output: undefined }],
    [["report", "r1", "-o", "r.md"], { name: "report", run: "r1", output: "r.md" }],
    [["run", "p.yml"], { name: "run", file: "p.yml", goal: undefined, ...FLAGS }],
    [["run", "--goal", "do it"], { name: "run", file: undefined, goal: "do it", ...FLAGS }],
    [
      ["run", "p.yml", "--accept", "all", "--concurrency=64", "-y", "--json"],
      { name: "run", file: "p.yml", goal: undefined, ...FLAGS, accept: "all", concurrency: 64, yes: true, json: true },
    ],
    [["run", "p.yml", "--amend", "off"], { name: "run", file: "p.yml", goal: undefined, ...FLAGS, amend: "off" }],
    [["amend"], { name: "amend", run: undefined, ...AMEND }],
    [["amend", "r1", "--note", "n"], { name: "amend", run: "r1", ...AMEND, note: "n" }],
    [["amend", "r1", "--file", "a.yml", "-y"], { name: "amend", run: "r1", ...AMEND, file: "a.yml", yes: true }],
    [
      ["amend", "r1", "--decline", "--reason", "no"],
      { name: "amend", run: "r1", ...AMEND, decline: true, reason: "no" },
    ],
    [["run", "p.yml", "--ask", "wait"], { name: "run", file: "p.yml", goal: undefined, ...FLAGS, ask: "wait" }],
    [["plan", "G", "--ask=never"], { name: "plan", goal: "G", output: undefined, check: undefined, ask: "never" }],
    [
      ["run", "p.yml", "--effort", "high"],
      { name: "run", file: "p.yml", goal: undefined, ...FLAGS, efforts: { "*": "high" } },
    ],
    [
      ["plan", "A goal", "--effort=planner=max, testing-agent=low"],
      {
        name: "plan",
        goal: "A goal",
        output: undefined,
        check: undefined,
        ask: undefined,
        efforts: { planner: "max", tester: "low" },
      },
    ],
    [["--yes", "run", "p.yml"], { name: "run", file: "p.yml", goal: undefined, ...FLAGS, yes: true }],
    [["run", "--", "--goal"], { name: "run", file: "--goal", goal: undefined, ...FLAGS }],
    [["cancel"], { name: "steer", run: undefined, command: { type: "cancel" }, json: false }],
    [["pause", "r1", "--json"], { name: "steer", run: "r1", command: { type: "pause" }, json: true }],
    [["stop", "r1", "a"], { name: "steer", run: "r1", command: { type: "stop", subtask: "a" }, json: false }],
    [
      ["message", "r1", "a", "use tabs"],
      { name: "steer", run: "r1", command: { type: "message", subtask: "a", text: "use tabs" }, json: false },
    ],
    [["answer", "r1", "blue"], { name: "steer", run: "r1", command: { type: "answer", answer: "blue" }, json: false }],
    [
      ["answer", "r1", "12", "3"],
      { name: "steer", run: "r1", command: { type: "answer", question: 12, answer: "3" }, json: false },
    ],
    [["retry", "r1", "a"], { name: "steer", run: "r1", command: { type: "retry", subtask: "a" }, json: false }],
    [
      ["retry", "r1", "a", "--note", "n", "--agent", "tester", "--model", "opus"],
      {
        name: "steer",
        run: "r1",
        command: { type: "retry", subtask: "a", note: "n", agent: "tester", model: "opus" },
        json: false,
      },
    ],
    [
      ["request-changes", "r1", "a", "--note", "n", "--comment", "a b.ts:12 Why?\nSay.", "--comment", "a.ts:-3 Keep"],
      {
        name: "steer",
        run: "r1",
        command: {
          type: "request-changes",
          subtask: "a",
          note: "n",
          comments: [
            { path: "a b.ts", side: "result", line: 12, text: "Why?\nSay." },
            { path: "a.ts", side: "base", line: 3, text: "Keep" },
          ],
          turnDown: [],
        },
        json: false,
      },
    ],
    [["rebase", "r1", "a"], { name: "rebase", run: "r1", subtask: "a", json: false }],
    [["accept", "r1", "a"], { name: "accept", ...ACCEPT }],
    [
      ["accept", "r1", "a", "--only", "x#1", "--only=y", "--except", "z", "--reason", "no", "-m", "words"],
      { name: "accept", ...ACCEPT, only: ["x#1", "y"], except: ["z"], reason: "no", message: "words" },
    ],
    [
      ["accept", "r1", "a", "--include-config", ".npmrc", "--with-dependencies", "--json"],
      { name: "accept", ...ACCEPT, includeConfig: [".npmrc"], withDependencies: true, json: true },
    ],
    [["accept", "r1", "a", "--merge", "stage"], { name: "accept", ...ACCEPT, merge: "stage" }],
    [["accept", "r1", "--all-passing"], { name: "accept", ...ACCEPT, subtask: undefined, allPassing: true }],
    [["review", "r1", "a", "--json"], { name: "review", run: "r1", subtask: "a", json: true }],
    [["accept", "r1", "a", "--no-hooks"], { name: "accept", ...ACCEPT, noHooks: true }],
    [["accept", "r1", "a", "--allow-hooks"], { name: "accept", ...ACCEPT, allowHooks: true }],
    [["undo", "r1", "a"], { name: "undo", run: "r1", subtask: "a", only: [], except: [], json: false }],
    [
      ["undo", "r1", "a", "--no-hooks"],
      { name: "undo", run: "r1", subtask: "a", only: [], except: [], json: false, noHooks: true },
    ],
    [
      ["undo", "r1", "a", "--only", "x#2", "--except=y"],
      { name: "undo", run: "r1", subtask: "a", only: ["x#2"], except: ["y"], json: false },
    ],
    [["redo", "r1", "a", "--json"], { name: "redo", run: "r1", subtask: "a", json: true }],
    [["models"], { name: "models", json: false }],
    [["models", "--json"], { name: "models", json: true }],
    [["resume"], { name: "resume", run: undefined, takeOver: false, ...FLAGS }],
    [
      ["resume", "r1", "--accept", "passing"],
      { name: "resume", run: "r1", takeOver: false, ...FLAGS, accept: "passing" },
    ],
    [["resume", "r1", "--take-over"], { name: "resume", run: "r1", ...FLAGS, takeOver: true }],
    [["status"], { name: "status", run: undefined, json: false, follow: false }],
    [["status", "r1", "--json"], { name: "status", run: "r1", json: true, follow: false }],
    [["status", "-f"], { name: "status", run: undefined, json: false, follow: true }],
    [
      ["reject", "r1", "a", "--reason", "no", "--json"],
      { name: "reject", run: "r1", subtask: "a", reason: "no", json: true },
    ],
    [["origin", "src/a:b.ts:12"], { name: "origin", file: "src/a:b.ts", line: 12, json: false }],
    [["report", "--pull-request"], { name: "report", run: undefined, output: undefined, pullRequest: true }],
    [["demo", "--merge", "merge"], { name: "demo", workspace: undefined, ...FLAGS, merge: "merge" }],
    [["demo"], { name: "demo", workspace: undefined, ...FLAGS }],
    [
      ["demo", "--workspace", "/tmp/x", "--concurrency", "1"],
      { name: "demo", workspace: "/tmp/x", ...FLAGS, concurrency: 1 },
    ],
  ];
  for (const [argv, expected] of table)
    it(`braid ${argv.join(" ")}`, () => deepEqual(parseCommandLine(argv), expected));
});

describe("a command line that is not", () => {
  const table: readonly (readonly [readonly string[], RegExp])[] = [
    [["launch"], /unknown command "launch"\./u],
    [["help", "launch"], /unknown command "launch"\./u],
    [["launch", "--help"], /unknown command "launch"\./u],
    [["answer", "r1"], /takes 2 to 3 words, not 1/u],
    [["answer", "r1", "one", "x"], /QUESTION is a number, not "one"/u],
    [["message", "r1", "a"], /takes 3 words, not 2/u],
    [["stop", "r1", "a", "--note", "n"], /has no option --note/u],
    [["run", "p.yml", "--ask", "maybe"], /--ask takes wait or never, not "maybe"/u],
    [["origin", "a.ts"], /takes FILE:LINE, not "a\.ts"/u],
    [["origin", "a.ts:0"], /takes FILE:LINE/u],
    [["resolve", "r1", "a", "--by-hand", "--done"], /--by-hand or --done, one of them/u],
    [["accept", "r1", "a", "--merge", "rebase"], /--merge takes squash, merge or stage, not "rebase"/u],
    [["run", "p.yml", "--merge", ""], /--merge takes squash, merge or stage, not ""/u],
    [["constructor"], /unknown command "constructor"\./u],
    [["__proto__"], /unknown command "__proto__"\./u],
    [["plan"], /`braid plan` takes a goal or --check FILE\./u],
    [["plan", "goal", "--check", "p.yml"], /`braid plan` takes a goal or --check FILE\./u],
    [["plan", "add", "a", "page"], /`braid plan` takes 0 to 1 words, not 3\./u],
    [["origin"], /`braid origin` takes 1 word, not 0\./u],
    [["plan", "goal", "--yes"], /`braid plan` has no option --yes\./u],
    [["run"], /`braid run` takes a plan file or --goal, one of them\./u],
    [["run", "--goal", "g", "--pattern", "swarm"], /--pattern takes feature, review, .*, not "swarm"\./u],
    [["run", "--goal", "g", "--pattern", "__proto__"], /not "__proto__"/u],
    [["run", "p.yml", "--pattern", "single"], /--pattern is for a goal \(--goal\), not for a plan file/u],
    [["run", "--pattern", "feature"], /one of them\./u],
    [["plan", "--pattern", "feature"], /takes a goal or --check FILE/u],
    [["plan", "--check", "p.yml", "--pattern", "single"], /--pattern is for a goal, not for --check/u],
    [["plan", "g", "--pattern", "review"], /review takes --against REF, --folder DIR or both/u],
    [["plan", "g", "--against", "main"], /--against goes with --pattern review/u],
    [["plan", "g", "--pattern", "feature", "--against", "main"], /--against goes with --pattern review/u],
    [["plan", "g", "--pattern", "pipeline", "--folder", "src"], /--folder goes with --pattern review, refactor/u],
    [["report", "r1", "--json"], /`braid report` has no option --json/u],
    [["run", "p.yml", "--goal", "g"], /one of them\./u],
    [["run", "p.yml", "--reason", "x"], /`braid run` has no option --reason\./u],
    [["run", "p.yml", "--accept", "some"], /--accept takes all, passing or none, not "some"\./u],
    ...["0", "65", "1.5", "-1", "", "x", "1e1", "0x4", " 4", "NaN"].map(
      (word) => [["run", "p.yml", `--concurrency=${word}`], /--concurrency takes a number from 1 to 64/u] as const,
    ),
    [["run", "p.yml", "--amend", "never"], /--amend takes ask, apply or off, not "never"\./u],
    [["resume", "--amend", "off"], /`braid resume` has no option --amend\./u],
    [["amend", "--note", "n", "--file", "f"], /takes one of --note, --file and --decline\./u],
    [["amend", "--yes", "--decline"], /takes --yes or --decline, one of them\./u],
    [["amend", "--reason", "x"], /takes --reason with --decline only\./u],
    [["accept", "r1"], /`braid accept` takes a run and a subtask, or a run and --all-passing\./u],
    [["accept", "r1", "a", "--all-passing"], /or a run and --all-passing\./u],
    [["accept", "r1", "--all-passing", "--only", "x"], /--only is about one subtask/u],
    [["review", "r1"], /`braid review` takes 2 words, not 1\./u],
    [["undo", "r1", "a", "--reason", "x"], /`braid undo` has no option --reason\./u],
    [["run", "p.yml", "--effort", "huge"], /The effort of \* is one of low, .*, max, not "huge"\./u],
    [["plan", "g", "--effort", "a b=low"], /"a b" is not the name of a role\./u],
    [["plan", "g", "--effort", "planner="], /The effort of planner is one of .* not ""\./u],
    [["resume", "--effort", "low"], /`braid resume` has no option --effort\./u],
    [["demo", "x"], /`braid demo` takes 0 words, not 1\./u],
    [["message", "r1", "a", "- use tabs"], /^"- use tabs" begins with a dash: put -- before it\.$/u],
    [["plan", "--json or not", "--note=a b"], /^"--json or not" begins with a dash/u],
    [["status", "--note=a b", "--wat"], /^Unknown option '--wat'\.$/u],
    [["status", "--wat"], /^Unknown option '--wat'\.$/u],
    [["run", "--goal"], /argument missing/u],
    [["run", "p.yml", "--json=1"], /does not take an argument/u],
  ];
  for (const [argv, words] of table)
    it(`braid ${argv.join(" ")}`, () =>
      throws(
        () => parseCommandLine(argv),
        (error) => {
          ok(error instanceof UsageError, String(error));
          match(error.message, words);
          return true;
        },
      ));
});

describe("the usage", () => {
  for (const [name, { options }] of Object.entries(COMMANDS))
    it(`names ${name} and its options`, () => {
      match(USAGE, new RegExp(`^  braid ${name}\\b`, "mu"));
      const told = usageOf(name) ?? "";
      // What says itself: what a goal, a workspace or a plan to check is given by stands in the call.
      for (const option of options)
        match(told, new RegExp(option === "output" ? "-o FILE" : `--${option}\\b`, "u"), `${name} --${option}`);
    });
  it("names every exit code", () =>
    match(USAGE, /0 done, 1 a subtask failed, 2 bad usage or plan, 3 waits for review or conflict, 4 budget .* 130/u));
  it("knows no other command", () => equal(usageOf("wish"), undefined));
});
