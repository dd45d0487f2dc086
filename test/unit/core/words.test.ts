import { deepEqual, equal, ok } from "node:assert/strict";
import { BraidError, describeFailure, failure, toFailure } from "../../../src/core/failure";
import { Report } from "../../../src/core/report";
import { canWrite, ROLES, toRole } from "../../../src/core/role";
import { isGitName, unsafePathReason } from "../../../src/core/tree-path";
import { addUsage, NO_USAGE, totalTokens } from "../../../src/core/usage";
import { USAGE } from "../../support/builders";

describe("paths in a result", () => {
  for (const path of [
    "a",
    "src/a.ts",
    ".gitignore",
    ".github/workflows/ci.yml",
    "git",
    "a.git",
    ".git-blame-ignore-revs",
    "git~",
    "...a",
    "wörld/日本.txt",
    "a b/c",
    "gıt",
  ])
    it(`${JSON.stringify(path)} is harmless`, () => equal(unsafePathReason(path), undefined));

  for (const path of ["", "/etc/passwd", "a//b", "a/", "./a", "..", "../a", "a/../../b", "a/./b", "a\\..\\b", "\\a"])
    it(`${JSON.stringify(path)} is not a plain path`, () => equal(unsafePathReason(path), "not a plain path"));

  for (const path of [
    ".git/hooks/pre-commit",
    ".GIT/config",
    "sub/.git/config",
    "sub\\.Git\\config",
    ".git./config",
    ".git /config",
    ".git . ./config",
    ".git::$INDEX_ALLOCATION/config",
    ".git:stream",
    "git~1/config",
    "GIT~2",
    ".g\u200cit/config",
    "\ufeff.git",
    ".git\u202e/config",
    "．git/config",
    ".ｇｉｔ/config",
  ])
    it(`${JSON.stringify(path)} is git's own folder`, () => equal(unsafePathReason(path), "git's own folder"));

  it("a name alone is judged the same", () => deepEqual([".git", "x.git"].map(isGitName), [true, false]));
});

describe("roles", () => {
  for (const [agent, role] of [
    ["research-agent", "researcher"],
    ["planning-agent", "architect"],
    ["implementer-agent", "implementer"],
    ["testing-agent", "tester"],
    ["verifier-agent", "reviewer"],
    ["Implementer", undefined],
    ["", undefined],
    ["constructor", undefined],
    ["__proto__", undefined],
    ["toString", undefined],
  ] as const)
    it(`"${agent}" is ${role ?? "nobody"}`, () => equal(toRole(agent), role));
  it("each is known by its own name", () => deepEqual(ROLES.map(toRole), [...ROLES]));
  it("three may write", () => deepEqual(ROLES.filter(canWrite), ["implementer", "tester", "documenter"]));
});

describe("usage", () => {
  it("adds field by field", () =>
    deepEqual(addUsage(USAGE, { inputTokens: 1, outputTokens: 2, cacheReadTokens: 3, cacheWriteTokens: 4, usd: 1 }), {
      inputTokens: 11,
      outputTokens: 7,
      cacheReadTokens: 6,
      cacheWriteTokens: 6,
      usd: 1.25,
    }));
  it("nothing is neutral", () => deepEqual(addUsage(NO_USAGE, USAGE), USAGE));
  it("counts cached tokens too", () => equal(totalTokens(USAGE), 20));
});

describe("failures", () => {
  const system = (code: string, path?: string) =>
    Object.assign(new Error(code), { code, ...(path === undefined ? {} : { path }) });
  for (const [error, code, message] of [
    [system("ENOSPC", "/x"), "disk.full", "The disk is full (/x)."],
    [system("EDQUOT"), "disk.full", "The disk is full."],
    [system("EACCES", "/x"), "disk.denied", "Writing is not permitted (/x)."],
    [system("EPERM"), "disk.denied", "Writing is not permitted."],
    [system("EROFS"), "disk.denied", "Writing is not permitted."],
    [system("EFBIG"), "disk.full", "The disk is full."],
    [system("EMFILE"), "disk.denied", "Too many files are open."],
    [
      Object.assign(system("ENOSPC", "/x"), { syscall: "watch" }),
      "disk.denied",
      "The system has no watch left for a folder (/x).",
    ],
    [
      Object.assign(system("EPERM", "/x"), { syscall: "link" }),
      "disk.denied",
      "The file system knows no hard links, which Braid's locks are made of (/x).",
    ],
    [Object.assign(system("EACCES", "/x"), { syscall: "link" }), "disk.denied", "Writing is not permitted (/x)."],
    [system("EIO"), "internal", "EIO"],
    [new DOMException("stop", "AbortError"), "cancelled", "Cancelled."],
    [new BraidError(failure("run.busy", "Busy.")), "run.busy", "Busy."],
    ["a string", "internal", "a string"],
    [undefined, "internal", "undefined"],
  ] as const)
    it(`${String(error)} is ${code}`, () => {
      const found = toFailure(error);
      deepEqual([found.code, found.message], [code, message]);
    });

  it("an unforeseen error keeps its stack, and no field is undefined", () => {
    ok(toFailure(new Error("boom")).detail?.includes("boom"));
    deepEqual(Object.keys(failure("internal", "m")), ["code", "message"]);
    deepEqual(failure("internal", "m", { hint: "h", detail: "d" }), {
      code: "internal",
      message: "m",
      hint: "h",
      detail: "d",
    });
  });
  it("an error says what its failure says and keeps its cause", () => {
    const cause = new Error("why");
    const error = new BraidError(failure("run.busy", "Busy."), { cause });
    deepEqual([error.name, error.message, error.cause], ["BraidError", "Busy.", cause]);
  });
  it("one line names the way out", () => {
    equal(describeFailure(failure("run.busy", "Busy.")), "Busy.");
    equal(describeFailure(failure("run.busy", "Busy.", { hint: "Wait." })), "Busy. Wait.");
  });
});

describe("a report", () => {
  it("needs a summary and fills in the rest", () => {
    deepEqual(Report.parse({ summary: "Did it.", findings: [{ file: "a", message: "m" }] }), {
      summary: "Did it.",
      files: [],
      findings: [{ file: "a", message: "m", severity: "info" }],
      decisions: [],
      open_points: [],
    });
  });
  for (const wrong of [{}, { summary: "" }, { summary: "s", findings: [{ file: "a", line: 0, message: "m" }] }, []])
    it(`${JSON.stringify(wrong)} is none`, () => equal(Report.safeParse(wrong).success, false));
});
