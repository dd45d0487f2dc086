import { deepEqual, equal, match } from "node:assert/strict";
import { choicesOf } from "../../../src/core/review/selection-words";
import { subtaskState } from "../../../src/core/state/state";
import { useReviewRun } from "../../support/review-run";

const LINES = Array.from({ length: 40 }, (_, i) => `line ${i + 1}`);
function text(changes: Readonly<Record<number, string>> = {}): string {
  return `${LINES.map((line, i) => changes[i + 1] ?? line).join("\n")}\n`;
}
const ALL = { 2: "top", 20: "middle", 38: "bottom" };

describe("a part of an accept", function () {
  this.timeout(60_000);
  const t = useReviewRun({
    files: { "file.txt": text(), "package.json": "{}\n" },
    plan: { subtasks: [{ id: "a" }, { id: "b", dependencies: ["a"] }] },
    writes: {
      a: { "file.txt": text(ALL), "new.txt": "new\n", ".vscode/tasks.json": "{}\n" },
      b: (attempt) => ({ "b.txt": `${attempt}\n` }),
    },
  });
  const file = () => t.repo.read("file.txt");
  const names = () => t.repo.git("ls-tree", "-r", "--name-only", "main").split("\n");
  const clean = () => equal(t.repo.git("status", "--porcelain"), "");
  const back = async (words: { readonly only?: readonly string[]; readonly except?: readonly string[] }) => {
    const { files, base, commit } = await t.review("a");
    const choices = choicesOf(files, { only: words.only ?? [], except: words.except ?? [] });
    if ("code" in choices) throw new Error(choices.message);
    const part = { base, commit, files: choices, exact: words.only !== undefined };
    return t.run.merges.undo("a", { part });
  };
  beforeEach(async () => {
    const { files } = await t.review("a");
    const config = files.flatMap(({ executable }) => (executable === null ? [] : [executable]));
    await t.run.accept("a", { config });
    equal(file(), text(ALL));
  });

  it("goes back by hunk and by file, one revert commit each; the rest stays accepted", async () => {
    await back({ only: ["file.txt#2"] });
    equal(file(), text({ 2: "top", 38: "bottom" }));
    match(
      t.repo.git("log", "-1", "--format=%B"),
      /^Revert a part of "Wrote a"\n\nThis takes a part of [0-9a-f]{40} back\.\n\nBraid-Run: .*\nBraid-Undo: a$/u,
    );
    equal(t.decision("a"), "accepted");
    await back({ only: ["new.txt", "file.txt#1"] });
    equal(file(), text({ 38: "bottom" }));
    deepEqual(names(), [".vscode/tasks.json", "file.txt", "package.json"]);
    equal(t.repo.git("rev-list", "--count", "main"), "4");
    clean();
    // What came back is left out, like what was never taken.
    deepEqual(
      subtaskState(t.run.state(), "a")?.leftOut.map(({ path, number }) => `${path}#${number}`),
      ["file.txt#1", "file.txt#2", "new.txt#1"],
    );
  });

  it("all but what is named goes back", async () => {
    await back({ except: ["file.txt#1"] });
    equal(file(), text({ 2: "top" }));
    deepEqual(names(), ["file.txt", "package.json"]);
    // The one that is left is all there is, so that is an undo of the whole.
    await back({ only: ["file.txt#1"] });
    deepEqual([file(), t.decision("a")], [text(), "open"]);
  });

  it("goes back past what came later, and is not what comes with a dependent or another attempt of it", async () => {
    t.repo.write("file.txt", text({ ...ALL, 30: "mine" }));
    t.repo.commit("mine");
    await back({ only: ["file.txt#2"] });
    equal(file(), text({ 2: "top", 30: "mine", 38: "bottom" }));
    await t.run.accept("b");
    equal(file(), text({ 2: "top", 30: "mine", 38: "bottom" }));
    await t.run.merges.undo("b");
    await t.run.retry("b");
    await t.run.idle();
    equal(
      t.repo.git("show", `${subtaskState(t.run.state(), "b")?.base ?? ""}:file.txt`),
      text({ 2: "top", 38: "bottom" }).trimEnd(),
    );
  });

  it("the rest goes back as well, exactly; then each can be redone", async () => {
    t.repo.write("mine.txt", "mine\n");
    t.repo.commit("mine");
    await back({ only: ["file.txt#2"] });
    await t.run.merges.undo("a");
    deepEqual([file(), t.decision("a")], [text(), "open"]);
    deepEqual(names(), ["file.txt", "mine.txt", "package.json"]);
    // In another process: what the undo took out, and no more.
    const run = await t.reopen();
    await run.merges.redo("a");
    equal(file(), text({ 2: "top", 38: "bottom" }));
    deepEqual(names(), [".vscode/tasks.json", "file.txt", "mine.txt", "new.txt", "package.json"]);
    await t.refused("run.state", () => run.merges.redo("a"), /Nothing of "a" was undone/u);
    clean();
  });

  it("is redone, and then undone whole", async () => {
    await back({ only: ["file.txt#2", "new.txt"] });
    await t.run.merges.redo("a");
    deepEqual([file(), t.repo.read("new.txt"), t.decision("a")], [text(ALL), "new\n", "accepted"]);
    match(t.repo.git("log", "-1", "--format=%B"), /^Reapply a part of "Wrote a".*Braid-Subtask: a$/su);
    deepEqual(subtaskState(t.run.state(), "a")?.leftOut, []);
    await t.run.merges.undo("a");
    deepEqual([file(), names()], [text(), ["file.txt", "package.json"]]);
    clean();
  });

  it("is refused where nothing of it is there, the choice is of another result, or the lines changed since", async () => {
    await t.refused(
      "selection.invalid",
      () => back({ except: ["file.txt", "new.txt", ".vscode/tasks.json"] }),
      /Nothing of it would be taken back/u,
    );
    await back({ only: ["file.txt#2"] });
    await t.refused(
      "selection.invalid",
      () => back({ only: ["file.txt#2"] }),
      /file\.txt#2 is not on the branch.*1, 3/su,
    );
    const other = { base: "0".repeat(40), commit: "0".repeat(40), files: [], exact: true };
    await t.refused("run.state", () => t.run.merges.undo("a", { part: other }), /newer result than the one shown/u);
    t.repo.write("file.txt", file().replace("top", "mine"));
    t.repo.commit("mine");
    await t.refused(
      "merge.conflict",
      () => back({ only: ["file.txt#1"] }),
      /cannot be undone: file\.txt changed since/u,
    );
    await t.refused(
      "tree.dirty",
      async () => {
        t.repo.write("file.txt", `${file()}more\n`);
        await back({ only: ["file.txt#3"] });
      },
      /file\.txt/u,
    );
    equal(t.decision("a"), "accepted");
  });

  it("of what is only staged is left to the user's own tools", async () => {
    await t.run.merges.undo("a");
    const { files } = await t.review("a");
    const config = files.flatMap(({ executable }) => (executable === null ? [] : [executable]));
    await t.run.accept("a", { config, merge: "stage" });
    await t.refused("run.state", () => back({ only: ["file.txt#2"] }), /only staged.*git restore --staged/su);
    t.repo.git("commit", "-qm", "theirs");
    await back({ only: ["file.txt#2"] });
    equal(file(), text({ 2: "top", 38: "bottom" }));
  });
});
