import { deepEqual, equal, match, ok, throws } from "node:assert/strict";
import { type Command, parseCommandLine, USAGE, UsageError } from "../../../src/cli/arguments";

const FLAGS = { accept: "none", concurrency: 4, yes: false, json: false, amend: undefined } as const;
const AMEND = { note: undefined, file: undefined, decline: false, reason: "", yes: false, json: false } as const;

describe("a command line that is understood", () => {
  const table: readonly (readonly [readonly string[], Command])[] = [
    [[], { name: "help" }],
    [["help", "run"], { name: "help" }],
    [["-h"], { name: "help" }],
    [["run", "--help"], { name: "help" }],
    [["plan", "A goal"], { name: "plan", goal: "A goal", output: undefined, check: undefined }],
    [["plan", "A goal", "-o", "p.yml"], { name: "plan", goal: "A goal", output: "p.yml", check: undefined }],
    [["plan", "--check", "p.yml"], { name: "plan", goal: undefined, output: undefined, check: "p.yml" }],
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
    [["--yes", "run", "p.yml"], { name: "run", file: "p.yml", goal: undefined, ...FLAGS, yes: true }],
    [["run", "--", "--goal"], { name: "run", file: "--goal", goal: undefined, ...FLAGS }],
    [["resume"], { name: "resume", run: undefined, ...FLAGS }],
    [["resume", "r1", "--accept", "passing"], { name: "resume", run: "r1", ...FLAGS, accept: "passing" }],
    [["status"], { name: "status", run: undefined, json: false }],
    [["status", "r1", "--json"], { name: "status", run: "r1", json: true }],
    [["accept", "r1", "a"], { name: "accept", run: "r1", subtask: "a", reason: "", json: false }],
    [
      ["reject", "r1", "a", "--reason", "no", "--json"],
      { name: "reject", run: "r1", subtask: "a", reason: "no", json: true },
    ],
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
    [["constructor"], /unknown command "constructor"\./u],
    [["__proto__"], /unknown command "__proto__"\./u],
    [["plan"], /`braid plan` takes a goal or --check FILE\./u],
    [["plan", "goal", "--check", "p.yml"], /`braid plan` takes a goal or --check FILE\./u],
    [["plan", "add", "a", "page"], /`braid plan` takes 0 to 1 words, not 3\./u],
    [["plan", "goal", "--yes"], /`braid plan` has no option --yes\./u],
    [["run"], /`braid run` takes a plan file or --goal, one of them\./u],
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
    [["accept", "r1"], /`braid accept` takes 2 words, not 1\./u],
    [["accept", "r1", "a", "--reason", "x"], /`braid accept` has no option --reason\./u],
    [["demo", "x"], /`braid demo` takes 0 words, not 1\./u],
    [["status", "--wat"], /Unknown option '--wat'/u],
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

it("the usage names every command and every exit code", () => {
  for (const name of ["plan", "run", "resume", "amend", "status", "accept", "reject", "demo"])
    match(USAGE, new RegExp(`^  braid ${name} `, "mu"));
  equal(USAGE.includes("0 done, 1 a subtask failed, 2 bad usage or plan, 3 waits"), true);
});
