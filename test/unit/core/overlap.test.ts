import { deepEqual, equal } from "node:assert/strict";
import picomatch from "picomatch";
import { toWaves } from "../../../src/core/plan/graph";
import { filesOverlap, overlapsIn } from "../../../src/core/gate/overlap";
import { planOf, type Sketch } from "../../support/builders";
import { random } from "../../support/random";

describe("two entries of files", () => {
  for (const [a, b, overlap] of [
    ["src/a.ts", "src/a.ts", true],
    ["src/a.ts", "./src/a.ts", true],
    ["/src//a.ts", "src/a.ts", true],
    ["src/a.ts", "src/b.ts", false],
    ["src/a.ts", "src/a.tsx", false],
    ["src/**", "src/a/b/c.ts", true],
    ["src/**", "src", true],
    ["src/", "src/a.ts", true],
    ["src/*", "src/a/b.ts", false],
    ["src/*.ts", "src/a.ts", true],
    ["src/*.ts", "src/a.js", false],
    ["src/?.ts", "src/ab.ts", false],
    ["src/[ab].ts", "src/b.ts", true],
    ["src/{a,b}.ts", "src/b.ts", true],
    ["src/{a,b}.ts", "src/c.ts", false],
    ["src/{a,b}/**", "src/{b,c}/x.ts", true],
    ["src/{a,{b,c}}.ts", "src/c.ts", true],
    ["**/*.test.ts", "src/a.test.ts", true],
    ["**/*.test.ts", "a.test.ts", true],
    ["**/*.test.ts", "src/a.ts", false],
    ["src/auth/**", "src/**", true],
    ["src/auth/**", "src/billing/**", false],
    ["src/**", "docs/**", false],
    ["src/**/x.ts", "**/b/x.ts", true],
    ["src/*.ts", "src/*.js", false],
    ["src/auth*", "src/*service", true],
    ["src/auth-*", "src/login-*", false],
    ["**", "anything/at/all", true],
    ["a", "a/b", false],
  ] as const)
    it(`${a} and ${b} ${overlap ? "overlap" : "do not overlap"}`, () =>
      deepEqual([filesOverlap(a, b), filesOverlap(b, a)], [overlap, overlap]));

  it("agree with picomatch", () => {
    const next = random(7);
    const pick = (words: readonly string[]) => words[next(words.length)] ?? "";
    const path = (words: readonly string[]) => Array.from({ length: 1 + next(3) }, () => pick(words)).join("/");
    let matches = 0;
    for (let i = 0; i < 3000; i += 1) {
      const name = path(["a", "b", "ab", "ba.ts"]);
      const pattern = path(["a", "*", "**", "a*", "*b", "?", "{a,ab}", "*.ts"]);
      const expected = picomatch.isMatch(name, pattern, { dot: true });
      if (expected) matches += 1;
      // Whether `a*/**` takes in `a` itself is its own affair.
      if (expected || !pattern.includes("**"))
        equal(filesOverlap(pattern, name), expected, `${pattern} against ${name}`);
    }
    equal(matches > 300, true);
  });

  for (const [what, pattern, name] of [
    ["stars without end", `${"*a".repeat(40)}*b`, "a".repeat(900)],
    ["braces that double", "{a,b}".repeat(60), "a".repeat(60)],
    ["folders without end", "**/a/".repeat(90), "a/".repeat(400)],
    ["more than a path can be", "a/*".repeat(50_000), "a/b".repeat(50_000)],
  ] as const)
    it(`${what} get an answer`, () => equal(typeof filesOverlap(pattern, name), "boolean"));
});

describe("overlaps in a wave", () => {
  const overlaps = (...sketches: readonly Sketch[]) => {
    const { subtasks } = planOf(...sketches);
    const positions = new Map(subtasks.map((s, i) => [s.id, i]));
    return toWaves(subtasks).flatMap((wave, i) =>
      overlapsIn(wave, { wave: i + 1, positions, limit: 50 }).map((p) => `${p.path.join(".")}: ${p.message}`),
    );
  };
  const table: readonly (readonly [string, readonly Sketch[], readonly string[]])[] = [
    [
      "none",
      [
        { id: "a", files: ["x"] },
        { id: "b", files: ["y"] },
      ],
      [],
    ],
    [
      "the same file",
      [
        { id: "a", files: ["x"] },
        { id: "b", files: ["y", "x"] },
      ],
      ['subtasks.1.files.1: x is also changed by "a" in wave 1: they run one after the other.'],
    ],
    [
      "a file inside a pattern",
      [
        { id: "a", files: ["src/**"] },
        { id: "b", files: ["src/x"] },
      ],
      ['subtasks.1.files.0: src/x overlaps src/** of "a" in wave 1: the results may conflict.'],
    ],
    [
      "a pattern around a file",
      [
        { id: "a", files: ["src/x"] },
        { id: "b", files: ["src/**"] },
      ],
      ['subtasks.1.files.0: src/** overlaps src/x of "a" in wave 1: the results may conflict.'],
    ],
    [
      "the same pattern",
      [
        { id: "a", files: ["src/*"] },
        { id: "b", files: ["src/*"] },
      ],
      ['subtasks.1.files.0: src/* overlaps the same pattern of "a" in wave 1: the results may conflict.'],
    ],
    [
      "not across waves",
      [
        { id: "a", files: ["x"] },
        { id: "b", files: ["x"], dependencies: ["a"] },
      ],
      [],
    ],
    [
      "in a later wave, by its number",
      [{ id: "r" }, { id: "a", files: ["x"], dependencies: ["r"] }, { id: "b", files: ["x"], dependencies: ["r"] }],
      ['subtasks.2.files.0: x is also changed by "a" in wave 2: they run one after the other.'],
    ],
    [
      "not with who only reads",
      [
        { id: "a", files: ["**"], agent: "reviewer" },
        { id: "b", files: ["x"] },
      ],
      [],
    ],
    ["not with itself", [{ id: "a", files: ["x", "**"] }], []],
  ];
  for (const [what, sketches, expected] of table) it(what, () => deepEqual(overlaps(...sketches), expected));

  it("are no more than asked for", () => {
    const { subtasks } = planOf(
      ...Array.from({ length: 1000 }, (_, i) => ({ id: `s${i}`, files: ["x", `src/${i}/**`] })),
    );
    const positions = new Map(subtasks.map((s, i) => [s.id, i]));
    equal(overlapsIn(subtasks, { wave: 1, positions, limit: 50 }).length, 50);
  });
});
