import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { homedir } from "node:os";
import { join } from "node:path";
import { sandboxedWorktree, type SandboxedWorktree } from "../support/sandbox";
import { tempFolder } from "../support/temp-repo";

const SECRET = "CANARY-5f0c1e";
const PLANTED = [
  "ANTHROPIC_API_KEY",
  "SSH_AUTH_SOCK",
  "VSCODE_IPC_HOOK_CLI",

  "GIT_ASKPASS",
  "AWS_SECRET_ACCESS_KEY",
  "NPM_TOKEN",
  "NODE_OPTIONS_X",
];

describe("a hostile command in the sandbox", function () {
  this.timeout(60_000);
  let at: SandboxedWorktree;
  let outside: ReturnType<typeof tempFolder>;
  let homeSecret: string;
  before(async () => {
    for (const name of PLANTED) process.env[name] = SECRET;
    at = await sandboxedWorktree();
    at.repo.git("remote", "add", "origin", `https://user:${SECRET}@example.com/x.git`);
    at.repo.git("config", "http.extraHeader", `Authorization: ${SECRET}`);
    writeFileSync(join(at.gitDir, "braid", "runs", "journal.jsonl"), SECRET);
    writeFileSync(join(at.gitDir, "hooks", "post-checkout"), `#!/bin/sh\n# ${SECRET}\n`);
    at.repo.write("untracked-in-main", SECRET);
    outside = tempFolder("braid-outside-");
    writeFileSync(join(outside.dir, "file"), "untouched");
    homeSecret = mkdtempSync(join(homedir(), ".braid-canary-"));
    writeFileSync(join(homeSecret, "token"), SECRET);
  });
  after(() => {
    for (const name of PLANTED) delete process.env[name];
    at.dispose();
    outside.dispose();
    rmSync(homeSecret, { recursive: true, force: true });
  });

  describe("cannot write", () => {
    for (const target of [
      [
        "$OUTSIDE/file",
        "/evil",
        "/usr/evil",
        "/usr/bin/evil",
        "/etc/evil",
        "/etc/passwd",
        "/etc/gitconfig",
        "/opt/evil",
        "/home/evil",
      ],
      [
        "/root/evil",
        "/var/evil",
        "/run/evil",
        "/boot/evil",
        "/srv/evil",
        "/proc/sys/kernel/hostname",
        "/proc/sysrq-trigger",
        "/sys/evil",
      ],
      ["$GITDIR/config", "$GITDIR/hooks/pre-commit", "$GITDIR/HEAD", "$GITDIR/index", "$GITDIR/refs/heads/evil"],
      [
        "$GITDIR/objects/evil",
        "$GITDIR/info/attributes",
        "$GITDIR/packed-refs",
        "$GITDIR/worktrees/w1/config.worktree",
        "$GITDIR/worktrees/w1/HEAD",
      ],
      [
        "$GITDIR/worktrees/w1/index",
        "$GITDIR/worktrees/w1/commondir",
        "$GITDIR/worktrees/evil",
        "$GITDIR/braid/evil",
        ".git",
      ],
    ].flat())
      it(target, async () => {
        const env = `OUTSIDE=${outside.dir} MAIN=${at.repo.dir} GITDIR=${at.gitDir}`;
        const { output } = await at.run(`${env}; { echo evil > "${target}"; } 2>&1 && echo WRITTEN`);
        assert.doesNotMatch(output, /WRITTEN/u);
        assert.equal(readFileSync(join(outside.dir, "file"), "utf8"), "untouched");
        for (const path of [
          join(at.repo.dir, "evil"),
          "/evil",
          "/usr/evil",
          "/etc/evil",
          join(at.worktree, "..", "evil"),
        ])
          assert.equal(existsSync(path), false, path);
      });
  });

  // The worktree lies below the host's /tmp here, and the sandbox has a /tmp of its own that the way to it lies in.
  for (const target of ["$MAIN/README.md", "$MAIN/evil", "$MAIN/../evil", "../evil", "../w2/evil", "/tmp/evil"])
    it(`writes only to its own /tmp: ${target}`, async () => {
      await at.run(
        `MAIN=${at.repo.dir}; mkdir -p "$(dirname "${target}")" && echo evil > "${target}"; rm -f "${target}"`,
      );
      assert.equal(at.repo.read("README.md"), "# Read me\n");
      for (const path of [at.repo.dir, join(at.repo.dir, ".."), join(at.worktree, ".."), join(at.worktree, "..", "w2")])
        assert.equal(existsSync(join(path, "evil")), false, path);
    });

  describe("cannot get round a read-only mount", () => {
    for (const command of [
      "mv .git g && echo DONE",
      "rm -f .git && echo DONE",
      "ln -sf /tmp .git && ls -l .git | grep -- '-> /tmp' && echo DONE",
      "mkdir up && mv $PWD/.git up/.git && echo DONE",
      "mount -o remount,rw /usr && echo DONE",
      "umount $PWD/.git && echo DONE",
      "unshare -Urm sh -c 'mount -o remount,bind,rw /usr && echo DONE'",
      "unshare -Urm sh -c 'umount -l /usr && echo DONE'",
      "mkdir -p m && unshare -Urm sh -c 'mount --bind /tmp m && umount .git && echo DONE'",
      "chroot / true && echo DONE",
      "nsenter -t 1 -m true && echo DONE",
      "ls /proc/1/root/root/.ssh /proc/1/cwd/../../etc/shadow && echo DONE",
      "mknod /tmp/disk b 254 0 && head -c 1 /tmp/disk && echo DONE",
      "cp /bin/sh /tmp/s && chmod u+s /tmp/s && chown 0 /tmp/s && echo DONE",
      "su -c true && echo DONE",
      "sudo -n true && echo DONE",
      "echo 0 > /proc/sys/kernel/randomize_va_space && echo DONE",
      "echo x > /proc/1/oom_score_adj && echo DONE",
    ])
      it(command, async () => {
        const { output } = await at.run(command);
        assert.doesNotMatch(output, /^DONE$/mu);
        assert.equal(statSync(join(at.worktree, ".git")).isFile(), true);
      });
  });

  describe("cannot move git", () => {
    for (const command of [
      "git commit --allow-empty -m evil",
      "git update-ref refs/heads/main HEAD~0 && git update-ref refs/heads/evil HEAD",
      "git branch evil",
      "git tag evil",
      "git config core.fsmonitor 'touch /tmp/evil'",
      "git config core.hooksPath /tmp",
      "git remote add evil https://example.com",
      "git stash push -u",
      "git worktree add ../w3",
      "git worktree remove --force .",
      "git gc --prune=now",
      "git -C $MAIN commit --allow-empty -m evil",
      "git --git-dir=$GITDIR --work-tree=$MAIN reset --hard",
      "GIT_DIR=$GITDIR git update-ref -d refs/heads/main",
      "git push origin HEAD:evil",
      "git fetch https://example.com/x.git",
    ])
      it(command, async () => {
        const before = at.repo.git("for-each-ref") + at.repo.git("config", "--list", "--local");
        const env = `export MAIN=${at.repo.dir} GITDIR=${at.gitDir}`;
        const { exitCode } = await at.run(`${env}; ${command}`);
        assert.notEqual(exitCode, 0);
        assert.equal(at.repo.git("for-each-ref") + at.repo.git("config", "--list", "--local"), before);
        assert.equal(existsSync(at.worktree), true);
      });
  });

  describe("cannot read", () => {
    it("the environment Braid runs in", async () => {
      const { output } = await at.run("printenv; cat /proc/*/environ 2>/dev/null | tr '\\0' '\\n'");
      assert.doesNotMatch(output, new RegExp(`${SECRET}|${PLANTED.join("|")}`, "u"));
      const names = output.split("\n").map((line) => line.split("=")[0]);
      const allowed = new Set("PATH HOME USER LANG TERM CI NO_COLOR GIT_OPTIONAL_LOCKS PWD SHLVL OLDPWD _".split(" "));
      assert.deepEqual(
        names.filter((name) => name !== "" && !allowed.has(name ?? "")),
        [],
      );
    });

    it("any secret on the host, wherever it looks", async () => {
      // What is left out is the system's and the tools' own, and far too much to read.
      const without = "proc usr opt dev .pyenv .rustup .cargo".split(" ").map((name) => `--exclude-dir=${name}`);
      const { output, timedOut } = await at.run(
        `grep -rsl ${without.join(" ")} ${SECRET} /; git remote -v; git config --list`,
      );
      assert.equal(timedOut, false);
      assert.doesNotMatch(output, new RegExp(SECRET, "u"));
      assert.equal(output.split("\n").filter((line) => line.startsWith("/")).length, 0);
    });

    for (const path of [
      "$MAIN",
      "$OUTSIDE",
      "$HOMESECRET",
      "/etc/shadow",
      "/etc/ssh",
      "/etc/npmrc",
      "/etc/ssl/private",
      "/home",
      "/run",
      "/mnt",
      "/sys",
      "/var/lib",
      "/var/log",
      "$GITDIR/hooks",
      "$GITDIR/braid",
      "$GITDIR/logs",
      "$GITDIR/modules",
    ])
      it(path, async () => {
        const env = `MAIN=${at.repo.dir}/README.md OUTSIDE=${outside.dir} HOMESECRET=${homeSecret} GITDIR=${at.gitDir}`;
        const { exitCode, output } = await at.run(`${env}; ls -A ${path}`);
        assert.ok(exitCode !== 0 || output === "", output);
      });

    it("other processes", async () => {
      const { output } = await at.run("ps -e -o pid= | wc -l; kill -9 -1; kill -0 " + process.pid);
      assert.ok(Number(output.split("\n")[0]) < 10);
      const pids = await at.run("ls -d /proc/[0-9]* | wc -l");
      assert.ok(Number(pids.output) < 10);
    });
  });

  describe("has no network", () => {
    let server: Server;
    let bytes = 0;
    let port = 0;
    const udp = createSocket("udp4");
    before(async () => {
      server = createServer((socket) => {
        bytes += 1;
        socket.destroy();
      });
      await new Promise<void>((resolve) => server.listen(0, "0.0.0.0", resolve));
      const address = server.address();
      port = typeof address === "object" && address !== null ? address.port : 0;
      udp.on("message", (message) => {
        bytes += message.length;
      });
      await new Promise<void>((resolve) => udp.bind(port, "0.0.0.0", resolve));
    });
    after(() => {
      server.close();
      udp.close();
    });

    for (const command of [
      "curl --max-time 3 -s http://127.0.0.1:$PORT/",
      "curl --max-time 3 -s http://[::1]:$PORT/",
      "exec 3<>/dev/tcp/127.0.0.1/$PORT",
      "exec 3<>/dev/tcp/localhost/$PORT",
      "echo x > /dev/udp/127.0.0.1/$PORT; false",
      "exec 3<>/dev/tcp/1.1.1.1/53",
      "getent hosts example.com",
      "curl --max-time 3 -s https://example.com",
      `node -e 'require("net").connect(process.env.PORT, "127.0.0.1").on("error", () => process.exit(1))'`,
      `node -e 'require("dns").lookup("example.com", (e) => process.exit(e ? 1 : 0))'`,
      `python3 -c 'import os, socket; socket.create_connection(("127.0.0.1", int(os.environ["PORT"])), 3)'`,
      `python3 -c 'import socket; s = socket.socket(socket.AF_UNIX); s.connect("\\0/tmp/.X11-unix/X0")'`,
      `python3 -c 'import socket; s = socket.socket(socket.AF_UNIX); s.connect("/run/docker.sock")'`,
      "npm view zod version --fetch-timeout=2000 --fetch-retries=0",
    ])
      it(command, async () => {
        const { exitCode, timedOut } = await at.run(`export PORT=${port}; ${command}`);
        assert.equal(timedOut, false);
        assert.notEqual(exitCode, 0);
        assert.equal(bytes, 0);
      });

    it("though its own loopback works", async () => {
      const { output } = await at.run(
        `node -e 'const s = require("http").createServer((q, r) => r.end("own")).listen(0, () => fetch("http://127.0.0.1:" + s.address().port).then((r) => r.text()).then((t) => { console.log(t); process.exit(); }))'`,
      );
      assert.equal(output, "own\n");
    });
  });
});
