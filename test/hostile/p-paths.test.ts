import { hostileCalls, type HostileCall } from "../support/hostile-run";

const LONG = "x".repeat(256);

/** Every way of naming these is refused to every tool that takes a path. */
const refused = (row: string, ...paths: readonly string[]): readonly HostileCall[] =>
  paths.flatMap((path) => [
    { row, tool: "write", input: { file_path: path, content: "evil" }, ends: "refused" },
    { row, tool: "read", input: { file_path: path }, ends: "refused" },
  ]);
const edits = (row: string, ...paths: readonly string[]): readonly HostileCall[] =>
  paths.map((path) => ({
    row,
    tool: "edit",
    input: { file_path: path, old_string: "a", new_string: "evil" },
    ends: "refused",
  }));
/** May end either way; what counts is that nothing of the outside comes back. */
const glob = (row: string, ...patterns: readonly string[]): readonly HostileCall[] =>
  patterns.map((pattern) => ({ row, tool: "glob", input: { pattern }, ends: "either" }));
const grep = (row: string, pattern: string, more: Readonly<Record<string, unknown>> = {}): HostileCall => ({
  row,
  tool: "grep",
  input: { pattern, ...more },
  ends: "either",
});

const CALLS: readonly HostileCall[] = [
  refused("P01", "../outside/x", "a/../../outside/x", "src/../../x", "./././../x", "..", "src/../.."),
  refused(
    "P02",
    "/etc/x",
    "/etc/passwd",
    "OUTSIDE/file",
    "MAIN/README.md",
    "MAIN/.env",
    "TOP/home/.ssh/id_ed25519",
    "//etc/passwd",
  ),
  refused("P03", "../tree-evil/x", "../tree2/x"),
  refused("P04", "link-out/x", "link-out/file", "src/link-deep/file"),
  refused("P05", "link-file"),
  refused("P06", "link-dangling"),
  refused("P07", "src/../link-out/file", "link-out/../x", "link-up/x"),
  refused("P08", "loop", "loop/../evil", "loop2/x"),
  refused("P11", "src", "fifo-below/README.md/x", "/dev/null", "/dev/stdin"),
  refused("P12", "/proc/self/environ", "/proc/self/cwd/../x", "link-proc/environ", "link-fd", "link-cwd/x"),
  refused("P13", "", "a\0b", "a\nb", "a\rb", "a\u001b[2Jb", LONG, `src/${LONG}`, "a/".repeat(2500), "\ud800"),
  refused(
    "P14",
    "~/.bashrc",
    "~",
    "$HOME/x",
    "${HOME}/x",
    "%USERPROFILE%/x",
    "file:///etc/passwd",
    "vscode-remote://ssh/x",
  ),
  refused(
    "P15",
    "C:\\x",
    "\\\\srv\\share",
    "\\\\?\\C:\\x",
    "\\??\\C:\\x",
    "CON",
    "src/nul",
    "x.",
    "x ",
    "x::$DATA",
    "GIT~1/config",
  ),
  refused("P16", ".GIT/config", ".Git/hooks/x", ".gIt", "src/.GIT/config"),
  refused("P17", ".g\u200cit/config", ".git\u200d/config", ".gi\u2060t/x", "\ufeff.git/x"),
  edits("P02", "/etc/passwd", "OUTSIDE/file", "MAIN/README.md"),
  edits("P04", "link-out/file", "link-file"),
  edits("P16", ".GIT/config", ".git/config"),
  [
    { row: "P18", tool: "write", input: { file_path: "%2e%2e/x", content: "inside" }, ends: "harmless" },
    { row: "P18", tool: "write", input: { file_path: "%252e%252e%2fx", content: "inside" }, ends: "harmless" },
    { row: "P18", tool: "read", input: { file_path: "..%2f..%2foutside%2ffile" }, ends: "refused" },
    { row: "P18", tool: "read", input: { file_path: "..%c0%afoutside" }, ends: "refused" },
  ] as const,
  glob("P19", "../**", "../../**/*", "/etc/*", "OUTSIDE/**", "{..,.}/**", "**/../../**", "link-out/**", "**/.git/**"),
  [
    { row: "P19", tool: "glob", input: { pattern: "{a,b}".repeat(24) }, ends: "either", name: "2^24 braces" } as const,
    {
      row: "P19",
      tool: "glob",
      input: { pattern: `${"{".repeat(5000)}a` },
      ends: "either",
      name: "5,000 open braces",
    } as const,
    { row: "P19", tool: "glob", input: { pattern: "*/".repeat(400) }, ends: "either", name: "400 levels" } as const,
    { row: "P19", tool: "glob", input: { pattern: "*", path: "../outside" }, ends: "refused" } as const,
    { row: "P19", tool: "glob", input: { pattern: "*", path: "link-out" }, ends: "refused" } as const,
    { row: "P19", tool: "glob", input: { pattern: "*", path: ".git" }, ends: "refused" } as const,
  ],
  [
    grep("P20", "(a+)+$", { path: "bait" }),
    grep("P20", "(a|aa)*b", { path: "bait" }),
    grep("P20", "a{1,1000}{1,1000}", { path: "bait" }),
    grep("P20", "(", {}),
    grep("P20", "\\", {}),
    grep("P21", "CANARY", {}),
    grep("P21", "KEY=", { glob: ".env" }),
    grep("P21", "CANARY", { path: "link-out" }),
    grep("P21", "CANARY", { path: "src/link-deep" }),
    grep("P21", "extraHeader", { path: ".git" }),
    grep("P21", "-e CANARY --follow --hidden --no-ignore", {}),
    grep("P21", "--pre=touch", { glob: "--pre=sh" }),
  ],
].flat();

describe("hostile paths, by tool, in a run (P)", () => {
  hostileCalls(CALLS, {
    files: { bait: `${"a".repeat(1_000_000)}!\n`, "fifo-below/README.md": "x\n" },
    links: {
      "link-out": "OUTSIDE",
      "link-file": "OUTSIDE/file",
      "link-dangling": "OUTSIDE/nothing",
      "link-up": "..",
      "src/link-deep": "../../../../../../../../OUTSIDE",
      "link-proc": "/proc/self",
      "link-fd": "/dev/fd/0",
      "link-cwd": "/proc/self/cwd/..",
      loop: "loop",
      loop2: "loop",
    },
  });
});
