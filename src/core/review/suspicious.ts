import { visibleText } from "../visible";
import type { FileDiff } from "./diff";

/** Files of the diff whose added lines, or whose names, look like a secret that somebody forgot, with what each looks like. */
export function secretsIn(
  files: readonly FileDiff[],
): readonly { readonly path: string; readonly looksLike: string }[] {
  return files.flatMap((file) => {
    if (file.status === "deleted") return [];
    const byName = SECRET_FILES.find(([pattern]) => pattern.test(file.path))?.[1];
    const looksLike = byName ?? firstOf(addedLines(file), secretOf);
    return looksLike === undefined ? [] : [{ path: file.path, looksLike }];
  });
}

/** Files whose added lines, or whose names, hold characters nobody sees, or words of letters that only look alike. */
export function deceptiveFiles(files: readonly FileDiff[]): readonly string[] {
  return files
    .filter((file) => file.status !== "deleted")
    .filter((file) => [file.path, ...addedLines(file)].some(deceives))
    .map(({ path }) => path);
}

/** What a line looks like that no repository should hold; undefined for all others. */
export function secretOf(line: string): string | undefined {
  // Whoever writes longer lines minifies; and each of these is found in time that grows with the line alone.
  const text = line.slice(0, MAX_LINE_CHARS);
  if (!HINTS.test(text)) return undefined;
  const known = KNOWN.find(([pattern]) => pattern.test(text))?.[1];
  if (known !== undefined) return known;
  const [, value = ""] = ASSIGNED.exec(text) ?? [];
  return value !== "" && !PLACEHOLDER.test(value) && isRandom(value) ? "a password or key" : undefined;
}

const MAX_LINE_CHARS = 4_000;

/** Files that exist to hold secrets. */
const SECRET_FILES: readonly (readonly [RegExp, string])[] = [
  [/(?:^|\/)\.env(?!\.(?:example|sample|template|dist)$)(?:\.[\w-]+)?$/iu, "a file of secrets"],
  [/(?:^|\/)id_(?:rsa|dsa|ecdsa|ed25519)$/u, "a private key"],
  [/\.(?:pem|p12|pfx|jks|keystore|kdbx)$/iu, "a key store"],
  [/(?:^|\/)(?:\.netrc|\.pgpass|\.git-credentials|\.htpasswd)$/u, "a file of passwords"],
];

/** Forms their makers gave to keys so that they are recognised. */
const KNOWN: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----/u, "a private key"],
  [/\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/u, "a key of AWS"],
  [/\bgh[opsur]_[A-Za-z0-9]{36}|\bgithub_pat_\w{22,}/u, "a token of GitHub"],
  [/\bglpat-[\w-]{20}/u, "a token of GitLab"],
  [/\bsk-ant-[\w-]{20}/u, "a key of Anthropic"],
  [/\bsk-(?:proj-)?[A-Za-z0-9]{32}/u, "a key of OpenAI"],
  [/\bAIza[\w-]{35}/u, "a key of Google"],
  [/\bxox[abposr]-[\w-]{10}/u, "a token of Slack"],
  [/\b[sr]k_live_[A-Za-z0-9]{16}/u, "a key of Stripe"],
  [/\bnpm_[A-Za-z0-9]{36}/u, "a token of npm"],
  [/\beyJ[\w-]{10,1000}\.eyJ[\w-]{10,2000}\.[\w-]{10}/u, "a signed token"],
  [/\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s/:@'"`$<{]{1,100}:[^\s/@'"`$<{*]{6,100}@/iu, "an address with a password"],
];

/** What a line has at least that any of these patterns finds: most have none of it, and a result can have 100,000 lines. */
const HINTS =
  /-----BEGIN|A[KS]IA|gh[opsur]_|github_pat_|glpat-|sk-|AIza|xox|k_live_|npm_|eyJ|:\/\/|passw|secret|token|key|credential/iu;

const ASSIGNED =
  /\b(?:\w{0,40}[_-])?(?:password|passwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|credential)s?\b["']?\s{0,10}[:=]\s{0,10}["'`]?([A-Za-z0-9+/_=.~!@#%^&*-]{12,200})/iu;
const PLACEHOLDER =
  /example|sample|dummy|placeholder|change.?me|your|test|fake|process\.|env\.|config\.|xxx|\*\*\*|\.\.\./iu;

/** Of several kinds of characters and few of them twice: nobody's word. */
function isRandom(value: string): boolean {
  const kinds = [/[a-z]/u, /[A-Z]/u, /\d/u].filter((kind) => kind.test(value)).length;
  return kinds >= 2 && /\d/u.test(value) && new Set(value).size >= Math.min(10, value.length * 0.6);
}

/** Letters of Latin beside those of Cyrillic or Greek in one word, which no language writes. */
const FOREIGN = /[\p{Script=Cyrillic}\p{Script=Greek}]/u;
const MIXED =
  /\p{Script=Latin}[\p{L}\p{N}_]*[\p{Script=Cyrillic}\p{Script=Greek}]|[\p{Script=Cyrillic}\p{Script=Greek}][\p{L}\p{N}_]*\p{Script=Latin}/u;

function deceives(line: string): boolean {
  const text = line.slice(0, MAX_LINE_CHARS);
  if (PLAIN.test(text)) return false;
  // A file of Windows has a carriage return at each end, and some begin with a mark of their encoding.
  const own = text.replace(/^\ufeff/u, "").replace(/\r$/u, "");
  return visibleText(own, "prose") !== own || (FOREIGN.test(own) && MIXED.test(own.replace(UNITS, "")));
}

/** What keyboards have: nothing of it deceives anybody. */
const PLAIN = /^[\t\x20-\x7e]*\r?$/u;

/** Where Greek stands beside Latin by custom: micro, ohm, delta. */
const UNITS = /[\u00b5\u03bcΩ]\p{Script=Latin}{1,3}\b|[Δδ]\p{Script=Latin}\b/gu;

function addedLines({ hunks }: FileDiff): readonly string[] {
  return hunks.flatMap(({ lines }) => lines.filter(({ kind }) => kind === "added").map(({ text }) => text));
}

function firstOf<T>(items: readonly string[], find: (item: string) => T | undefined): T | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}
