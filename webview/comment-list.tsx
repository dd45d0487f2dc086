import * as l10n from "@vscode/l10n";
import type { ReviewComment } from "../src/core/review/review-comment";
import { Visible } from "./text";

interface CommentListProps {
  readonly comments: readonly ReviewComment[];
  readonly onRemove: (comment: ReviewComment) => void;
}

/** Remarks that wait to be sent with a request for changes. */
export function CommentList({ comments, onRemove }: CommentListProps) {
  return (
    <>
      {comments.map((comment) => (
        <div key={`${comment.side}${comment.line} ${comment.text}`} class="comment">
          <p class="quiet">
            {comment.side === "base"
              ? l10n.t("Line {0} as it was before, not sent yet", comment.line)
              : l10n.t("Line {0}, not sent yet", comment.line)}{" "}
            <button type="button" class="link" onClick={() => onRemove(comment)}>
              {l10n.t("Remove")}
            </button>
          </p>
          <p class="prose">
            <Visible text={comment.text} place="prose" />
          </p>
        </div>
      ))}
    </>
  );
}
