/** Code points that HFS+ ignores when it compares names, so that `.g\u200cit` opens `.git` there. */
const IGNORED_BY_HFS = /[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/gu;

/** Why a path may not appear in a result, in words; undefined for a harmless one. Judged alike on every system. */
export function unsafePathReason(path: string): string | undefined {
  for (const part of path.split(/[/\\]/u)) {
    if (part === "" || part === "." || part === "..") return "not a plain path";
    if (isGitName(part)) return "git's own folder";
  }
  return undefined;
}

/** Whether some file system would open git's folder by this name (case, 8.3, streams, trailing dots, ignored points). */
export function isGitName(name: string): boolean {
  const bare = name
    .normalize("NFKC")
    .replace(IGNORED_BY_HFS, "")
    .toLowerCase()
    .replace(/:.*$/u, "")
    .replace(/[. ]+$/u, "");
  return bare === ".git" || /^git~\d+$/u.test(bare);
}
