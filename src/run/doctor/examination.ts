import type { Diagnosis } from "../../core/doctor/diagnosis";
import type { ProxyFacts } from "../../core/doctor/judge-model";
import type { Unhonoured } from "../../core/doctor/judge-tools";
import type { Failure } from "../../core/failure";
import type { Repository } from "../../git/repository";
import type { ListedModel } from "../../model/model-list";
import type { HeadTree } from "../../git/head-tree";

/** What a front end knows and has set; nothing of it is a secret but the key, which is only handed on to the API. */
export interface DoctorSetting {
  /** The folder to look at; null where none is open. */
  readonly dir: string | null;
  /** Before a folder is trusted nothing is run and nothing in it is read. */
  readonly trusted: boolean;
  /** Where a model is reached; null where there is neither key nor server. */
  readonly endpoint: { readonly apiKey: string; readonly baseUrl?: string } | null;
  /** Where the key comes from, in words. */
  readonly keyFrom: string | null;
  readonly baseUrl: string | null;
  readonly proxy: ProxyFacts;
  /** Workers at the same time. */
  readonly concurrency: number;
  readonly worktreeDirectory: string | undefined;
  /** Settings that are not taken as they stand. */
  readonly unhonoured: readonly Unhonoured[];
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** What examinations share: each of it is found out once, and rejects alike for all who ask. */
export interface Patient extends DoctorSetting {
  readonly repo: () => Promise<Repository>;
  /** The tree at HEAD. */
  readonly headTree: () => Promise<HeadTree>;
  /** The folder worktrees are made in. */
  readonly worktreeRoot: () => Promise<string>;
  /** The API's own answer to what models there are, and how long it took in milliseconds. */
  readonly models: () => Promise<{ readonly answer: readonly ListedModel[] | Failure; readonly durationMs: number }>;
}

/** One thing the doctor looks at. What it rejects with is told as a diagnosis of its own. */
export interface Examination {
  readonly id: string;
  /** A word or three. */
  readonly title: string;
  /** What has to be there for it: a commit, a repository, trust, a way to a model, or nothing. */
  readonly needs: "commit" | "repository" | "trust" | "endpoint" | "nothing";
  readonly examine: (patient: Patient, signal: AbortSignal) => Promise<readonly Diagnosis[]>;
}
