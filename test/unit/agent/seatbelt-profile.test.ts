import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { seatbeltArguments, type SeatbeltFacts } from "../../../src/agent/seatbelt-profile";

const FACTS: SeatbeltFacts = {
  worktree: "/Users/ada/Library/Caches/Braid/r1-1-1/tree",
  temp: "/Users/ada/Library/Caches/Braid/r1-1-1/private/tmp",
  home: "/Users/ada",
  dotGit: "/Users/ada/Library/Caches/Braid/r1-1-1/tree/.git",
  readable: ["/Users/ada/.nvm/versions", "/Users/ada/code/app/.git/objects"],
};

type Expression = string | readonly Expression[];

/** The profile as the kernel would read it: lists of words, and strings with what the parameters stand for. */
function read(facts: SeatbeltFacts): readonly Expression[] {
  const args = seatbeltArguments(facts);
  const params = new Map(
    args.flatMap((arg, i) => {
      if (args[i - 1] !== "-D") return [];
      const at = arg.indexOf("=");
      return [[arg.slice(0, at), arg.slice(at + 1)] as const];
    }),
  );
  const tokens = (args[1] ?? "").match(/[()]|"[^"]*"|[^\s()"]+/gu) ?? [];
  const list = (): Expression => {
    const items: Expression[] = [];
    for (let token = tokens.shift(); token !== undefined && token !== ")"; token = tokens.shift())
      items.push(token === "(" ? list() : token.replace(/^"|"$/gu, ""));
    if (items[0] !== "param") return items;
    return params.get(String(items[1])) ?? "";
  };
  const all: Expression[] = [];
  while (tokens.length > 0) if (tokens.shift() === "(") all.push(list());
  return all;
}

/** The last rule that fits counts. */
function allows(facts: SeatbeltFacts, operation: string, path: string): boolean {
  let allowed = false;
  for (const expression of read(facts)) {
    if (typeof expression === "string") continue;
    const [what, ...rest] = expression;
    if (what !== "allow" && what !== "deny") continue;
    const operations = rest.filter((one): one is string => typeof one === "string");
    const filters = rest.filter((one): one is readonly string[] => typeof one !== "string");
    const isMeant = operations.some((one) =>
      one === "default" ? true : one.endsWith("*") ? operation.startsWith(one.slice(0, -1)) : operation === one,
    );
    const fits = ([kind, at = ""]: readonly string[]) =>
      kind === "literal" ? path === at : kind === "subpath" && (path === at || path.startsWith(`${at}/`));
    if (isMeant && (filters.length === 0 || filters.some(fits))) allowed = what === "allow";
  }
  return allowed;
}

describe("the profile of a command on macOS", () => {
  const check = (operation: string, path: string, expected: boolean) =>
    it(`${expected ? "allows" : "denies"} ${operation} ${path}`, () => equal(allows(FACTS, operation, path), expected));
  const W = FACTS.worktree;
  check("file-read-data", "/usr/bin/git", true);
  check("file-read-data", "/opt/homebrew/bin/node", true);
  check("file-read-data", `${W}/src/a.ts`, true);
  check("file-write-data", `${W}/src/a.ts`, true);
  check("file-write-create", `${FACTS.temp}/x`, true);
  check("file-write-data", "/dev/null", true);
  check("file-read-data", "/Users/ada/.nvm/versions/node/bin/node", true);
  check("file-read-data", "/Users/ada/code/app/.git/objects/ab/cd", true);
  check("file-read-metadata", "/Users/ada/Library", true);

  check("file-read-data", "/Users/ada/.ssh/id_ed25519", false);
  check("file-read-data", "/Users/ada/.aws/credentials", false);
  check("file-read-data", "/Users/ada/Library/Keychains/login.keychain-db", false);
  check("file-read-data", "/System/Volumes/Data/Users/ada/.ssh/id_ed25519", false);
  check("file-read-data", "/Library/Keychains/System.keychain", false);
  check("file-read-data", "/Users/ada", false);
  check("file-read-data", "/Users/ada/Library/Caches/Braid/r1-2-1/tree/a.ts", false);
  check("file-read-data", "/Users/ada/code/app/.git/config", false);
  check("file-read-data", "/private/tmp/other", false);
  check("file-read-data", "/private/var/folders/zz/T/vscode-ipc.sock", false);
  check("file-write-data", "/Users/ada/.zshrc", false);
  check("file-write-create", "/private/tmp/x", false);
  check("file-write-data", "/usr/local/bin/git", false);
  check("file-write-data", "/Users/ada/.nvm/versions/node/bin/node", false);
  check("file-write-data", `${W}/.git`, false);
  check("file-write-unlink", `${W}/.git`, false);
  check("file-write-create", `${W}/.git/hooks/pre-commit`, false);
  check("file-write-data", `${W}-evil/a`, false);
  check("network-outbound", "", false);
  check("network-bind", "", false);
  check("mach-register", "", false);
  check("appleevent-send", "", false);
});

describe("a path in a profile", () => {
  for (const name of [
    'a") (allow default) (deny file-write* (subpath "/x',
    'quote" and \\" backslash \\',
    "new\nline (allow network*)",
    "sp ace/ünï/日本/e\u0301",
    '(param "P0")',
    "a=b=c",
    "#;comment",
    "$(touch x) `id`",
  ])
    it(`is never part of its rules: ${JSON.stringify(name)}`, () => {
      const worktree = `/Users/ada/${name}`;
      const facts = { ...FACTS, worktree, dotGit: `${worktree}/.git` };
      const args = seatbeltArguments(facts);
      ok(!(args[1] ?? "").includes("/ada"), args[1]);
      // As many rules as for any other path.
      equal(read(facts).length, read(FACTS).length);
      deepEqual(
        [
          allows(facts, "file-write-data", `${worktree}/a`),
          allows(facts, "file-write-data", `${worktree}/.git`),
          allows(facts, "file-write-data", "/x"),
        ],
        [true, false, false],
      );
    });
  it("has to be absolute and without a NUL", () => {
    throws(() => seatbeltArguments({ ...FACTS, worktree: "tree" }), /absolute/u);
    throws(() => seatbeltArguments({ ...FACTS, home: "/Users/a\0b" }), /absolute/u);
    throws(() => seatbeltArguments({ ...FACTS, readable: ["../x"] }), /absolute/u);
  });
});
