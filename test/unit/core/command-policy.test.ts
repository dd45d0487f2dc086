import { deepEqual, equal } from "node:assert/strict";
import { filesBehind, judgeCommand, type CommandVerdict } from "../../../src/core/command-policy";

/** Rows are named after the threat table: S01 chaining … S07 hidden text. */
function check(kind: CommandVerdict["kind"], row: string, commands: readonly string[]): void {
  describe(`${row}: ${kind}`, () => {
    for (const command of commands)
      it(JSON.stringify(command.slice(0, 80)), () => equal(judgeCommand(command).kind, kind));
  });
}

describe("a command where there is no sandbox", () => {
  check("allow", "the reviewed list", [
    "pwd",
    "true",
    "date",
    "uname -a",
    "echo hello world",
    "ls",
    "ls -la",
    "node --version",
    "python3 --version",
    "cargo --version",
  ]);
  check("ask", "what a project runs", ["npm test", "node index.js", "make", "./build.sh", "pytest -q", "cat a.txt"]);
  check("ask", "S01 chaining", [
    "pwd && evil",
    "pwd; evil",
    "pwd | evil",
    "pwd || evil",
    "pwd & evil",
    "pwd &",
    "pwd\nevil",
    "pwd\revil",
    "pwd &&& evil",
    "pwd\\\nevil",
  ]);
  check("ask", "S02 substitution", [
    "echo $(evil)",
    "echo `evil`",
    "echo <(evil)",
    "echo >(evil)",
    "echo ${x@P}",
    "echo $HOME",
    "pwd <<<$(evil)",
    "echo =(evil)",
    "ls *(e:evil:)",
    "echo {a,b}",
    "echo ~",
    'echo "!#:2"',
  ]);
  check("ask", "S03 redirection", [
    "echo x > .git/hooks/pre-commit",
    "echo x >> a",
    "tee a",
    "dd of=a",
    "sed -i s/a/b/ a",
    "sed --in-plac s/a/b/ a",
    "cp a b",
    "mv a b",
    "ln -s / a",
    "install a b",
    "cat <<EOF",
  ]);
  check("ask", "S04 flags that run or write", [
    "find . -exec evil",
    "find . -delete",
    "find . -fprintf a b",
    "rg --pre evil x",
    "rg -z x",
    "sort -o a b",
    "git grep -O x",
    "git log --output=a",
    "git -c core.pager=evil log",
    "git status",
    "tar --to-command=evil -xf a",
    "xargs evil",
    "awk system(1)",
    "sed 1e a",
    "man -P evil x",
    "base64 -o a",
    "date -s 2000-01-01",
    "uname --help=x",
    "ls /etc",
    "ls ..",
    "node --version x",
    "node -v",
    "node --eval=x",
  ]);
  check("ask", "S05 wrappers", [
    "env pwd",
    "watch pwd",
    "ionice pwd",
    "setsid pwd",
    "timeout 5 pwd",
    "nohup pwd",
    "bash -c pwd",
    "busybox sh",
    "PATH=. pwd",
    "command pwd",
    "./pwd",
    "/tmp/pwd",
  ]);
  check("ask", "S06 many commands", [`${"true; ".repeat(60)}evil`, "true ".repeat(400).trim()]);
  check("ask", "S07 hidden text", [
    "pwd\u202e",
    "echo a\u200bb",
    "echo\ta",
    "echo  a",
    "pwd ",
    " pwd",
    "echo \u001b[2K",
    "ｐｗｄ",
  ]);
  check("deny", "what nobody reads", ["x".repeat(4001), "a\0b"]);
  check("deny", "S11 git beyond the worktree", [
    "git push",
    "git push --force origin main",
    "git stash",
    "git stash drop",
    "git worktree remove x",
    "git update-ref refs/heads/main HEAD",
    "git checkout main",
    "git switch main",
    "git reset --hard",
    "git gc --prune=now",
    "git -C /elsewhere status",
    "git --git-dir=/x status",
    "GIT_DIR=/x git status",
    "git -c a.b=c push",
    "/usr/bin/git push",
    'git "push"',
    "g\\it push",
    "git\\\n push",
    "true && git push",
    "env git push",
    "sudo git status",
    "timeout 5 git push",
    'bash -c "git push"',
    "bash -c 'cd x; git stash'",
    "(git push)",
    "echo $(git push)",
    "sudo make install",
    "su -c x",
  ]);
  check("ask", "git that stays", ["git diff", "git diff -C", "git log -- config", "git add -A", "ls git", "gitk push"]);
});

describe("what an approval is bound to", () => {
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ["./build.sh --fast", ["build.sh"]],
    ["build/run x", ["build/run"]],
    ["npm test", ["npm", "package.json"]],
    ["bash -c 'node --test scripts/a.js b.js'", ["bash", "node", "scripts/a.js"]],
    ["cd x && ./up", ["cd", "up"]],
    ["sh ../x", ["sh"]],
    ["touch a.txt", ["touch"]],
    ["make", ["make", "Makefile", "makefile", "GNUmakefile"]],
  ];
  for (const [command, files] of cases) it(command, () => deepEqual(filesBehind(command), files));
});
