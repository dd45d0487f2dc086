import { deepEqual, equal, match } from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createServer } from "node:http";
import { existsSync, mkdirSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gravest, type Diagnosis } from "../../../src/core/doctor/diagnosis";
import { examine } from "../../../src/run/doctor/examine";
import { EXAMINATIONS } from "../../../src/run/doctor/examinations";
import type { DoctorSetting, Examination } from "../../../src/run/doctor/examination";
import { cli } from "../../support/cli";
import { useCli } from "../../support/cli-fixture";
import { tempFolder } from "../../support/temp-repo";

interface Told {
  readonly canStart: boolean;
  readonly examinations: readonly {
    readonly id: string;
    readonly diagnoses: readonly Diagnosis[];
  }[];
}

const SETTING: DoctorSetting = {
  dir: null,
  trusted: true,
  endpoint: null,
  keyFrom: null,
  baseUrl: null,
  proxy: { from: null, host: "", honoured: false, bypassed: false },
  concurrency: 2,
  worktreeDirectory: undefined,
  unhonoured: [],
  now: Date.now,
};

/** Looks at `ids` only, in this process, and tells each as `level: messages`. */
async function look(setting: Partial<DoctorSetting>, ...ids: readonly string[]): Promise<readonly string[]> {
  const examinations = EXAMINATIONS.filter(({ id }) => ids.includes(id));
  const examined = await examine({ ...SETTING, ...setting }, new AbortController().signal, { examinations });
  return ids.map((id) => {
    const diagnoses = examined.find((each) => each.id === id)?.diagnoses ?? [];
    return diagnoses.length === 0
      ? "not looked at"
      : `${gravest(diagnoses)}: ${diagnoses.map(({ message }) => message).join(" ")}`;
  });
}

/** Each answer matches the expression in its place. */
function told(answers: readonly string[], ...expected: readonly RegExp[]): void {
  equal(answers.length, expected.length);
  expected.forEach((words, i) => match(answers[i] ?? "", words));
}

describe("braid doctor", function () {
  this.timeout(60_000);
  const at = useCli();

  it("says of a good repository that a run could start, and leaves nothing behind", async () => {
    const before = at.repo.git("status", "--porcelain", "--ignored");
    const { code, stdout, stderr } = await cli(["doctor", "--json"], { cwd: at.repo.dir, env: at.env });
    equal(stderr, "");
    const { canStart, examinations }: Told = JSON.parse(stdout);
    equal(code, 0);
    equal(canStart, true);
    const of = (id: string) => examinations.find((each) => each.id === id)?.diagnoses[0]?.message ?? "";
    match(of("repository"), /main at [0-9a-f]{10}/u);
    match(of("api"), /127\.0\.0\.1:\d+ answers/u);
    match(of("models"), /opus is claude-opus/u);
    match(of("room"), /4 worktrees/u);
    equal(at.repo.git("status", "--porcelain", "--ignored"), before);
    const root = join(at.home.dir, ".cache/braid");
    for (const folder of readdirSync(root)) deepEqual(readdirSync(join(root, folder)), []);
  });

  it("prints the same as text, never the key, and exits with 1 where no run could start", async () => {
    at.repo.git("checkout", "-q", "--detach");
    const env = { ...at.env, ANTHROPIC_API_KEY: "sk-ant-secret-1234567890", BRAID_PRICES: "/nowhere.json" };
    const { code, stdout } = await cli(["doctor"], { cwd: at.repo.dir, env });
    equal(code, 1);
    match(stdout, /^✓ ok {7}Git {2,}git 2/mu);
    match(stdout, /^✗ problem {2}Repository {2,}HEAD is detached.*\n +→ Check out a branch/mu);
    match(stdout, /from ANTHROPIC_API_KEY/u);
    match(stdout, /^✗ problem {2}Settings {2,}BRAID_PRICES/mu);
    match(stdout, /A run could not start\. 2 problems\./u);
    equal(stdout.includes("secret"), false);
  });

  it("looks at what it can without a repository, and without a commit", async () => {
    const folder = tempFolder();
    const ids = ["repository", "clone", "worktree-folder", "sandbox"] as const;
    const setting = { dir: folder.dir, worktreeDirectory: at.home.dir };
    const sandbox = /^(?:ok|warning)/u;
    told(await look(setting, ...ids), /^problem: .*not inside a git work tree/u, /^not/u, /^not/u, sandbox);
    execFileSync("git", ["init", "-q"], { cwd: folder.dir });
    told(await look(setting, ...ids), /^problem: .*no commits yet/u, /^not/u, /^(?:note|ok)/u, sandbox);
    folder.dispose();
    told(await look({ ...setting, dir: "/nowhere" }, "repository"), /^problem: There is no folder \/nowhere/u);
  });

  it("asks the API itself, and tells a key that is not taken from a server that is not there", async () => {
    const ids = ["key", "api", "models"] as const;
    const reach = (url: string) => ({
      endpoint: { apiKey: "sk-bad-key", baseUrl: url },
      baseUrl: url,
      keyFrom: "a test",
    });
    const server = createServer((_, response) => {
      response.writeHead(401, { "content-type": "application/json" });
      response.end('{"type":"error","error":{"type":"authentication_error","message":"invalid x-api-key"}}');
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    told(await look(reach(`http://127.0.0.1:${port}`), ...ids), /^ok/u, /^problem: .*key/iu, /^note/u);
    server.close();
    told(await look(reach("http://127.0.0.1:1"), ...ids), /^ok/u, /^problem: No connection/u, /^note/u);
    told(await look(reach(at.server.url), ...ids), /^ok/u, /^ok/u, /^ok/u);
    told(await look({}, ...ids), /^problem: There is no API key/u, /^not/u, /^not/u);
  });

  it("tells what is special about a repository", async () => {
    const { repo } = at;
    repo.write(".gitattributes", "*.bin filter=lfs\n");
    repo.write("a.bin", "x");
    repo.commit("lfs");
    repo.write("README.md", "changed");
    repo.write("new.txt", "new");
    mkdirSync(join(repo.dir, ".git/rebase-merge"));
    writeFileSync(join(repo.dir, ".git/hooks/pre-commit"), "#!/bin/sh\nexit 1\n", { mode: 0o755 });
    const lock = join(repo.dir, ".git/index.lock");
    writeFileSync(lock, "");
    const hourAgo = Date.now() / 1000 - 3_600;
    utimesSync(lock, hourAgo, hourAgo);
    repo.git("config", "core.sparseCheckout", "true");
    told(
      await look(
        { dir: repo.dir, worktreeDirectory: join(repo.dir, ".worktrees") },
        "lfs",
        "uncommitted",
        "half-done",
        "hooks",
        "locks",
        "sparse",
        "worktree-folder",
      ),
      /^note: 1 files/u,
      /^warning: 1 changed and/u,
      /^warning: A rebase/u,
      /^note: .*hooks/u,
      /^warning: .*index\.lock has stood for 60 minutes/u,
      /^note/u,
      /^warning: .*inside the repository/u,
    );
  });

  it("tells a shallow clone and a partial one that lacks what is checked out", async () => {
    const folder = tempFolder();
    at.repo.write("b.txt", "second");
    at.repo.commit("second");
    at.repo.git("config", "uploadpack.allowFilter", "true");
    const check = async (name: string, args: readonly string[], words: RegExp) => {
      execFileSync("git", ["clone", "-q", ...args, `file://${at.repo.dir}`, join(folder.dir, name)]);
      told(await look({ dir: join(folder.dir, name) }, "clone"), words);
    };
    await check("shallow", ["--depth=1"], /^note: The clone is shallow/u);
    await check("partial", ["--filter=blob:none", "--no-checkout"], /^problem: .*lacks 2 objects/u);
    await check("whole", ["--filter=blob:none"], /^ok: A partial clone/u);
    folder.dispose();
  });

  it("tries to sign without asking anybody, and never by a program the repository names", async () => {
    const { repo } = at;
    const sign = () => look({ dir: repo.dir }, "signing");
    const key = join(at.home.dir, "key");
    const makeKey = (phrase: string) => {
      rmSync(key, { force: true });
      rmSync(`${key}.pub`, { force: true });
      execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", phrase, "-f", key]);
    };
    repo.git("config", "commit.gpgSign", "true");
    repo.git("config", "gpg.format", "ssh");
    repo.git("config", "user.signingKey", key);
    makeKey("");
    told(await sign(), /^ok: Commits are signed by an SSH key/u);
    makeKey("a passphrase");
    told(await sign(), /^warning: Commits are to be signed by an SSH key/u);
    const mark = join(at.home.dir, "ran");
    const evil = join(repo.dir, "evil");
    writeFileSync(evil, `#!/bin/sh\ntouch '${mark}'\n`, { mode: 0o755 });
    repo.git("config", "gpg.ssh.program", evil);
    repo.git("config", "gpg.program", evil);
    told(await sign(), /^warning/u);
    repo.git("config", "gpg.format", "openpgp");
    told(await sign(), /^warning: Commits are to be signed by a GPG key/u);
    equal(existsSync(mark), false);
  });
});

describe("the doctor's examinations", function () {
  this.timeout(60_000);
  const of = (id: string, look: Examination["examine"]): Examination => ({
    id,
    title: id,
    needs: "nothing",
    examine: look,
  });

  it("hide none of the others when one fails or hangs", async () => {
    const examinations = [
      of("throws", () => Promise.reject(new Error("boom"))),
      of("hangs", () => new Promise(() => undefined)),
      of("works", () => Promise.resolve([{ level: "ok", message: "Fine." }])),
    ];
    const examined = await examine(SETTING, new AbortController().signal, { examinations, limitMs: 50 });
    deepEqual(
      examined.map(
        ({ id, diagnoses }) => `${id} ${diagnoses.map(({ level, message }) => `${level}: ${message}`).join()}`,
      ),
      [
        "throws warning: This could not be looked at: boom",
        "hangs warning: This took longer than 0.05 s and was given up.",
        "works ok: Fine.",
      ],
    );
  });

  it("run nothing and read nothing in a folder that is not trusted", async () => {
    const folder = tempFolder();
    const examined = await examine({ ...SETTING, dir: folder.dir, trusted: false }, new AbortController().signal);
    deepEqual(
      examined.filter(({ diagnoses }) => diagnoses.length > 0).map(({ id }) => id),
      ["key", "base-url", "proxy", "settings", "trust"],
    );
    folder.dispose();
  });

  it("end with the signal", async () => {
    const stop = new AbortController();
    const examining = examine(SETTING, stop.signal, {
      examinations: [of("hangs", () => new Promise(() => undefined))],
      limitMs: 200,
    });
    stop.abort();
    equal(
      await examining.then(
        () => "told",
        () => "ended",
      ),
      "ended",
    );
  });
});
