import * as l10n from "@vscode/l10n";
import type { AnsweredComment, CommentFate } from "../src/core/review/comment-fate";
import { plural } from "./format";
import { Icon, Sentence, Visible } from "./text";
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
            <Icon name={FATE[comment.fate].icon} /> {FATE[comment.fate].word};{" "}
            <Sentence
              text={named ? askedIn(comment) : askedOn(comment)}
              parts={[comment.line, <Visible text={comment.path} place="code" />]}
            />
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
  const number = comments.length;
  return [
    plural(number, l10n.t("1 comment"), l10n.t("{0} comments", number)),
    still === 0
      ? l10n.t("something changed at each")
      : plural(still, l10n.t("nothing changed at 1"), l10n.t("nothing changed at {0}", still)),
    silent === 0
      ? l10n.t("all answered")
      : plural(silent, l10n.t("1 not answered"), l10n.t("{0} not answered", silent)),
  ].join(" · ");
}

function askedOn({ side }: AnsweredComment): string {
  return side === "base" ? l10n.t("you asked on line {0} as it was before") : l10n.t("you asked on line {0}");
}

function askedIn({ side }: AnsweredComment): string {
  return side === "base"
    ? l10n.t("you asked on line {0} of {1} as it was before")
    : l10n.t("you asked on line {0} of {1}");
}
