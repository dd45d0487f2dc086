import { deepEqual, equal, ok } from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { mostAtOnce, ran, useCli } from "../../support/cli-fixture";
import { inOrder } from "../../support/spans";

const GO = ["--yes", "--json", "--accept", "passing"] as const;

describe("75 files", function () {
  this.timeout(300_000);
  const t = useCli();

  it("are each changed once and none twice, eight workers at a time", async () => {
    const paths = Array.from({ length: 75 }, (_, i) => `src/${"abcde".charAt(i % 5)}/module-${i}.js`);
    for (const path of paths) t.repo.write(path, "export const oldName = 1; // oldName\n");
    t.repo.write("docs/other.md", "oldName stays here\n");
    t.repo.commit("modules");
    await t.play(readFileSync("test/fixtures/scenarios/rename.yml", "utf8"));
    const outcome = await t.braid(
      "run",
      "--pattern",
      "refactor",
      "--goal",
      "Rename oldName to newName",
      "--concurrency",
      "8",
      ...GO,
    );
    ran(outcome, 0);
    ok(mostAtOnce(outcome.events) > 1);
    const changes = outcome.events.filter((e) => e.type === "subtask.finished" && e.subtask?.startsWith("change-"));
    const files = changes.flatMap((e) => (e["result"] as { files: { path: string }[] }).files.map((f) => f.path));
    deepEqual(files.toSorted(), paths.toSorted());
    for (const path of paths) equal(t.repo.read(path), "export const newName = 1; // newName\n");
    equal(t.repo.read("docs/other.md"), "oldName stays here\n");
    const touched = t.repo
      .git("log", "--format=", "--name-only", "--grep=Braid-Subtask: change-")
      .split("\n")
      .filter(Boolean);
    deepEqual(touched.toSorted(), paths.toSorted());
    inOrder(outcome.events, ["analysis"], "change-1");
    inOrder(
      outcome.events,
      changes.flatMap((e) => e.subtask ?? []),
      "consistency",
    );
    equal(t.repo.git("worktree", "list").split("\n").length, 1);
  });
});

describe("a plan file in the shape of", function () {
  this.timeout(120_000);
  const t = useCli();
  const run = async (plan: string) => {
    writeFileSync(join(t.home.dir, "p.yml"), plan);
    const outcome = await t.braid("run", join(t.home.dir, "p.yml"), ...GO);
    ran(outcome, 0);
    return outcome.events;
  };

  it("a star: one hub, spokes side by side, and what follows them all", async () => {
    const spokes = ["one", "two", "three"];
    const events = await run(
      [
        "task: A star",
        "pattern: fan-out",
        "subtasks:",
        "  - { id: hub, agent: architect }",
        ...spokes.map((id) => `  - { id: ${id}, dependencies: [hub], files: [notes/${id}.md] }`),
        `  - { id: follow-up, agent: documenter, dependencies: [${spokes.join(", ")}], files: [notes/follow-up.md] }`,
      ].join("\n"),
    );
    equal(mostAtOnce(events), 3);
    for (const id of spokes) inOrder(events, ["hub"], id);
    inOrder(events, spokes, "follow-up");
  });

  it("a loop: the reviewer sends it back until it is right", async () => {
    await t.play(readFileSync("test/fixtures/scenarios/loop.yml", "utf8"));
    const events = await run(
      "task: Get it right\npattern: iterative\nsubtasks:\n  - { id: text, files: [text.txt], review: { rounds: 3 } }\n",
    );
    deepEqual(
      events.filter((e) => e.type === "review.completed").map((e) => e["decision"]),
      ["request_changes", "request_changes", "approve"],
    );
    equal(t.repo.read("text.txt"), "third\n");
  });
});
