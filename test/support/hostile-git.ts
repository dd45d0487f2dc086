import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { TempRepo } from "./temp-repo";

/** One way for a repository to have git run something. What it runs leaves a file of the vector's name in `canaries`. */
export interface GitVector {
  readonly name: string;
  /** Puts it in place. */
  plant(at: { readonly repo: TempRepo; readonly canaries: string }): void;
  /** A shell command that springs it with plain git, in the repository; undefined where only time or a terminal would. */
  readonly bait: string | undefined;
  /** What an accept leaves to the user by design: commit hooks and signing. */
  readonly custom?: true;
}

/** Every hook git knows. */
const HOOKS = [
  "applypatch-msg pre-applypatch post-applypatch pre-commit pre-merge-commit prepare-commit-msg commit-msg post-commit",
  "pre-rebase post-checkout post-merge pre-push pre-receive update proc-receive post-receive post-update",
  "reference-transaction push-to-checkout pre-auto-gc post-rewrite sendemail-validate fsmonitor-watchman post-index-change",
].flatMap((line) => line.split(" "));

/** Commands a later Braid might issue by a name that an alias could take. */
const ALIASES = ["x", "st", "co", "merge-trees", "safe-status"];

/** Reads standard input, so that what waits for a filter is served, and says that it was here. */
const touch = (canaries: string, name: string) => `touch '${join(canaries, name)}'`;
const pass = (canaries: string, name: string) => `${touch(canaries, name)}; cat`;

const setting = (
  name: string,
  bait: string | undefined,
  settings: (canary: string, through: string) => Readonly<Record<string, string>>,
): GitVector => ({
  name,
  bait,
  plant({ repo, canaries }) {
    for (const [key, value] of Object.entries(settings(touch(canaries, name), pass(canaries, name))))
      repo.git("config", "--add", key, value);
  },
});

const script = (name: string, canaries: string) => {
  const path = join(canaries, "bin", name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `#!/bin/sh\n${touch(canaries, name)}\n`);
  chmodSync(path, 0o755);
  return path;
};

/** A file of each kind that attributes send through a driver; the tests' subtasks change them. */
export const DRIVEN = [
  "in.clean",
  "in.smudge",
  "in.process",
  "in.merge",
  "in.diff",
  "in.text",
  "in.tracked",
  "in.worktree",
];

/** Attributes that send these files there; committed, as a stranger's repository has them. */
export const ATTRIBUTES = [
  "*.clean filter=evilclean",
  "*.smudge filter=evilsmudge",
  "*.process filter=evilprocess",
  "*.merge merge=evilmerge",
  "*.diff diff=evildiff",
  "*.text diff=eviltext",
  "*.tracked filter=eviltracked",
  "*.worktree filter=evilworktree",
  "",
].join("\n");

/** All of them. Later ones may rest on earlier ones; the tests plant all in one repository. */
export const GIT_VECTORS: readonly GitVector[] = [
  {
    name: "hooks",
    custom: true,
    bait: "git commit --allow-empty -qm bait",
    plant({ repo, canaries }) {
      for (const hook of HOOKS) {
        const path = join(gitDirOf(repo), "hooks", hook);
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(path, `#!/bin/sh\n${touch(canaries, "hooks")}\n`);
        chmodSync(path, 0o755);
      }
    },
  },
  {
    name: "core.hooksPath",
    custom: true,
    bait: "git commit --allow-empty -qm bait",
    plant({ repo, canaries }) {
      for (const hook of HOOKS) {
        const path = join(canaries, "hooks.d", hook);
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(path, `#!/bin/sh\n${touch(canaries, "core.hooksPath")}\n`);
        chmodSync(path, 0o755);
      }
      repo.git("config", "core.hooksPath", join(canaries, "hooks.d"));
    },
  },
  setting("core.fsmonitor", "git status", (canary) => ({ "core.fsmonitor": `${canary}; false` })),
  setting("filter.clean", "touch in.clean; echo x >> in.clean; git add in.clean", (_, through) => ({
    "filter.evilclean.clean": through,
  })),
  setting("filter.smudge", "rm in.smudge; git checkout in.smudge", (_, through) => ({
    "filter.evilsmudge.smudge": through,
  })),
  setting("filter.process", "rm in.process; git checkout in.process", (canary) => ({
    "filter.evilprocess.process": canary,
  })),
  {
    name: "include.path of a tracked file",
    bait: "rm in.tracked; git checkout in.tracked",
    plant({ repo, canaries }) {
      const through = pass(canaries, "include.path of a tracked file");
      repo.write("tracked-config", `[filter "eviltracked"]\n\tsmudge = "${through}"\n\tclean = "${through}"\n`);
      repo.git("config", "--add", "include.path", join(repo.dir, "tracked-config"));
    },
  },
  {
    name: "config.worktree",
    bait: "rm in.worktree; git checkout in.worktree",
    plant({ repo, canaries }) {
      repo.git("config", "extensions.worktreeConfig", "true");
      repo.git("config", "--worktree", "filter.evilworktree.smudge", pass(canaries, "config.worktree"));
    },
  },
  setting("merge.driver", "git merge-tree --write-tree bait-ours bait-theirs || true", (canary) => ({
    "merge.evilmerge.driver": `${canary}; false`,
  })),
  setting(
    "merge.default",
    "git rm -q --cached .gitattributes; git merge-tree --write-tree bait-ours bait-theirs || true",
    (canary) => ({
      "merge.evildefault.driver": `${canary}; false`,
      "merge.default": "evildefault",
    }),
  ),
  setting("diff.command", "echo x >> in.diff; git diff", (canary) => ({ "diff.evildiff.command": canary })),
  setting("diff.textconv", "git log -p", (canary) => ({ "diff.eviltext.textconv": `${canary}; cat` })),
  setting("diff.external", "echo x >> in.clean; git diff", (canary) => ({ "diff.external": canary })),
  {
    name: "gpg.program",
    custom: true,
    bait: "git commit -S --allow-empty -qm bait || true",
    plant({ repo, canaries }) {
      const program = script("gpg.program", canaries);
      for (const key of ["gpg.program", "gpg.openpgp.program", "gpg.ssh.program", "gpg.x509.program"])
        repo.git("config", key, program);
      // Signing asks the program for its version, and the format for a key.
      for (const key of ["commit.gpgSign", "tag.gpgSign", "log.showSignature", "merge.verifySignatures"])
        repo.git("config", key, "true");
    },
  },
  setting("core.pager", `command -v script && script -qec 'git log' /dev/null </dev/null`, (canary) => ({
    "core.pager": canary,
    "pager.status": canary,
    "pager.diff": canary,
    "pager.config": canary,
  })),
  setting("core.editor", "git commit --amend --no-gpg-sign", (canary) => ({
    "core.editor": canary,
    "sequence.editor": canary,
  })),
  setting("core.sshCommand", "git ls-remote ssh://nobody@127.0.0.1:1/x", (canary) => ({
    "core.sshCommand": `${canary}; false`,
  })),
  setting(
    "credential.helper",
    "echo url=https://example.com | GIT_TERMINAL_PROMPT=0 git credential fill",
    (canary) => ({
      "credential.helper": `!${canary}`,
    }),
  ),
  {
    name: "core.askPass",
    bait: "echo url=https://example.com | GIT_TERMINAL_PROMPT=0 git -c credential.helper= credential fill",
    plant: ({ repo, canaries }) => void repo.git("config", "core.askPass", script("core.askPass", canaries)),
  },
  {
    name: "core.gitProxy",
    bait: "git ls-remote git://127.0.0.1:1/x",
    plant: ({ repo, canaries }) => void repo.git("config", "core.gitProxy", script("core.gitProxy", canaries)),
  },
  {
    name: "url.insteadOf",
    bait: "git -c protocol.ext.allow=always ls-remote bait://x",
    plant: ({ repo, canaries }) =>
      void repo.git("config", `url.ext::touch ${join(canaries, "url.insteadOf")} .insteadOf`, "bait://x"),
  },
  setting("trailer.cmd", "printf 'x\\n\\nBait: y\\n' | git interpret-trailers", (canary) => ({
    "trailer.bait.key": "Bait",
    "trailer.bait.command": canary,
    "trailer.bait.ifExists": "replace",
  })),
  {
    name: "promisor uploadpack",
    bait: `git cat-file -e ${"1".repeat(40)}`,
    plant({ repo, canaries }) {
      // Any object that is not there would be fetched from this "remote", by this program.
      mkdirSync(join(canaries, "remote"), { recursive: true });
      repo.git("config", "core.repositoryFormatVersion", "1");
      repo.git("config", "extensions.partialClone", "origin");
      repo.git("config", "remote.origin.promisor", "true");
      repo.git("config", "remote.origin.url", join(canaries, "remote"));
      repo.git("config", "remote.origin.uploadpack", `${touch(canaries, "promisor uploadpack")}; false`);
    },
  },
  {
    name: "submodule.update",
    bait: "git submodule update --force",
    plant({ repo, canaries }) {
      repo.git("config", "submodule.sub.update", `!${touch(canaries, "submodule.update")}`);
    },
  },
  {
    name: "config of a submodule",
    bait: "rm sub/in.sub; git -C sub checkout in.sub",
    plant({ repo, canaries }) {
      repo.git("-C", "sub", "config", "filter.evilsub.smudge", pass(canaries, "config of a submodule"));
    },
  },
  setting("alias", "git st", (canary) => Object.fromEntries(ALIASES.map((name) => [`alias.${name}`, `!${canary}`]))),
  {
    name: "core.alternateRefsCommand",
    bait: "git rev-list --alternate-refs -1",
    plant({ repo, canaries }) {
      const other = join(canaries, "alternate");
      repo.git("clone", "-q", "--bare", repo.dir, other);
      mkdirSync(join(gitDirOf(repo), "objects/info"), { recursive: true });
      writeFileSync(join(gitDirOf(repo), "objects/info/alternates"), `${other}/objects\n`);
      repo.git("config", "core.alternateRefsCommand", touch(canaries, "core.alternateRefsCommand"));
    },
  },
];

/** Springs one with plain git, to see that it is a trap at all. */
export function spring(vector: GitVector, dir: string): void {
  if (vector.bait === undefined) return;
  try {
    execFileSync("sh", ["-c", vector.bait], { cwd: dir, stdio: "ignore", timeout: 10_000 });
  } catch {
    // Most of what runs here fails; that it ran is all that counts.
  }
}

/** Names of the vectors that ran something. */
export function sprung(canaries: string): readonly string[] {
  return existsSync(canaries)
    ? readdirSync(canaries, { withFileTypes: true }).flatMap((entry) => (entry.isFile() ? [entry.name] : []))
    : [];
}

/** Gives a repository a submodule `sub`, cloned from `source` and with a file that a filter would write. */
export function addSubmodule(repo: TempRepo, source: string): void {
  writeFileSync(join(source, "in.sub"), "sub\n");
  writeFileSync(join(source, ".gitattributes"), "*.sub filter=evilsub\n");
  for (const args of [
    ["init", "-q"],
    ["add", "-A"],
    ["-c", "user.name=A", "-c", "user.email=a@b", "commit", "-qm", "sub"],
  ])
    execFileSync("git", args, { cwd: source });
  repo.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", source, "sub");
  repo.commit("sub");
}

function gitDirOf(repo: TempRepo): string {
  return repo.git("rev-parse", "--absolute-git-dir");
}
