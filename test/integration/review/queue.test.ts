import { deepEqual, equal, match, ok } from "node:assert/strict";
import type { RunEvent } from "../../../src/core/state/events";
import type { AcceptOptions } from "../../../src/run/accept/accept";
import { readPassing } from "../../../src/run/accept/read-passing";
import { subtaskState } from "../../../src/core/state/state";
import { useReviewRun } from "../../support/review-run";

const SIX = ["s1", "s2", "s3", "s4", "s5", "s6"];
/** Red as soon as both halves of the trouble are there, or the bad one alone. */
const CHECK = "test ! -e bad.txt && echo fine || { echo bad.txt is here; exit 1; }";

describe("six accepts queued, one of them bad", function () {
  this.timeout(120_000);
  const t = useReviewRun({
    files: { a: "1\n" },
    plan: {
      subtasks: SIX.map((id) => ({ id })),
      integration: { strategy: "merge-and-validate", validation_tests: [CHECK] },
    },
    writes: Object.fromEntries(SIX.map((id) => [id, { [id === "s4" ? "bad.txt" : `${id}.txt`]: `${id}\n` }])),
  });
  const wishes = () => SIX.map((subtask) => ({ subtask }));

  it("five land in one history, the bad one is named with its output and stays open", async () => {
    const events: RunEvent[] = [];
    t.run.onDidRecord(({ event }) => events.push(event));
    const outcomes = await t.run.merges.acceptAll(wishes());
    deepEqual(
      outcomes.map((outcome) => [outcome.subtask, outcome.kind]),
      SIX.map((id) => [id, id === "s4" ? "refused" : "accepted"]),
    );
    const bad = outcomes.find((outcome) => outcome.subtask === "s4");
    ok(bad?.kind === "refused");
    equal(bad.failure.code, "checks.failed");
    match(bad.failure.message, /With "s4" merged/u);
    match(bad.failure.detail ?? "", /bad\.txt is here/u);
    equal(t.repo.git("rev-list", "--count", "main"), "6");
    equal(t.repo.git("status", "--porcelain"), "");
    equal(
      t.repo.git("ls-tree", "--name-only", "main"),
      ["a", ...SIX.filter((s) => s !== "s4").map((s) => `${s}.txt`)].join("\n"),
    );
    equal(t.decision("s4"), "open");
    // All together, halves, the branch's own state is not asked for; then the rest.
    const checked = events.flatMap((e) => (e.type === "queue.checked" ? [e.subtasks.length] : []));
    ok(checked.length <= 5, checked.join());
    // The branch moved twice only: up to the bad one, and past it.
    equal(t.repo.git("reflog", "main").split("\n").length, 3);
    deepEqual(t.run.state().queue, []);
  });

  it("on a branch that is red by itself none goes in, and none is blamed", async () => {
    t.repo.write("bad.txt", "mine\n");
    t.repo.commit("mine");
    const head = t.repo.git("rev-parse", "main");
    const outcomes = await t.run.merges.acceptAll(wishes().filter(({ subtask }) => subtask !== "s4"));
    for (const outcome of outcomes) {
      ok(outcome.kind === "refused");
      match(outcome.failure.message, /The branch itself is red/u);
    }
    equal(t.repo.git("rev-parse", "main"), head);
  });

  it("nor is an undo, which says how it goes by hand", async () => {
    await t.run.accept("s1");
    const accepted = t.repo.git("rev-parse", "main");
    t.repo.write("bad.txt", "mine\n");
    t.repo.commit("mine");
    await t.refused(
      "checks.failed",
      () => t.run.merges.undo("s1"),
      /^The branch itself is red\. With "s1" undone.*git revert/su,
    );
    equal(t.decision("s1"), "accepted");
    t.repo.git("revert", "--no-edit", accepted);
    await t.run.merges.undo("s1");
    equal(t.decision("s1"), "open");
  });

  it("cancelled, the branch stays and every result is open", async () => {
    const head = t.repo.git("rev-parse", "main");
    const listening = t.run.onDidRecord(({ event }) => {
      if (event.type === "queue.checked") t.run.merges.cancel();
    });
    const outcomes = await t.run.merges.acceptAll(wishes());
    listening.dispose();
    deepEqual(
      [...new Set(outcomes.map((outcome) => outcome.kind === "refused" && outcome.failure.code))],
      ["cancelled"],
    );
    equal(t.repo.git("rev-parse", "main"), head);
    for (const id of SIX) equal(t.decision(id), "open");
    // The run itself goes on.
    await t.run.accept("s1");
  });

  it("what is decided while the checks run is not held up, and goes before: the rest lands without it", async () => {
    const wanted = ["s1", "s2", "s3"];
    let rejected: Promise<void> | undefined;
    const listening = t.run.onDidRecord(({ event }) => {
      if (event.type === "queue.checked") rejected ??= t.run.reject("s2", "changed my mind");
    });
    const outcomes = await t.run.merges.acceptAll(wanted.map((subtask) => ({ subtask })));
    listening.dispose();
    await rejected;
    deepEqual(
      outcomes.map((o) => [o.subtask, o.kind === "refused" ? o.failure.message : o.kind]),
      [
        ["s1", "accepted"],
        ["s2", '"s2" was rejected.'],
        ["s3", "accepted"],
      ],
    );
    equal(t.decision("s2"), "rejected");
    equal(t.repo.git("ls-tree", "--name-only", "main"), "a\ns1.txt\ns3.txt");
    equal(t.repo.git("status", "--porcelain"), "");
  });

  it("one alone is named, too", () =>
    t.refused("checks.failed", () => t.run.accept("s4"), /With "s4" merged.*bad\.txt is here/su));

  it("a branch that moved since it was looked at refuses all", async () => {
    const seen = t.repo.git("rev-parse", "main");
    t.repo.write("mine", "1\n");
    t.repo.commit("mine");
    const outcomes = await t.run.merges.acceptAll(wishes(), seen);
    deepEqual([...new Set(outcomes.map((o) => o.kind === "refused" && o.failure.code))], ["target.moved"]);
  });
});

describe("accepting what rests on something", function () {
  this.timeout(60_000);
  const t = useReviewRun({
    files: {
      a: "1\n",
      "package.json": '{"scripts":{"test":"true"}}\n',
      "conf/setup.json": '{\n"a": 1,\n"b": 2,\n"c": 3\n}\n',
    },
    plan: {
      subtasks: [
        { id: "low" },
        { id: "high", dependencies: ["low"] },
        { id: "config" },
        { id: "on-config", dependencies: ["config"] },
        { id: "deps" },
        { id: "moved" },
        { id: "key" },
        { id: "on-key", dependencies: ["key"] },
      ],
    },
    writes: {
      low: { "low.txt": "low\n" },
      high: { "high.txt": "high\n" },
      config: { ".vscode/tasks.json": "{}\n", "plain.txt": "x\n" },
      "on-config": { "on.txt": "x\n" },
      moved: { "conf/setup.json": '{\n"a": 1,\n"b": 2,\n"c": 4\n}\n' },
      "on-key": { "on-key.txt": "x\n" },
      key: { "key.txt": "id: AKIAIOSFODNN7EXAMPLE\n" },
      deps: { "package.json": '{"scripts":{"test":"true"},"dependencies":{"left":"1"}}\n' },
    },
  });

  it("is refused without it, and says what would go in first", async () => {
    await t.refused("merge.dependency", () => t.run.accept("high"), /rests on "low"/u);
    deepEqual((await t.review("high")).undecided, ["low"]);
    deepEqual((await t.review("low")).dependents, ["high"]);
  });

  it("takes both in one step", async () => {
    await t.run.accept("high", { withDependencies: true });
    deepEqual([t.decision("low"), t.decision("high")], ["accepted", "accepted"]);
    equal(t.repo.git("log", "--format=%s", "main"), "Wrote high\nWrote low\nstart");
  });

  it("never takes executable configuration along", () =>
    t.refused(
      "config.unconfirmed",
      () => t.run.accept("on-config", { withDependencies: true }),
      /"config" changes \.vscode\/tasks\.json/u,
    ));

  it("never takes along what would not pass, unless it was shown as it is", async () => {
    const { along } = await t.review("on-key");
    const [key] = along;
    match(key?.concern ?? "", /^it holds what looks like a key of AWS: key\.txt\.$/u);
    const taking = (dependencies: AcceptOptions["dependencies"]) => () =>
      t.run.accept("on-key", { withDependencies: true, dependencies });
    await t.refused("merge.dependency", taking([]), /"key" would go in along with "on-key": it holds.*by itself/u);
    await t.refused(
      "merge.dependency",
      taking([{ subtask: "low", commit: "0".repeat(40) }]),
      /"key" would go in along/u,
    );
    await t.refused("run.state", taking([{ subtask: "key", commit: "0".repeat(40) }]), /"key" has a newer result/u);
    await taking(along)();
    deepEqual([t.decision("key"), t.decision("on-key")], ["accepted", "accepted"]);
  });

  it("takes along what was ticked of it", async () => {
    const [low] = (await t.review("high")).along;
    const files = [{ path: "low.txt", take: "none" as const }];
    await t.refused(
      "result.missing",
      () =>
        t.run.accept("high", {
          withDependencies: true,
          dependencies: [{ subtask: "low", commit: low?.commit ?? "", files }],
        }),
      /Nothing of "low" is chosen/u,
    );
  });

  it("what passes goes in together, configuration and what rests on it stay", async () => {
    const { accept, left } = await readPassing(t.run.ports.repo, t.run.state());
    deepEqual(accept, ["low", "deps", "moved", "high"]);
    deepEqual(
      left.map(({ subtask, byName }) => [subtask, byName]),
      [
        ["config", false],
        ["key", true],
        ["on-config", false],
        ["on-key", false],
      ],
    );
    match(
      left.map(({ reason }) => reason).join(),
      /\.vscode\/tasks\.json \(VS Code runs what it says\).*it holds what looks like a key of AWS: key\.txt.*rests on config/u,
    );
    await t.run.merges.acceptAll(accept.map((subtask) => ({ subtask })));
    equal(t.repo.git("rev-list", "--count", "main"), "5");
  });

  it("configuration goes in by name with the content that was shown, and only then", async () => {
    await t.refused("config.unconfirmed", () => t.run.accept("config"), /include-config PATH.*--except PATH/u);
    const { files, choices, base, commit } = await t.review("config");
    deepEqual(choices, [
      { path: ".vscode/tasks.json", take: "none" },
      { path: "plain.txt", take: "all" },
    ]);
    const blob = files[0]?.executable?.blob ?? "";
    equal(blob, t.repo.git("rev-parse", `${commit}:.vscode/tasks.json`));
    await t.refused(
      "run.state",
      () => t.run.accept("config", { config: [{ path: ".vscode/tasks.json", blob: "0".repeat(40) }] }),
      /newer result/u,
    );
    await t.run.accept("config", { selection: { base, commit, files: choices } });
    equal(t.repo.git("ls-tree", "-r", "--name-only", "main"), "a\nconf/setup.json\npackage.json\nplain.txt");
    await t.run.merges.undo("config");
    await t.run.accept("config", {
      selection: { base, commit, files: "all" },
      config: [{ path: ".vscode/tasks.json", blob }],
    });
    equal(t.repo.read(".vscode/tasks.json"), "{}\n");
  });

  it("configuration that only the merge makes executable is refused as well", async () => {
    // The branch has moved the folder since, so git carries the new file along into it.
    t.repo.git("mv", "conf", ".devcontainer");
    t.repo.git("commit", "-qm", "mine");
    await t.refused(
      "config.unconfirmed",
      () => t.run.accept("moved"),
      /Merged into the branch, "moved" changes \.devcontainer\/setup\.json \(the container is built from it\)/u,
    );
  });

  it("a rejected dependency is told, and another attempt can do without it", async () => {
    await t.run.reject("low", "no");
    const review = await t.review("high");
    deepEqual(review.restsOnRejected, ["low"]);
    ok(review.risks.some((risk) => /built on low, which was rejected/u.test(risk.message)));
    await t.refused(
      "run.state",
      () => t.run.retry("high", undefined, "user", { without: ["deps"] }),
      /does not depend on "deps"/u,
    );
    await t.run.retry("high", undefined, "user", { without: ["low"] });
    await t.run.idle();
    const high = subtaskState(t.run.state(), "high");
    deepEqual([high?.attempt, high?.restsOn, high?.base], [2, [], t.run.state().base]);
    await t.run.accept("high");
    equal(t.repo.git("ls-tree", "--name-only", "main"), "a\nconf\nhigh.txt\npackage.json");
  });
});
