import { deepEqual, equal, match, ok } from "node:assert/strict";
import { GROUP_FILES, groupFiles, MAX_GROUPS, MAX_SPREAD_FILES, spreadFiles } from "../../../src/core/plan/group-files";
import { holdToPattern } from "../../../src/core/plan/pattern-plan";
import { planOf } from "../../support/builders";

const many = (count: number, folder = "src") => Array.from({ length: count }, (_, i) => `${folder}/f${1000 + i}.ts`);

describe("files in groups", () => {
  for (const count of [0, 1, 2, 8, 9, 75, 320, 321, 799, 5_000])
    it(`${count} files stand in one group each, in few enough groups`, () => {
      const groups = groupFiles([...many(count)].toReversed());
      deepEqual(groups.flat().toSorted(), many(count));
      ok(groups.length <= MAX_GROUPS, `${groups.length} groups`);
      ok(
        groups.every(
          (group) => group.length > 0 && group.length <= Math.max(GROUP_FILES, Math.ceil(count / MAX_GROUPS)),
        ),
      );
    });
  it("75 files make ten groups", () => equal(groupFiles(many(75)).length, 10));
  it("are the same whatever the order they came in, and however often", () => {
    const files = [...many(30, "a"), ...many(5, "b/c"), ...many(20, "b")];
    deepEqual(groupFiles([...files.toReversed(), ...files]), groupFiles(files));
  });
  it("a folder begins a group of its own once the one before is half full", () =>
    deepEqual(groupFiles(["a/1", "a/2", "a/3", "a/4", "b/1", "b/2"]), [
      ["a/1", "a/2", "a/3", "a/4"],
      ["b/1", "b/2"],
    ]));
  for (const [source, test] of [
    ["src/parse.ts", "test/parse.test.ts"],
    ["src/parse.ts", "src/parse.spec.ts"],
    ["lib/parse.py", "tests/test_parse.py"],
    ["pkg/parse.go", "pkg/parse_test.go"],
  ] as const)
    it(`${test} stands with ${source}`, () => {
      const groups = groupFiles([source, test, ...many(30, "m"), ...many(30, "z")]);
      ok(groups.some((group) => group.includes(source) && group.includes(test)));
    });
  it("a test two files could be meant by stands alone", () =>
    deepEqual(groupFiles(["a/index.ts", "b/index.ts", "t/index.test.ts"]).flat(), [
      "a/index.ts",
      "b/index.ts",
      "t/index.test.ts",
    ]));
});

describe("a plan spread over its files", () => {
  const plan = (...files: readonly string[]) =>
    holdToPattern(
      planOf(
        { id: "analysis", agent: "researcher" },
        { id: "change", files: [...files], verify: ["npm test"] },
        { id: "consistency", agent: "reviewer" },
      ),
      { name: "refactor" },
    ).plan;
  const existing = [...many(75), "README.md", "deep/er/x.js"];
  const spread = (...files: readonly string[]) => spreadFiles(plan(...files), "refactor", existing);

  for (const [what, entry, count] of [
    ["a pattern", "src/**/*.ts", 75],
    ["a pattern with a ./", "./src/*.ts", 75],
    ["a folder with a slash", "src/", 75],
    ["a folder without one", "src", 75],
    ["everything", "**", 77],
  ] as const)
    it(`${what} is every file it fits, each in one subtask`, () => {
      const { plan: wide, problems } = spread(entry);
      deepEqual(problems, []);
      const groups = wide.subtasks.filter((s) => s.id.startsWith("change-"));
      const files = groups.flatMap((s) => s.files);
      deepEqual([files.length, new Set(files).size], [count, count]);
      ok(groups.every((s) => s.dependencies.join() === "analysis" && s.verify.join() === "npm test"));
      deepEqual(
        wide.subtasks.at(-1)?.dependencies,
        groups.map((s) => s.id),
      );
    });
  it("a file two entries name is in it once", () => {
    const { plan: wide } = spread("src/*.ts", "src/f1000.ts", "src/f100?.ts");
    equal(wide.subtasks.flatMap((s) => s.files).length, 75);
  });
  it("few files stay one subtask", () =>
    deepEqual(
      spread("README.md", "new.md").plan.subtasks.map((s) => `${s.id} ${s.files.join()}`),
      ["analysis ", "change README.md,new.md", "consistency "],
    ));
  it("a pattern that fits nothing goes back", () =>
    deepEqual(spread("lib/*.ts", "src/*.ts").problems, ['"change": no file fits lib/*.ts.']));
  it("too many files go back", () =>
    match(
      spreadFiles(plan("**"), "refactor", many(MAX_SPREAD_FILES + 1)).problems[0] ?? "",
      /801 files are too many/u,
    ));
  it("a plan of another pattern stays as it is", () => {
    const other = planOf({ id: "change", files: ["**"] });
    deepEqual(spreadFiles(other, "feature", existing), { plan: other, problems: [] });
  });
  it("a pattern made to take for ever does not", () => {
    const wall = `${"*a".repeat(200)}b`;
    match(spread(wall).problems[0] ?? "", /no file fits/u);
  });
});
