import { useCallback, useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { ReviewComment } from "../src/core/review/review-comment";
import type { Take } from "../src/core/review/selection";
import { toggleFile, type Tick } from "../src/core/review/ticks";
import type { ShownFile, ShownReview } from "../src/protocol/review-messages";
import type { Actions } from "./actions";
import { FileView } from "./file-view";
import { foldedFiles, nextBatch } from "./folded-files";
import { countOf } from "./format";
import { memo } from "./memo";
import { LineCounts } from "./text";
import { TickBox } from "./tick-box";

const FILES_PER_PAGE = 200;
const NO_COMMENTS: readonly ReviewComment[] = [];

interface DiffProps {
  readonly review: ShownReview;
  /** Whether the result can be decided about now. */
  readonly decidable: boolean;
  readonly actions: Actions;
}

/** A whole diff, file by file; what something executes later stands apart. */
export const DiffView = memo((props: DiffProps) => <Files {...props} />);

function Files({ review, decidable, actions }: DiffProps) {
  const [limit, setLimit] = useState(FILES_PER_PAGE);
  const { subtask, commit, files } = review;
  const takes = new Map(review.choices.map(({ path, take }) => [path, take]));
  const takeOf = (file: ShownFile): Take => takes.get(file.path) ?? "none";
  const folded = foldedFiles(files);
  const plain = files.filter((file) => file.executable === null);
  const apart = files.filter((file) => file.executable !== null);
  const drawn = useBatches(plain, folded, limit);
  // What a file needs to act on; the same as long as the result is, so that a tick draws one file again.
  const at = { subtask, commit };
  const onTake = useCallback(
    (path: string, take: Take) => actions.tick(at, [{ path, take }]),
    [actions, subtask, commit],
  );
  const onViewed = useCallback(
    (path: string, viewed: boolean) => actions.markViewed(at, path, viewed),
    [actions, subtask, commit],
  );
  const comments = useRef(review.comments);
  comments.current = review.comments;
  const onComment = useCallback(
    (comment: ReviewComment) => actions.comment(at, [...comments.current, comment]),
    [actions, subtask, commit],
  );
  const onUncomment = useCallback(
    (comment: ReviewComment) =>
      actions.comment(
        at,
        comments.current.filter((each) => each !== comment),
      ),
    [actions, subtask, commit],
  );
  const byPath = useMemo(() => byFile(review.comments), [review.comments]);
  const all = tickOfAll(plain.map(takeOf));
  const draw = (file: ShownFile) => (
    <FileView
      key={file.path}
      subtask={subtask}
      file={file}
      take={takeOf(file)}
      decidable={decidable}
      folded={folded.has(file.path)}
      onTake={onTake}
      onViewed={onViewed}
      comments={byPath.get(file.path) ?? NO_COMMENTS}
      onComment={onComment}
      onUncomment={onUncomment}
      actions={actions}
    />
  );
  return (
    <>
      <section class="part" aria-labelledby="diff-title">
        <div class="diff-head">
          {plain.length > 0 && (
            <TickBox
              tick={all}
              label="Take all files"
              disabled={!decidable}
              onToggle={() =>
                actions.tick(
                  at,
                  plain.map(({ path }) => ({ path, take: toggleFile(all === "all" ? "all" : "none") })),
                )
              }
            />
          )}
          <h3 id="diff-title">
            {countOf(files.length, "file")} changed{" "}
            <LineCounts added={sum(files, "added")} deleted={sum(files, "deleted")} />
          </h3>
          <span class="quiet">{viewedWords(files)}</span>
          <button type="button" class="link" onClick={() => actions.openAll(subtask)}>
            Open all in diff editor
          </button>
        </div>
        {plain.slice(0, Math.min(drawn, limit)).map(draw)}
        {plain.length > limit && (
          <button type="button" class="secondary show-lines" onClick={() => setLimit(limit + FILES_PER_PAGE)}>
            Show {countOf(Math.min(FILES_PER_PAGE, plain.length - limit), "more file")}
          </button>
        )}
      </section>
      {apart.length > 0 && (
        <section class="part" aria-labelledby="apart-title">
          <h3 id="apart-title">Configuration that runs later</h3>
          <p class="quiet">Not ticked to begin with. Tick what you have looked at; the rest stays out.</p>
          {apart.map(draw)}
        </section>
      )}
    </>
  );
}

/** The files that are drawn by now: the first at once, the others when the page has time. */
function useBatches(files: readonly ShownFile[], folded: ReadonlySet<string>, limit: number): number {
  const [drawn, setDrawn] = useState(() => nextBatch(files, folded, 0));
  const more = drawn < Math.min(limit, files.length);
  useEffect(() => {
    if (!more) return;
    const waiting = requestIdleCallback(() => setDrawn(nextBatch(files, folded, drawn)), { timeout: 200 });
    return () => cancelIdleCallback(waiting);
  }, [more, drawn]);
  return drawn;
}

function byFile(comments: readonly ReviewComment[]): ReadonlyMap<string, readonly ReviewComment[]> {
  const files = new Map<string, ReviewComment[]>();
  for (const comment of comments) files.set(comment.path, [...(files.get(comment.path) ?? []), comment]);
  return files;
}

function tickOfAll(takes: readonly Take[]): Tick {
  if (takes.every((take) => take === "all")) return "all";
  return takes.every((take) => take === "none") ? "none" : "some";
}

function sum(files: readonly ShownFile[], what: "added" | "deleted"): number {
  return files.reduce((total, file) => total + file[what], 0);
}

function viewedWords(files: readonly ShownFile[]): string {
  const viewed = files.filter((file) => file.viewed).length;
  return viewed === 0 ? "" : `${viewed.toLocaleString("en")} of ${files.length.toLocaleString("en")} viewed`;
}
