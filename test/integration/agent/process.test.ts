import assert from "node:assert/strict";
import { refuseIo } from "../../../src/agent/files";
import { openMatcher } from "../../../src/agent/matcher";
import { eachRecord, type ProgramOptions } from "../../../src/agent/process";

const options: ProgramOptions = {
  cwd: "/",
  env: { PATH: "/usr/bin:/bin" },
  separator: "\n",
  timeoutMs: 10_000,
  signal: new AbortController().signal,
};
const run = async (script: string, more: Partial<ProgramOptions> = {}, most = Infinity) => {
  const records: string[] = [];
  const result = await eachRecord("/bin/sh", ["-c", script], { ...options, ...more }, (record) => {
    records.push(record);
    return records.length < most;
  });
  return { records, ...result };
};

describe("a program's records", () => {
  it("come one by one, the last without an end left out", async () => {
    const { records, exitCode } = await run("printf 'a\\n\\nb c\\nrest'");
    assert.deepEqual(records, ["a", "", "b c"]);
    assert.equal(exitCode, 0);
  });

  it("may hold line ends when NUL ends them", async () => {
    assert.deepEqual((await run("printf 'a\\nb\\0c\\0'", { separator: "\0" })).records, ["a\nb", "c"]);
  });

  it("end when they are no longer wanted", async () => {
    const { records, exitCode, timedOut } = await run("yes x", {}, 3);
    assert.deepEqual({ records, exitCode, timedOut }, { records: ["x", "x", "x"], exitCode: null, timedOut: false });
  });

  it("end when time is up", async () => {
    const { exitCode, timedOut } = await run("exec sleep 60", { timeoutMs: 100 });
    assert.deepEqual({ exitCode, timedOut }, { exitCode: null, timedOut: true });
  });

  it("end with an abort", async () => {
    const abort = new AbortController();
    const running = eachRecord(
      "/bin/sh",
      ["-c", "echo up; exec sleep 60"],
      { ...options, signal: abort.signal },
      () => {
        abort.abort(new Error("enough"));
        return true;
      },
    );
    await assert.rejects(running, /^Error: enough$/u);
  });

  it("are cut when one is without end", async () => {
    const { records } = await run("head -c 1000000 /dev/zero | tr '\\0' x; echo; echo y");
    assert.ok((records[0] ?? "").length < 200_000);
    assert.equal(records.at(-1), "y");
  });

  it("come with the exit code and what was said", async () => {
    const { exitCode, stderr } = await run("echo why >&2; exit 3");
    assert.deepEqual({ exitCode, stderr }, { exitCode: 3, stderr: "why\n" });
  });

  it("do not come from a program that is not there", async () => {
    const result = await eachRecord("/nonexistent", [], options, () => true);
    assert.equal(result.exitCode, null);
    assert.match(result.stderr, /ENOENT/u);
  });

  it("see no environment but the one given", async () => {
    const { records } = await run("env", { env: { A: "1" } });
    assert.deepEqual(
      records.filter((line) => !/^(?:PWD|OLDPWD|SHLVL|_)=/u.test(line)),
      ["A=1"],
    );
  });
});

describe("a matcher", () => {
  it("tells which texts match", async () => {
    const matcher = openMatcher(/^b|é$/u, 10_000);
    assert.deepEqual(await matcher.indexes(["a", "b", "é", "ab"]), [1, 2]);
    assert.deepEqual(await matcher.indexes([]), []);
    assert.deepEqual(await matcher.indexes(["bb"]), [0]);
    matcher.dispose();
    assert.equal(await matcher.indexes(["b"]), undefined);
  });

  it("takes a thread for what takes longer, and keeps its answers the same", async () => {
    const matcher = openMatcher(/(a+)+$/u, 10_000);
    const slow = [`${"a".repeat(22)}!`, "a", "b"];
    assert.deepEqual(await matcher.indexes(slow), [1]);
    assert.deepEqual(await matcher.indexes(["b", "a"]), [1]);
    matcher.dispose();
    assert.equal(await matcher.indexes(["a"]), undefined);
  });

  it("gives up in time", async () => {
    const matcher = openMatcher(/(a+)+$/u, 300);
    assert.equal(await matcher.indexes([`${"a".repeat(100)}!`]), undefined);
  });
});

describe("a file-system error", () => {
  for (const [code, reason] of [
    ["ENOENT", "not-found"],
    ["ELOOP", "link"],
    ["ENOTDIR", "link"],
    ["ENAMETOOLONG", "bad-name"],
    ["EISDIR", "not-a-file"],
    ["ENXIO", "not-a-file"],
    ["ENOSPC", "io"],
    ["EDQUOT", "io"],
    ["EACCES", "io"],
    ["EROFS", "io"],
    ["EMFILE", "io"],
  ] as const)
    it(`${code} becomes ${reason}, without its path`, () => {
      const error = Object.assign(new Error(`${code}: bad, open '/secret/host/path'`), {
        code,
        path: "/secret/host/path",
      });
      const { refusal } = refuseIo(error, '"f"');
      assert.equal(refusal.reason, reason);
      assert.doesNotMatch(refusal.message, /secret/u);
    });

  it("that is none is a bug and goes up", () => {
    const bug = new TypeError("x is not a function");
    assert.throws(() => refuseIo(bug, '"f"'), bug);
    const aborted = new DOMException("aborted", "AbortError");
    assert.throws(() => refuseIo(aborted, '"f"'), aborted);
  });
});
