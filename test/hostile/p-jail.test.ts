import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, realpathSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openWorkspace } from "../../src/agent/jail";
import { isGitName, parsePath } from "../../src/agent/jail-names";
import { random } from "../support/random";
import { tempFolder } from "../support/temp-repo";

const FULL = process.env["BRAID_TEST_SIZE"] === "full";
const PARSED = FULL ? 1_000_000 : 50_000;
const WALKED = FULL ? 200_000 : 1_500;

const PIECES = [
  [
    "..",
    ".",
    "",
    "a",
    "b",
    "file",
    "link-out",
    "link-in",
    "link-up",
    "loop",
    ".git",
    ".GIT",
    "git~1",
    ".g\u200cit",
    "wt-evil",
  ],
  [
    "%2e%2e",
    "..%2f",
    "...",
    "~",
    "$HOME",
    "C:",
    "x:y",
    "a\\b",
    "\u202e",
    "é",
    "e\u0301",
    " ",
    "x ",
    "x.",
    "CON",
    "a\nb",
    "\0",
    "\ud800",
  ],
].flat();

describe("the path jail, at random (P)", function () {
  this.timeout(FULL ? 900_000 : 120_000);
  const folder = tempFolder("braid-jail-");
  const root = join(folder.dir, "wt");
  before(() => {
    for (const path of ["wt/a/b", "wt/b", "wt-evil", "outside"]) mkdirSync(join(folder.dir, path), { recursive: true });
    for (const path of ["wt/file", "wt/a/file", "wt/a/b/file", "wt/b/file"])
      writeFileSync(join(folder.dir, path), "inside");
    for (const path of ["outside/file", "wt-evil/file", "file"]) writeFileSync(join(folder.dir, path), "OUTSIDE");
    for (const [at, target] of [
      ["link-out", join(folder.dir, "outside")],
      ["a/link-out", "../../outside"],
      ["link-in", "a"],
      ["a/link-in", "b"],
      ["link-up", ".."],
      ["a/b/link-up", "../../.."],
      ["loop", "loop"],
    ] as const)
      symlinkSync(target, join(root, at));
  });
  after(() => folder.dispose());

  const next = random(21);
  const pick = (list: readonly string[]) => list[next(list.length)] ?? "";
  /** Pieces that lead somewhere, so that many paths do. */
  const REAL = ["a", "b", "file", "file", "link-in", "..", ".", "link-up", "link-out"];
  const path = (pieces: readonly string[] = PIECES) => {
    const start = pick(["", "", "", "", "./", "/", `${root}/`, `${root}-evil/`, `${folder.dir}/`, "//"]);
    return start + Array.from({ length: 1 + next(6) }, () => pick(pieces)).join(pick(["/", "/", "/", "//", "/./"]));
  };

  it(`${PARSED} paths: what is taken apart has no name of git's, no way out by a root, nothing to expand`, () => {
    let taken = 0;
    for (let i = 0; i < PARSED; i += 1) {
      const given = path();
      const parsed = parsePath(given, [root]);
      if (!parsed.ok) continue;
      taken += 1;
      const bad = parsed.value.find(
        (name) => isGitName(name) || name === "" || name === "." || /[/\\\0\n]/u.test(name),
      );
      assert.equal(bad, undefined, JSON.stringify(given));
      assert.ok(!given.startsWith("/") || given === root || given.startsWith(`${root}/`), JSON.stringify(given));
    }
    assert.ok(taken > PARSED / 20, `${taken} taken`);
  });

  it(`${WALKED} paths read and written: what comes back is from inside, and the outside is as it was`, async () => {
    const workspace = await openWorkspace({ root, writable: true });
    let [read, written] = [0, 0];
    for (let i = 0; i < WALKED; i += 1) {
      const given = path(next(5) === 0 ? PIECES : REAL);
      const answer = await workspace.read(given);
      if (answer.ok) {
        read += 1;
        assert.notEqual(answer.value.toString(), "OUTSIDE", JSON.stringify(given));
        // The oracle: where the system itself would go.
        const physical = tryReal(given.startsWith("/") ? given : `${root}/${given}`);
        assert.ok(physical === undefined || physical.startsWith(`${root}/`), JSON.stringify(given));
      }
      if (next(4) === 0 && (await workspace.write(given, Buffer.from("inside"))).ok) written += 1;
    }
    assert.ok(read > 10 && written > 10, `${read} read, ${written} written`);
    for (const file of ["outside/file", "wt-evil/file", "file"])
      assert.equal(readFileSync(join(folder.dir, file), "utf8"), "OUTSIDE");
    assert.deepEqual(readdirSync(folder.dir).toSorted(), ["file", "outside", "wt", "wt-evil"]);
    assert.deepEqual(readdirSync(join(folder.dir, "outside")), ["file"]);
  });
});

function tryReal(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}
