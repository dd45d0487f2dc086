import { comparedWith } from "../../core/review/change-request";
import { fateOf } from "../../core/review/comment-fate";
import type { FileDiff } from "../../core/review/diff";
import type { SinceLast } from "../../core/review/review";
import type { SubtaskState } from "../../core/state/subtask-state";
import { changedFiles } from "../../git/diff";
import type { Repository } from "../../git/repository";
import { resultDiff } from "./result-diff";

/**
 * What a result that answers a request for changes made of the one before; null where none was asked. `files` is its diff. Throws
 * `git.*`.
 */
export async function readSince(
  repo: Repository,
  subtask: SubtaskState,
  files: readonly FileDiff[],
): Promise<SinceLast | null> {
  const { request, result, report } = subtask;
  const last = comparedWith(subtask);
  if (request === null || result === null || last === null) return null;
  const { text, comments } = request;
  const about = { ...last, text, files: await changedFiles(repo, last.commit, result.commit) };
  if (comments.length === 0) return { ...about, comments: [] };
  const [toLast, since] = await Promise.all([
    resultDiff(repo, request.base, request.commit),
    resultDiff(repo, request.commit, result.commit),
  ]);
  return {
    ...about,
    comments: comments.map((comment, i) => {
      const before = toLast.find(({ path }) => path === comment.path);
      const changed = since.find(({ path, from: was }) => (was ?? path) === comment.path);
      const path = changed?.path ?? comment.path;
      const toResult = files.find((file) => file.path === path);
      const answer = report?.answers?.find((each) => each.comment === i + 1)?.answer.trim() ?? "";
      return {
        ...comment,
        path,
        ...fateOf(comment, { toLast: before, toResult, since: changed }),
        answer: answer === "" ? null : answer,
      };
    }),
  };
}
