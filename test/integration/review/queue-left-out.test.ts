import { deepEqual, doesNotMatch, equal, match, ok } from "node:assert/strict";
import type { RunEvent } from "../../../src/core/state/events";
import { useReviewRun } from "../../support/review-run";

const CHECK = "test ! -e bad.txt";

describe("accepts queued over local changes that are in the way of one", function () {
  this.timeout(120_000);
  const t = useReviewRun({
    files: { "lib/formats.js": "1\n", "parse.js": "1\n", "README.md": "1\n" },
    plan: {
      subtasks: [{ id: "wide" }, { id: "on-wide", dependencies: ["wide"] }, { id: "parse" }, { id: "readme" }],
      integration: { strategy: "merge-and-validate", validation_tests: [CHECK] },
    },
    writes: {
      wide: { "lib/formats.js": "wide\n", "lib/new.js": "wide\n", "parse.js": "wide\n" },
      "on-wide": { "on-wide.txt": "on\n" },
      // Goes with the branch, and not with what stays out.
      parse: { "parse.js": "parse\n" },
      readme: { "README.md": "readme\n" },
    },
  });
  const all = ["wide", "on-wide", "parse", "readme"].map((subtask) => ({ subtask }));

  const checks: readonly (readonly [string, string, "before" | "meanwhile", RegExp])[] = [
    [
      "a changed file",
      "lib/formats.js",
      "before",
      /^tree\.dirty: lib\/formats\.js would be overwritten by this merge\.$/u,
    ],
    ["a file git does not track", "lib/new.js", "before", /^tree\.in-the-way: lib\/new\.js would be overwritten/u],
    ["a file that is changed while the checks run", "lib/formats.js", "meanwhile", /^tree\.dirty: lib\/formats\.js/u],
  ];
  for (const [what, path, when, words] of checks)
    it(`${what} keeps out whose file it is and what rests on that, and the rest goes in`, async () => {
      const events: RunEvent[] = [];
      const listening = t.run.onDidRecord(({ event }) => {
        events.push(event);
        if (event.type === "queue.checked" && when === "meanwhile") t.repo.write(path, "mine\n");
      });
      if (when === "before") t.repo.write(path, "mine\n");
      const outcomes = await t.run.merges.acceptAll(all);
      listening.dispose();
      deepEqual(
        outcomes.map((o) => [o.subtask, o.kind === "refused" ? o.failure.code.split(".")[0] : o.kind]),
        [
          ["wide", "tree"],
          ["on-wide", "merge"],
          ["parse", "accepted"],
          ["readme", "accepted"],
        ],
      );
      const [wide, onWide] = outcomes.flatMap((o) => (o.kind === "refused" ? [o.failure] : []));
      match(`${wide?.code}: ${wide?.message}`, words);
      doesNotMatch(wide?.detail ?? "", /error:|Entry|uptodate/u);
      match(`${onWide?.code}: ${onWide?.message}`, /^merge\.dependency: "on-wide" rests on "wide"/u);
      // Nobody is said to have been kept out who went in, and no check was run of what cannot go in.
      deepEqual(
        events.flatMap((e) => (e.type === "accept.abandoned" ? [e.subtask] : [])),
        ["wide"],
      );
      const checked = events.flatMap((e) => (e.type === "queue.checked" ? [e.subtasks.join(" ")] : []));
      deepEqual(checked, [...(when === "before" ? [] : ["wide on-wide readme"]), "parse readme"]);
      equal(t.repo.git("log", "--format=%s", "main"), "Wrote readme\nWrote parse\nstart");
      deepEqual(
        [t.repo.read(path), t.repo.read("parse.js"), t.repo.read("README.md")],
        ["mine\n", "parse\n", "readme\n"],
      );
      equal(t.repo.git("status", "--porcelain", "-uall").trim().split(" ").at(-1), path);
    });

  it("where each has its own in the way none goes in, each is told why, and nothing is checked", async () => {
    for (const path of ["lib/formats.js", "README.md"]) t.repo.write(path, "mine\n");
    const checked: RunEvent[] = [];
    const listening = t.run.onDidRecord(({ event }) => event.type === "queue.checked" && checked.push(event));
    const outcomes = await t.run.merges.acceptAll(["wide", "readme"].map((subtask) => ({ subtask })));
    listening.dispose();
    deepEqual(
      outcomes.map((o) => o.kind === "refused" && o.failure.message),
      ["lib/formats.js", "README.md"].map((path) => `${path} would be overwritten by this merge.`),
    );
    deepEqual(checked, []);
    equal(t.repo.git("rev-list", "--count", "main"), "1");
  });

  it("a conflict is told of what landed alone, and with the branch as it is then", async () => {
    const outcomes = await t.run.merges.acceptAll(all);
    const [parse] = outcomes.filter(({ subtask }) => subtask === "parse");
    ok(parse?.kind === "refused");
    match(parse.failure.message, /"parse" conflicts with main in parse\.js/u);
    equal(parse.failure.detail, "parse.js: both changed the same lines");
    equal(t.repo.git("log", "--format=%s", "main"), "Wrote readme\nWrote on-wide\nWrote wide\nstart");
  });
});

describe("accepts queued, one that conflicts with a bad one", function () {
  this.timeout(60_000);
  const t = useReviewRun({
    files: { a: "1\n" },
    plan: {
      subtasks: [{ id: "bad" }, { id: "good" }, { id: "on-good", dependencies: ["good"] }],
      integration: {
        strategy: "merge-and-validate",
        // What is in b and c needs what is in a.
        validation_tests: [CHECK, "grep good a || { test ! -e b && test ! -e c; }"],
      },
    },
    writes: { bad: { "bad.txt": "x\n", a: "bad\n" }, good: { a: "good\n", c: "c\n" }, "on-good": { b: "on\n" } },
  });

  const orders: readonly (readonly [string, () => void, readonly string[]])[] = [
    ["goes in, with what rests on it", () => undefined, ["checks.failed", "accepted", "accepted"]],
    [
      "is refused like it where the merges are stopped",
      () => t.run.merges.cancel(),
      ["cancelled", "cancelled", "cancelled"],
    ],
  ];
  for (const [what, atFirstCheck, ends] of orders)
    it(what, async () => {
      const listening = t.run.onDidRecord(({ event }) => event.type === "queue.checked" && atFirstCheck());
      const outcomes = await t.run.merges.acceptAll(["bad", "good", "on-good"].map((subtask) => ({ subtask })));
      listening.dispose();
      deepEqual(
        outcomes.map((o) => (o.kind === "refused" ? o.failure.code : o.kind)),
        ends,
      );
    });

  it("an undo that breaks the checks says what rests on it, and only where something does", async () => {
    await t.run.accept("good");
    const { base, commit } = await t.review("good");
    const part = { base, commit, files: [{ path: "a", take: "all" as const }], exact: true };
    await t.refused(
      "checks.failed",
      () => t.run.merges.undo("good", { part }),
      /^With "good" undone, `grep.*No accepted result rests on it, but something on the branch needs it\. Undo it together/su,
    );
    await t.run.accept("on-good");
    await t.refused("checks.failed", () => t.run.merges.undo("good"), /Undo first what rests on it: "on-good"\./u);
  });
});
