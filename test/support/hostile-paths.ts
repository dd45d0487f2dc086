/** Paths that lead out of a worktree. `ROOT` stands for its path and `TOP` for the folder above. */
export const OUTSIDE_PATHS: readonly string[] = words(`
  .. ../outside/file src/../../outside/file ./../outside/file src/sub/../../../outside/file ../wt1-evil/file
  ../../../../../../../../etc/passwd ROOT/../outside/file ROOT/src/../../outside/file TOP/outside/file
  TOP/wt1-evil/file TOP/wt10/x TOP / // /etc/passwd //etc/passwd /proc/self/environ /proc/self/cwd/x /dev/null /dev/fd/0
  link-out/file link-out/new link-out link-file link-dangling link-up/outside/file src/link-up2/outside/file
  link-proc/environ link-abs-root-up/x link-chain/file link-in/../../outside/file loop loop/x loop/../../outside/file
  link-git link-git/hooks/pre-commit link-gitfile link-fd
  ~/.bashrc ~ $HOME/x \${HOME}/x %USERPROFILE%/x file:///etc/passwd vscode-remote://ssh/x http://example.com/x
`);

/** Names that some system cannot hold, or takes for something else. */
export const BAD_NAMES: readonly string[] = [
  ["", "a\0b", "a\nb", "a\rb", "a\u001b[31mb", "a\tb", "a\u007fb", "a\u0085b", "a\u2028b", "\ud800"],
  ["x".repeat(256), `src/${"x".repeat(256)}/x`, "é".repeat(128), "a/".repeat(2500)],
  [
    "x.",
    "x ",
    "x...",
    "src. /y",
    "src./y",
    "C:\\x",
    "//?/C:/x\\",
    "\\\\srv\\share\\x",
    "\\??\\C:\\x",
    "a\\b",
    "src\\..\\..\\x",
  ],
  words("C:/x c:x CON con NUL src/aux COM1 lpt9 COM¹ CONIN$ x::$DATA x:$DATA src::$INDEX_ALLOCATION/y"),
].flat();

/** Git's own folder in the spellings some file system takes for it. */
export const GIT_PATHS: readonly string[] = [
  words(`
    .git .git/ .git/config .git/hooks/pre-commit .git/HEAD ./.git/config src/../.git/config ROOT/.git/config
    sub/.git sub/.git/config src/sub/.git/hooks/x new/.git/config .GIT .Git/config .gIt/hooks/x sub/.GIT/config
    .git. .git... .git::$INDEX_ALLOCATION/config .git:x git~1 GIT~1/config git~2 sub/GIT~1/hooks/x
  `),
  [
    ".git ",
    ".git. .",
    ".g\u200cit/config",
    ".git\u200d",
    "\u200b.git/config",
    ".gi\u2060t",
    ".\ufeffgit",
    ".g\u00adit",
  ],
  [".git\u{e0020}", ".g\u206ait", ".G\u200cIT/x"],
].flat();

function words(text: string): readonly string[] {
  return text.trim().split(/\s+/u);
}
