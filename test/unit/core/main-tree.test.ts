import { deepEqual, equal } from "node:assert/strict";
import {
  ABSENT,
  describeTreeWatch,
  differencesOf,
  type Between,
  type FileMark,
  type MainTree,
} from "../../../src/core/main-tree";
import { isComparisonDue } from "../../../src/core/tree-state";
import { toRunView } from "../../../src/core/state/view";
import type { RunEvent } from "../../../src/core/state/events";
import { accepted, accepting, begun, finished, planOf, started, stateAfter } from "../../support/builders";

/** A tree on commit c0; marks and entries as short words. */
function tree(more: {
  readonly head?: string;
  readonly commit?: string;
  readonly refs?: Readonly<Record<string, string>>;
  readonly index?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, string>>;
}): MainTree {
  const kindOf = (mark: string): FileMark["kind"] => (mark === ABSENT ? "deleted" : "modified");
  return {
    head: more.head ?? "refs/heads/main",
    commit: more.commit ?? "c0",
    refs: new Map(Object.entries({ "refs/heads/main": more.commit ?? "c0", ...more.refs })),
    index: new Map(Object.entries(more.index ?? {})),
    committed: new Map(),
    files: new Map(Object.entries(more.files ?? {}).map(([path, mark]) => [path, { kind: kindOf(mark), mark }])),
  };
}

const NOTHING: Between = { diff: new Map(), landed: [], workers: [], unsandboxed: false };
const diffOf = (changes: Readonly<Record<string, readonly [string, string]>>) =>
  new Map(Object.entries(changes).map(([path, [old, to]]) => [path, { old, new: to }]));

describe("what differs in the user's tree, and whose it is", () => {
  const check = (
    name: string,
    before: MainTree,
    after: MainTree,
    between: Partial<Between>,
    ...found: readonly string[]
  ) =>
    it(name, () =>
      deepEqual(
        differencesOf(before, after, { ...NOTHING, ...between }).map((one) => `${one.by}: ${one.what} ${one.name}`),
        found,
      ),
    );

  check("nothing", tree({ files: { a: "m1" } }), tree({ files: { a: "m1" } }), {});
  check("an edit", tree({}), tree({ files: { a: "m1" } }), {}, "you: file a");
  check("an edit of an edit", tree({ files: { a: "m1" } }), tree({ files: { a: "m2" } }), {}, "you: file a");
  check("an edit undone", tree({ files: { a: "m1" } }), tree({}), {}, "you: file a");
  check("a deleted file", tree({}), tree({ files: { a: ABSENT } }), {}, "you: file a");
  check("git add", tree({ files: { a: "m1" } }), tree({ index: { a: "m1" } }), {}, "you: index a");
  check(
    "git commit leaves file and index as they were",
    tree({ index: { a: "m1" } }),
    tree({ commit: "c1" }),
    { diff: diffOf({ a: ["m0", "m1"] }) },
    "you: ref refs/heads/main",
  );
  check("a branch of the user's", tree({}), tree({ refs: { "refs/heads/x": "c0" } }), {}, "you: ref refs/heads/x");
  check(
    "a stash",
    tree({ files: { a: "m1" } }),
    tree({ refs: { "refs/stash": "s" } }),
    {},
    "you: file a",
    "you: ref refs/stash",
  );
  check("another branch", tree({}), tree({ head: "refs/heads/x" }), {}, "you: head refs/heads/x");

  const diff = diffOf({ a: ["m0", "m1"], gone: ["g0", ABSENT], fresh: [ABSENT, "f1"] });
  const landed = [{ what: "accept" as const, subtask: "s", target: "refs/heads/main", commit: "c1", diff }];
  check(
    "an accept",
    tree({}),
    tree({ commit: "c1" }),
    { diff, landed },
    "braid: file and index a",
    "braid: file and index fresh",
    "braid: file and index gone",
    "braid: ref refs/heads/main",
  );
  check(
    "an accept, and an edit of the same file since",
    tree({}),
    tree({ commit: "c1", files: { a: "mine" } }),
    { diff, landed },
    "you: file and index a",
    "braid: file and index fresh",
    "braid: file and index gone",
    "braid: ref refs/heads/main",
  );
  check(
    "an accept, and a commit of the user's on top",
    tree({}),
    tree({ commit: "c2" }),
    { diff: diffOf({ a: ["m0", "m2"], gone: ["g0", ABSENT], fresh: [ABSENT, "f1"] }), landed },
    "you: file and index a",
    "braid: file and index fresh",
    "braid: file and index gone",
    "you: ref refs/heads/main",
  );
  check(
    "an accept that did not land explains nothing",
    tree({}),
    tree({ files: { a: "m9" } }),
    { landed },
    "you: file a",
  );

  const workers = [{ subtask: "w", paths: ["src/**"] }];
  check(
    "what a worker was also at is worth a look",
    tree({}),
    tree({ files: { "src/a.ts": "m", "docs/b": "m" } }),
    { workers },
    "you: file docs/b",
    "unknown: file src/a.ts",
  );
  check(
    "without a sandbox nobody can say",
    tree({}),
    tree({ files: { x: "m" }, refs: { "refs/heads/y": "c" } }),
    { unsandboxed: true },
    "unknown: file x",
    "unknown: ref refs/heads/y",
  );
  check(
    "names that mean something to objects",
    tree({}),
    tree({ files: { ["__proto__"]: "m", constructor: "m" } }),
    {},
    "you: file __proto__",
    "you: file constructor",
  );
});

describe("the log of looks at the tree", () => {
  const looked = (you: number, unknown = 0): RunEvent => ({
    type: "tree.compared",
    moment: "end",
    digests: { files: "f", index: "i", refs: "r" },
    differences: Array.from({ length: Math.min(100, you + unknown) }, (_, i) => ({
      what: "file",
      name: `p${i}`,
      by: i < unknown ? "unknown" : "you",
      why: "",
    })),
    counts: { braid: 0, you, unknown },
    durationMs: 1,
  });
  const begin = () => begun(planOf("a", "b"));

  it("adds up, and keeps what is worth a look", () => {
    const { tree: watch } = toRunView(stateAfter(...begin(), looked(2, 3), looked(150), looked(90)));
    deepEqual(watch?.counts, { braid: 0, you: 242, unknown: 3 });
    equal(watch?.differences.length, 100);
    equal(watch?.differences.filter((one) => one.by === "unknown").length, 3);
    deepEqual(describeTreeWatch({ counts: { braid: 0, you: 0, unknown: 0 }, differences: [] }), [
      "Your files, index and refs are as they were.",
    ]);
  });

  it("is due when somebody has worked and nobody does", () => {
    const due = (...events: readonly RunEvent[]) => isComparisonDue(stateAfter(...begin(), ...events));
    deepEqual(
      [
        due(),
        due(started("a")),
        due(started("a"), finished("a")),
        due(started("a"), finished("a"), looked(0)),
        due(started("a"), finished("a"), looked(0), started("b"), finished("b")),
      ],
      [false, false, true, false, true],
    );
  });

  it("knows the accepts since the last look", () => {
    const { tree: state } = stateAfter(...begin(), started("a"), finished("a", "x"), accepting("a"), accepted("a"));
    deepEqual(state.landed, [{ what: "accept", subtask: "a", seen: "seen", commit: "merge-a" }]);
    deepEqual(stateAfter(...begin(), started("a"), finished("a", "x"), accepting("a"), looked(0)).tree.landed, []);
  });
});
