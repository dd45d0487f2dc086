import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openSandbox } from "../../../src/agent/sandbox";
import { findSandbox, findSeatbelt } from "../../../src/agent/sandbox-find";
import { addWorktree, checkOut } from "../../../src/git/worktree";
import { openRepository } from "../../../src/git/repository";
import { tempFolder, tempRepo, type TempRepo } from "../../support/temp-repo";

/** Stands where macOS has its own: keeps what it was asked for, and runs the command behind it without any walls. */
const STAND_IN = `#!/bin/sh
: > "$0.asked"
while [ "$1" = -p ] || [ "$1" = -D ]; do printf '%s\\n' "$2" >> "$0.asked"; shift 2; done
exec "$@"
`;

describe("commands in macOS's sandbox", function () {
  this.timeout(60_000);
  let home: ReturnType<typeof tempFolder>;
  let repo: TempRepo;
  let binary: string;
  const { signal } = new AbortController();
  beforeEach(() => {
    home = tempFolder();
    repo = tempRepo({ "a.txt": "1\n" });
    binary = join(home.dir, "sandbox-exec");
    writeFileSync(binary, STAND_IN);
    chmodSync(binary, 0o755);
  });
  afterEach(() => {
    repo.dispose();
    home.dispose();
  });
  const asked = () => readFileSync(`${binary}.asked`, "utf8");

  /** A shell in a worktree of the repository whose folder has a name to trip over. */
  async function shell() {
    const dir = join(home.dir, 'tr"ee (allow default)');
    const opened = await openRepository(repo.dir);
    await checkOut(await addWorktree(opened, dir, repo.git("rev-parse", "HEAD")), signal);
    mkdirSync(join(home.dir, "private"), { mode: 0o700 });
    const found = { ok: true, kind: "seatbelt", binary } as const;
    const tempDir = join(home.dir, "private");
    return { dir, shell: await openSandbox({ worktree: dir, gitDir: opened.commonDir, tempDir, found }) };
  }

  it("run there, in a clean environment, with paths beside the profile and never in it", async () => {
    process.env["BRAID_TEST_SECRET"] = "canary";
    try {
      const { shell: sh, dir } = await shell();
      const outcome = await sh.run("pwd; env; echo out; echo err >&2; exit 3", { timeoutMs: 10_000, signal });
      assert.ok(outcome.kind === "exited");
      assert.equal(outcome.exitCode, 3);
      assert.ok(outcome.output.startsWith(`${dir}\n`) && outcome.output.endsWith("out\nerr\n"), outcome.output);
      assert.ok(!outcome.output.includes("canary"));
      assert.match(outcome.output, new RegExp(`^TMPDIR=${join(home.dir, "private/tmp")}$`, "mu"));
      const [profile = "", ...values] = asked().split(/(?=^P\d+=)/mu);
      assert.ok(!profile.includes("allow default)") && profile.includes("(deny default)"), profile);
      assert.ok(values.some((value) => value.endsWith(`=${dir}\n`)));
      assert.ok(values.some((value) => value.endsWith(`=${join(dir, ".git")}\n`)));
    } finally {
      delete process.env["BRAID_TEST_SECRET"];
    }
  });

  it("see of git's folder no hooks, and its configuration only where that lets nobody in", async () => {
    await shell().then(({ shell: sh }) => sh.run("true", { timeoutMs: 10_000, signal }));
    const common = join(repo.dir, ".git");
    const shows = (name: string) => asked().includes(`=${join(common, name)}\n`);
    assert.deepEqual([shows("objects"), shows("config"), shows("hooks"), shows("braid")], [true, true, false, false]);
    for (const [key, value] of [
      ["remote.origin.url", "https://ada:t0ken@example.com/x"],
      ["http.https://example.com/.extraheader", "Authorization: x"],
      ["credential.helper", "store"],
    ] as const) {
      repo.git("config", key, value);
      repo.git("worktree", "remove", "--force", join(home.dir, 'tr"ee (allow default)'));
      rmSync(join(home.dir, "private"), { recursive: true });
      await shell().then(({ shell: sh }) => sh.run("true", { timeoutMs: 10_000, signal }));
      assert.deepEqual([shows("objects"), shows("config")], [true, false], key);
      repo.git("config", "--unset", key);
    }
  });

  it("end with all of their group when time is up", async () => {
    const { shell: sh, dir } = await shell();
    const outcome = await sh.run("(sleep 2; touch late) & trap '' TERM; sleep 300", { timeoutMs: 300, signal });
    assert.ok(outcome.kind === "exited" && outcome.timedOut && outcome.exitCode === null);
    await new Promise((next) => setTimeout(next, 2_500));
    assert.ok(!existsSync(join(dir, "late")));
  });

  it("are refused, with how to get it, where it is not there or does not work", async () => {
    writeFileSync(binary, "#!/bin/sh\necho 'sandbox-exec: sandbox_apply: Operation not permitted' >&2\nexit 71\n");
    for (const [found, words] of [
      [await findSeatbelt(join(home.dir, "none")), /there is no .*none/u],
      [await findSeatbelt(binary), /does not work here/u],
      [await findSandbox([], "win32"), /no sandbox for win32/u],
    ] as const) {
      assert.ok(!found.ok);
      assert.equal(found.failure.code, "sandbox.missing");
      assert.match(found.failure.message, words);
      assert.match(found.failure.hint ?? "", /dev container/u);
      const sh = await openSandbox({ worktree: repo.dir, tempDir: home.dir, found });
      const outcome = await sh.run("touch made", { timeoutMs: 1_000, signal });
      assert.ok(outcome.kind === "refused" && outcome.failure.code === "sandbox.missing");
      assert.ok(!existsSync(join(repo.dir, "made")));
    }
    const broken = await findSeatbelt(binary);
    assert.match(broken.ok ? "" : (broken.failure.detail ?? ""), /sandbox_apply: Operation not permitted/u);
  });
});
