import type { Need } from "./worktree-seam";

/** A file tool's answer: a value, or a refusal that names the path as the model gave it and no host path. */
export type Confined<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly refusal: PathRefusal };

/** Why a path was refused. `reason` is a stable word for tests and the log; `message` is for the model. */
export interface PathRefusal {
  readonly reason:
    | "outside"
    | "protected"
    | "link"
    | "not-a-file"
    | "not-found"
    | "too-large"
    | "bad-name"
    | "binary"
    | "pattern"
    | "io";
  readonly message: string;
}

/** The files of one worktree, and nothing else. Every path is resolved physically before it is touched. */
export interface Workspace {
  /** Absolute real path of the worktree. */
  readonly root: string;
  /** Resolves when what is needed is there, without a word what set-up puts there; every method below awaits that. Rejects with a BraidError. */
  ready(need?: Need): Promise<void>;
  /** A text file whole; with `any` a binary one, too. */
  read(path: string, content?: "text" | "any"): Promise<Confined<Buffer>>;
  /** Creates or replaces a file and its parent folders: temp file, then rename; mode kept. */
  write(path: string, bytes: Uint8Array): Promise<Confined<{ readonly created: boolean }>>;
  /** Relative paths of tracked and unignored files that match, sorted, at most `limit`. */
  glob(
    pattern: string,
    options: { readonly path?: string; readonly limit: number; readonly signal: AbortSignal },
  ): Promise<Confined<{ readonly paths: readonly string[]; readonly truncated: boolean }>>;
  /** Lines that match a regular expression, as `path:line:text`, at most `limit`. */
  grep(
    pattern: string,
    options: {
      readonly path?: string;
      readonly glob?: string;
      readonly ignoreCase?: boolean;
      readonly limit: number;
      readonly signal: AbortSignal;
    },
  ): Promise<Confined<{ readonly lines: readonly string[]; readonly truncated: boolean }>>;
}
