import { homedir } from "node:os";
import { found, ok } from "../../core/doctor/diagnosis";
import { judgeHooks, judgeSigning } from "../../core/doctor/judge-commits";
import {
  asProblem,
  judgeForm,
  judgeGitVersion,
  judgeHalfDone,
  judgeLfs,
  judgeSparse,
  judgeSubmodules,
  judgeUncommitted,
} from "../../core/doctor/judge-repository";
import { judgeLocks } from "../../core/doctor/judge-tools";
import { toFailure } from "../../core/failure";
import { readCustoms } from "../../git/customs";
import { gitText } from "../../git/git";
import { refuseHalfDone } from "../../git/half-done";
import { findOldLocks } from "../../git/old-locks";
import { isSparse, readForm } from "../../git/repository-form";
import { OLDEST_GIT, readHead } from "../../git/repository";
import { trySigning } from "../../git/signing";
import { submoduleStates } from "../../git/submodules";
import { readUncommitted } from "../../git/uncommitted";
import { listLfsPaths } from "../../git/worktree";
import type { Examination } from "./examination";

/** Looks at git and at the repository of the folder. */
export const REPOSITORY_EXAMINATIONS: readonly Examination[] = [
  {
    id: "git",
    title: "Git",
    needs: "trust",
    async examine() {
      try {
        return [judgeGitVersion(await gitText({ dir: homedir() }, ["--version"]), OLDEST_GIT)];
      } catch (error) {
        return [asProblem(toFailure(error))];
      }
    },
  },
  {
    id: "repository",
    title: "Repository",
    needs: "trust",
    async examine({ repo }) {
      try {
        const { dir, commonDir } = await repo();
        const { target, commit } = await readHead({ dir, commonDir });
        return [ok(`${dir}, ${target.replace(/^refs\/heads\//u, "")} at ${commit.slice(0, 10)}.`)];
      } catch (error) {
        return [asProblem(toFailure(error))];
      }
    },
  },
  {
    id: "clone",
    title: "Clone",
    needs: "commit",
    examine: async ({ repo }) => judgeForm(await readForm(await repo())),
  },
  {
    id: "uncommitted",
    title: "Uncommitted",
    needs: "commit",
    examine: async ({ repo }) => [judgeUncommitted(await readUncommitted(await repo()))],
  },
  {
    id: "half-done",
    title: "Half done",
    needs: "repository",
    async examine({ repo }) {
      const refused = await refuseHalfDone((await repo()).dir).then(() => null, toFailure);
      return [
        refused === null || refused.code === "repo.busy" ? judgeHalfDone(refused) : found("warning", refused.message),
      ];
    },
  },
  {
    id: "locks",
    title: "Git locks",
    needs: "repository",
    examine: async ({ repo, now }) => judgeLocks(await findOldLocks(await repo(), now())),
  },
  {
    id: "submodules",
    title: "Submodules",
    needs: "commit",
    examine: async ({ repo }) => [judgeSubmodules(await submoduleStates(await repo()))],
  },
  {
    id: "lfs",
    title: "Git LFS",
    needs: "commit",
    examine: async ({ repo }) => [judgeLfs((await listLfsPaths(await repo())).length)],
  },
  {
    id: "sparse",
    title: "Sparse checkout",
    needs: "commit",
    examine: async ({ repo }) => [judgeSparse(await isSparse(await repo()))],
  },
  {
    id: "hooks",
    title: "Hooks",
    needs: "repository",
    examine: async ({ repo }) => [judgeHooks((await readCustoms(await repo())).hooks)],
  },
  {
    id: "signing",
    title: "Signing",
    needs: "repository",
    examine: async ({ repo }, signal) => [judgeSigning(await trySigning(await repo(), signal))],
  },
];
