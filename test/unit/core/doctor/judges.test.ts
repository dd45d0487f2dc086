import { deepEqual, equal, match } from "node:assert/strict";
import { couldStart, countLevels, gravest, type Diagnosis, type Level } from "../../../../src/core/doctor/diagnosis";
import { byGravity, doctorLines, doctorMarkdown } from "../../../../src/core/doctor/doctor-text";
import type { RunStock } from "../../../../src/core/clean/stock";
import { judgeLeftovers } from "../../../../src/core/doctor/judge-leftovers";
import { judgeHooks, judgeSigning } from "../../../../src/core/doctor/judge-commits";
import { judgeApi, judgeBaseUrl, judgeKey, judgeModels, judgeProxy } from "../../../../src/core/doctor/judge-model";
import { caseCollisions, judgeCase, judgeLengths } from "../../../../src/core/doctor/judge-paths";
import { judgePlace, judgeRoom } from "../../../../src/core/doctor/judge-place";
import {
  judgeForm,
  judgeGitVersion,
  judgeHalfDone,
  judgeLfs,
  judgeSparse,
  judgeSubmodules,
  judgeUncommitted,
} from "../../../../src/core/doctor/judge-repository";
import { judgeLocks, judgeRipgrep, judgeSandbox, judgeSettings } from "../../../../src/core/doctor/judge-tools";
import { failure } from "../../../../src/core/failure";
import { sizeText } from "../../../../src/core/size-text";

const GB = 1024 ** 3;
const FORM = { objectFormat: "sha1", refFormat: "files", shallow: false, promisor: null, missing: 0 };
const PLACE = { dir: "/cache/braid/1", insideRepository: false, sameFileSystem: true, sharesBlocks: true };
const ROOM = { worktrees: 4, files: 1_000, bytes: GB, copied: 0, freeBytes: 100 * GB, freeFiles: 1_000_000 };
const PROXY = { from: "HTTPS_PROXY", host: "proxy:3128", honoured: false, bypassed: false };
const NOW = 1e12;
const STOCK: RunStock = {
  id: "r0000001",
  log: { goal: "g", phase: "done" },
  lastMs: NOW,
  owner: null,
  logBytes: 1e6,
  worktrees: [],
  refs: [],
  unmerged: [],
  isHalfCleaned: false,
};
const PATHS = { windows: false, longPaths: false, rootBytes: 60, paths: ["src/a.ts"] };

/** What each judge makes of its facts; every problem and warning tells what to do. */
const ROWS: readonly (readonly [what: string, said: Diagnosis | readonly Diagnosis[], level: Level, words: RegExp])[] =
  [
    ["git as old as can be", judgeGitVersion("git version 2.38.0", [2, 38]), "ok", /git 2\.38\.0/u],
    ["a later major git", judgeGitVersion("git version 3.1.0.windows.2", [2, 38]), "ok", /3\.1\.0/u],
    ["git too old", judgeGitVersion("git version 2.37.9", [2, 38]), "problem", /needs 2\.38/u],
    ["words without a version", judgeGitVersion("hello", [2, 38]), "problem", /too old/u],
    ["a full clone", judgeForm(FORM), "ok", /full clone/u],
    ["SHA-256 and reftable", judgeForm({ ...FORM, objectFormat: "sha256", refFormat: "reftable" }), "ok", /sha256/u],
    ["a shallow clone", judgeForm({ ...FORM, shallow: true }), "note", /shallow/u],
    ["a partial clone that is whole at HEAD", judgeForm({ ...FORM, promisor: "origin" }), "ok", /partial/u],
    [
      "a partial clone that is not",
      judgeForm({ ...FORM, promisor: "origin", missing: 3 }),
      "problem",
      /lacks 3 objects/u,
    ],
    ["a clean tree", judgeUncommitted({ changed: 0, untracked: 0, conflicted: 0 }), "ok", /Nothing/u],
    [
      "one new file",
      judgeUncommitted({ changed: 0, untracked: 1, conflicted: 0 }),
      "note",
      /^1 untracked file is not/u,
    ],
    [
      "a dirty tree",
      judgeUncommitted({ changed: 2, untracked: 1, conflicted: 1 }),
      "warning",
      /^2 changed, 1 untracked and 1 in conflict files are/u,
    ],
    ["nothing half done", judgeHalfDone(null), "ok", /No merge/u],
    [
      "a rebase half done",
      judgeHalfDone(failure("repo.busy", "A rebase is in progress.")),
      "warning",
      /no result can be accepted/u,
    ],
    ["no submodules", judgeSubmodules([]), "ok", /No submodules/u],
    ["cloned submodules", judgeSubmodules([{ path: "lib", problem: null }]), "note", /not part of a result/u],
    ["one that is not", judgeSubmodules([{ path: "lib", problem: "it is not cloned" }]), "warning", /1 of 1/u],
    ["LFS", judgeLfs(2), "note", /pointers/u],
    ["a sparse checkout", judgeSparse(true), "note", /same part/u],
    ["hooks", judgeHooks("/r/.git/hooks"), "note", /\.git\/hooks/u],
    ["no signing", judgeSigning({ kind: "off" }), "ok", /not signed/u],
    ["a key that is unlocked", judgeSigning({ kind: "signed", by: "an SSH key" }), "ok", /without a question/u],
    [
      "a key that would ask",
      judgeSigning({ kind: "refused", by: "a GPG key", said: "No pinentry" }),
      "warning",
      /nobody|anybody/u,
    ],
    ["a key of another kind", judgeSigning({ kind: "untried", by: "x509", why: "No." }), "note", /not tried/u],
    ["a good folder", judgePlace(PLACE), "ok", /without taking space/u],
    [
      "another file system",
      judgePlace({ ...PLACE, sameFileSystem: false, sharesBlocks: false }),
      "note",
      /another file system/u,
    ],
    [
      "a folder inside the repository",
      judgePlace({ ...PLACE, insideRepository: true }),
      "warning",
      /inside the repository/u,
    ],
    ["room", judgeRoom(ROOM), "ok", /4 worktrees take about 4\.3 GB/u],
    ["no room for dependencies", judgeRoom({ ...ROOM, copied: 30 * GB }), "warning", /may be left out/u],
    ["no room at all", judgeRoom({ ...ROOM, freeBytes: 3 * GB }), "problem", /3\.2 GB free/u],
    ["no room for so many files", judgeRoom({ ...ROOM, freeFiles: 3_999 }), "problem", /3,999 more/u],
    ["files nobody counts", judgeRoom({ ...ROOM, freeFiles: null }), "ok", /free/u],
    ["short paths", judgeLengths(PATHS), "ok", /69 bytes/u],
    [
      "long ones on Windows",
      judgeLengths({ ...PATHS, windows: true, paths: [`${"a/".repeat(110)}b`] }),
      "warning",
      /259/u,
    ],
    ["long ones elsewhere", judgeLengths({ ...PATHS, paths: [`${"abcdefghi/".repeat(410)}b`] }), "problem", /4095/u],
    ["a name nobody can have", judgeLengths({ ...PATHS, paths: [`a/${"ä".repeat(128)}`] }), "problem", /256 bytes/u],
    ["case told apart", judgeCase(true, ["A", "a"]), "ok", /tells upper/u],
    ["case not told apart, no matter", judgeCase(false, ["A", "b"]), "ok", /no two paths/u],
    ["case not told apart", judgeCase(false, ["A", "a"]), "warning", /1 paths differ/u],
    ["a sandbox", judgeSandbox(null, "/usr/bin/bwrap"), "ok", /was run in it/u],
    [
      "none",
      judgeSandbox(failure("sandbox.missing", "No bubblewrap.", { hint: "Install it." }), ""),
      "warning",
      /waits for your word/u,
    ],
    ["ripgrep", judgeRipgrep("/usr/bin/rg"), "ok", /rg/u],
    ["no ripgrep", judgeRipgrep(null), "note", /slower/u],
    ["no old lock", judgeLocks([]), "ok", /No old lock/u],
    ["an old lock", judgeLocks([{ path: "/r/.git/index.lock", ageMs: 3_600_000 }]), "warning", /60 minutes/u],
    ["nothing left", judgeLeftovers({ runs: [], archived: [] }, NOW), "ok", /left anything/u],
    ["a run of today", judgeLeftovers({ runs: [STOCK], archived: [] }, NOW), "ok", /^1 run takes 1\.0 MB\.$/u],
    ["an old run", judgeLeftovers({ runs: [{ ...STOCK, lastMs: 0 }], archived: [] }, NOW), "note", /two weeks/u],
    [
      "half a clean-up",
      judgeLeftovers({ runs: [{ ...STOCK, isHalfCleaned: true }], archived: [] }, NOW),
      "warning",
      /^1 run takes 1\.0 MB\.\nThe clean-up of 1 run was cut short\.$/u,
    ],
    [
      "a lost log",
      judgeLeftovers({ runs: [{ ...STOCK, log: null }], archived: [] }, NOW),
      "warning",
      /r0000001 is missing/u,
    ],
    ["settings as they stand", judgeSettings([]), "ok", /Every setting/u],
    [
      "one that is not",
      judgeSettings([{ setting: "braid.run.attempts", why: "99 is too many.", way: "Take 10." }]),
      "warning",
      /99/u,
    ],
    [
      "one that stops a run",
      judgeSettings([{ setting: "BRAID_PRICES", why: "No JSON.", way: "Mend it.", fatal: true }]),
      "problem",
      /PRICES/u,
    ],
    ["a key", judgeKey({ keyFrom: "ANTHROPIC_API_KEY", baseUrl: null }), "ok", /from ANTHROPIC_API_KEY/u],
    ["no key", judgeKey({ keyFrom: null, baseUrl: null }), "problem", /no API key/u],
    [
      "no key for another server",
      judgeKey({ keyFrom: null, baseUrl: "http://127.0.0.1:1" }),
      "note",
      /may do without/u,
    ],
    ["the API itself", judgeBaseUrl(null), "ok", /own API/u],
    ["a server here", judgeBaseUrl("http://127.0.0.1:8080/v1"), "note", /127\.0\.0\.1:8080/u],
    ["a server elsewhere without TLS", judgeBaseUrl("http://ai.example"), "warning", /without TLS/u],
    ["one that only looks local", judgeBaseUrl("http://localhost.evil.example"), "warning", /without TLS/u],
    ["no URL", judgeBaseUrl("ai.example"), "problem", /no URL/u],
    ["another scheme", judgeBaseUrl("ftp://ai.example"), "problem", /ftp:/u],
    ["no proxy", judgeProxy({ ...PROXY, from: null }), "ok", /No proxy/u],
    ["a proxy nobody goes through", judgeProxy(PROXY), "warning", /proxy:3128/u],
    ["a proxy", judgeProxy({ ...PROXY, honoured: true }), "ok", /go through/u],
    ["a proxy for others", judgeProxy({ ...PROXY, bypassed: true }), "ok", /without it/u],
    ["an answer", judgeApi([{}], 12, "api.example"), "ok", /12 ms/u],
    [
      "a wrong key",
      judgeApi(failure("model.auth", "Wrong key.", { hint: "Set it." }), 1, "x"),
      "problem",
      /Wrong key/u,
    ],
    [
      "nobody there",
      judgeApi(failure("model.network", "No connection.", { hint: "Look." }), 1, "x"),
      "problem",
      /connection/u,
    ],
    [
      "no list",
      judgeApi(failure("model.server", "It lists none.", { hint: "Look." }), 1, "x"),
      "warning",
      /all the same/u,
    ],
    ["models", judgeModels([{ name: "opus", id: "o-5", listed: true }]), "ok", /opus is o-5/u],
    ["models nobody lists", judgeModels([{ name: "opus", id: "o-5", listed: null }]), "note", /own table/u],
    ["one the key cannot use", judgeModels([{ name: "opus", id: "o-5", listed: false }]), "warning", /cannot use/u],
  ];

describe("what the doctor makes of facts", () => {
  for (const [what, said, level, words] of ROWS)
    it(`${what}: ${level}`, () => {
      const diagnoses: readonly Diagnosis[] = "level" in said ? [said] : said;
      equal(gravest(diagnoses), level);
      match(diagnoses.map(({ message }) => message).join("\n"), words);
      for (const { level: each, message, fix } of diagnoses) {
        match(message, /\.$/u, "a sentence");
        if (each === "problem" || each === "warning")
          equal(fix !== undefined || what === "a name nobody can have", true, `${what} needs a way out`);
      }
    });

  it("finds folders that differ in case alone, once each", () => {
    deepEqual(caseCollisions(["Src/a", "src/b", "src/B", "doc"]), [
      ["Src", "src"],
      ["src/b", "src/B"],
    ]);
  });
});

describe("what the doctor found, in words", () => {
  const examined = [
    { id: "a", title: "Git", diagnoses: [{ level: "ok", message: "git 2.50." }], durationMs: 1 },
    {
      id: "b",
      title: "Key",
      diagnoses: [
        {
          level: "problem",
          message: "No <b>key</b>\u001b[31m.",
          detail: "x\n\ny",
          fix: { text: "Do it:", line: "rm `x`" },
        },
        { level: "note", message: "Told." },
      ],
      durationMs: 1,
    },
  ] as const;

  it("says whether a run could start", () => {
    equal(couldStart(examined), false);
    equal(couldStart(examined.slice(0, 1)), true);
    deepEqual(countLevels(examined), { ok: 1, note: 1, warning: 0, problem: 1 });
    deepEqual(
      byGravity(examined).map(({ id }) => id),
      ["b", "a"],
    );
  });

  it("has a word and a sign for each, and nothing a terminal would obey", () => {
    deepEqual(doctorLines(examined), [
      "✓ ok       Git  git 2.50.",
      "✗ problem  Key  No <b>key</b>⟨U+001B⟩[31m.",
      "                | x",
      "                | y",
      "                → Do it: rm `x`",
      "i note          Told.",
      "",
      "A run could not start. 1 problem.",
    ]);
  });

  it("is Markdown without markup of others", () => {
    const text = doctorMarkdown(examined);
    match(text, /## ✗ Problems\n\n- \*\*Key\*\*: No \\<b\\>key/u);
    match(text, /Do it: `` rm `x` ``/u);
    match(text, /## i Notes[\s\S]*## ✓ In order/u);
  });

  it("writes sizes as people read them", () => {
    deepEqual([0, 999, 1_000, 9_940, 9_960, 999_600, 3.4e9, 4e15].map(sizeText), [
      "0 B",
      "999 B",
      "1.0 kB",
      "9.9 kB",
      "10 kB",
      "1.0 MB",
      "3.4 GB",
      "4000 TB",
    ]);
  });
});
