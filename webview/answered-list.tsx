import * as l10n from "@vscode/l10n";
import type { AnsweredComment, CommentFate } from "../src/core/review/comment-fate";
import { Icon, Visible } from "./text";
import type { IconName } from "./words";

/** What became of a comment's line, which is all that a diff can tell. */
const FATE: Readonly<Record<CommentFate, { readonly icon: IconName; readonly word: string }>> = {
  changed: { icon: "check", word: l10n.t("This line changed since") },
  "close-by": { icon: "check", word: l10n.t("A line close by changed since") },
  "as-it-was": { icon: "warning", word: l10n.t("Nothing changed here since") },
};

/** Comments the last attempt was sent back with, what became of each, and what the worker says to it. */
export function AnsweredList(props: {
  readonly comments: readonly AnsweredComment[];
  /** Says which file each is about. */
  readonly named?: boolean;
}) {
  const { comments, named = false } = props;
  return (
    <>
      {comments.map((comment) => (
        <div key={`${comment.side}${comment.line} ${comment.text}`} class="comment answered">
          <p class="quiet">
            <Icon name={FATE[comment.fate].icon} /> {FATE[comment.fate].word}; you asked on line {comment.line}
            {named && (
              <>
                {" "}
                of <Visible text={comment.path} place="code" />
              </>
            )}
            {comment.side === "base" && " as it was before"}
          </p>
          <p class="prose">
            <Visible text={comment.text} place="prose" />
          </p>
          {comment.answer === null ? (
            <p class="quiet">{l10n.t("The worker did not answer it.")}</p>
          ) : (
            <p class="prose">
              <span class="quiet">{l10n.t("The worker:")}</span> <Visible text={comment.answer} place="prose" />
            </p>
          )}
        </div>
      ))}
    </>
  );
}

/** How many comments there were and what became of them, in a few words. */
export function answeredWords(comments: readonly AnsweredComment[]): string {
  const still = comments.filter(({ fate }) => fate === "as-it-was").length;
  const silent = comments.filter(({ answer }) => answer === null).length;
  const count = comments.length === 1 ? "1 comment" : `${comments.length} comments`;
  const fates = still === 0 ? "something changed at each" : `nothing changed at ${still}`;
  return `${count}: ${fates}, ${silent === 0 ? "all answered" : `${silent} not answered`}`;
}
