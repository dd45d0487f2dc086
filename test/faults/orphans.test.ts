import { equal } from "node:assert/strict";
import { chmodSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { gitBinary } from "../../src/git/git";
import { surviveKills, type Places, type Survived } from "./killed-run";

const SIZE = process.env["BRAID_TEST_SIZE"];

/** How long a git process goes on after its Braid was killed, in seconds: a large repository's time. */
const LINGERS = "0.8";

/** Commands of git a run is killed in the middle of, by their words; the process lives on and does its work a while later. */
const SLOW: Readonly<Record<string, string>> = {
  "files are checked out": '*" reset "*',
  "a turn's files are kept": '*" write-tree"*',
  "a result is gathered": '*" add --all"*',
  "a result becomes a commit": '*" commit-tree "*',
  "its files and its result get their names": '*" update-ref -m braid --stdin"*',
};

describe("F29 a run that is killed while git is at work for it, and git goes on", function () {
  this.timeout(180_000);
  let undisturbed: Survived;
  before(async () => {
    undisturbed = await surviveKills([]);
  });

  for (const [name, pattern] of Object.entries(SLOW).filter((_, i) => SIZE !== undefined || i % 3 === 0))
    it(`as ${name}: nothing is lost, paid for twice or left`, async () => {
      const survived = await surviveKills([], {
        env: ({ home }) => ({ PATH: slowGit(home, pattern, [`sleep ${LINGERS}`]) }),
        isTime: hasBegun,
      });
      equal(survived.tree, undisturbed.tree);
    });

  it("as index and files of the branch move: the move ends first, and is finished or taken back", async () => {
    // Git holds the lock of the index from its first file to its last, and puts the new index in place with it.
    const survived = await surviveKills([], {
      env: ({ repo, home }) => {
        const index = join(repo.dir, ".git", "index");
        const moves = `cp '${index}' '${index}.copy' && GIT_INDEX_FILE='${index}.copy' '${gitBinary()}' "$@"`;
        return {
          PATH: slowGit(home, '*" read-tree -m -u "*', [
            `: > '${index}.lock'`,
            `sleep ${LINGERS}`,
            moves,
            "code=$?",
            `mv '${index}.copy' '${index}.lock' && mv '${index}.lock' '${index}'`,
            "exit $code",
          ]),
        };
      },
      isTime: hasBegun,
    });
    equal(survived.tree, undisturbed.tree);
  });
});

/** A PATH with a git that takes its time over commands that fit; it says beside it when one has begun. */
function slowGit(home: string, pattern: string, lines: readonly string[]): string {
  const bin = join(home, "slow");
  mkdirSync(bin, { recursive: true });
  const script = [
    "#!/bin/sh",
    `case " $*" in`,
    // Braid's end of the pipes is gone by then.
    `${pattern}) : > '${bin}/begun'; exec >'${bin}/out' 2>&1`,
    ...lines,
    ";;",
    "esac",
    `exec '${gitBinary()}' "$@"`,
  ];
  writeFileSync(join(bin, "git"), `${script.join("\n")}\n`);
  chmodSync(join(bin, "git"), 0o755);
  return `${bin}${delimiter}${process.env["PATH"] ?? ""}`;
}

function hasBegun({ home }: Places): boolean {
  return existsSync(join(home, "slow", "begun"));
}
