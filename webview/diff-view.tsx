import * as l10n from "@vscode/l10n";
import { useCallback, useMemo, useRef } from "preact/hooks";
import type { AnsweredComment } from "../src/core/review/comment-fate";
import type { ReviewComment } from "../src/core/review/review-comment";
import type { ChangedFile } from "../src/core/state/events";
import type { Take } from "../src/core/review/selection";
import { isFull, type Tick } from "../src/core/review/ticks";
import type { ShownFile, ShownHead } from "../src/protocol/review-messages";
import type { Actions } from "./actions";
import { AnsweredList } from "./answered-list";
import { filesText, groupName, groupsOf, inOrder } from "./file-groups";
import { FileView } from "./file-view";
import { numeral } from "./format";
import { blocksOf, fileHeight } from "../src/protocol/line-blocks";
import { memo } from "./memo";
import { Near } from "./near";
import { LineCounts } from "./text";
import { TickBox } from "./tick-box";

const NO_COMMENTS: readonly ReviewComment[] = [];
const NO_ANSWERED: readonly AnsweredComment[] = [];

interface DiffProps {
  readonly review: ShownHead;
  /** All files as the log has them, while only the first are there. */
  readonly toCome: readonly ChangedFile[] | null;
  /** Comments this result answers, with what became of each. */
  readonly answered: readonly AnsweredComment[];
  /** Whether the result can be decided about now. */
  readonly decidable: boolean;
  /** Whether it was accepted, and parts of that can be unticked to be taken back. */
  readonly undoable: boolean;
  readonly actions: Actions;
}

/** A whole diff, file by file; what something executes later stands apart. */
export const DiffView = memo((props: DiffProps) => <Files {...props} />);

function Files({ review, toCome, answered, decidable, undoable, actions }: DiffProps) {
  const { subtask, commit, files } = review;
  const takes = new Map(review.choices.map(({ path, take }) => [path, take]));
  const takeOf = (file: ShownFile): Take => takes.get(file.path) ?? "none";
  const taken = review.taken === null ? null : new Map(review.taken.map(({ path, take }) => [path, take]));
  /** What of a file can be ticked now. */
  const limitOf = ({ path }: ShownFile): Take => {
    if (decidable) return "all";
    return undoable ? (taken?.get(path) ?? "none") : "none";
  };
  const tick = decidable ? actions.tick : actions.tickBack;
  const { plain, apart } = useMemo(() => inOrder(files), [files]);
  // What a file needs to act on; the same as long as the result is, so that a tick draws one file again.
  const at = useMemo(() => ({ subtask, commit }), [subtask, commit]);
  const onTake = useCallback((path: string, take: Take) => tick(at, [{ path, take }]), [tick, at]);
  const onViewed = useCallback((path: string, viewed: boolean) => actions.markViewed(at, path, viewed), [actions, at]);
  const comments = useRef(review.comments);
  comments.current = review.comments;
  const onComment = useCallback(
    (comment: ReviewComment) => actions.comment(at, [...comments.current, comment]),
    [actions, at],
  );
  const onUncomment = useCallback(
    (comment: ReviewComment) =>
      actions.comment(
        at,
        comments.current.filter((each) => each !== comment),
      ),
    [actions, at],
  );
  const byPath = useMemo(() => byFile(review.comments), [review.comments]);
  const answeredIn = useMemo(() => byFile(answered), [answered]);
  const elsewhere = useMemo(() => {
    const paths = new Set(files.map(({ path }) => path));
    return answered.filter(({ path }) => !paths.has(path));
  }, [answered, files]);
  const choosable = plain.filter((file) => limitOf(file) !== "none");
  const all = undoable ? tickOfAll(choosable, takeOf, limitOf) : tickOfAll(plain, takeOf, () => "all");
  const draw = (file: ShownFile, eager: boolean) => (
    <FileView
      key={file.path}
      at={at}
      file={file}
      eager={eager}
      take={takeOf(file)}
      limit={limitOf(file)}
      accepted={undoable && taken !== null}
      decidable={decidable}
      onTake={onTake}
      onViewed={onViewed}
      comments={byPath.get(file.path) ?? NO_COMMENTS}
      answered={answeredIn.get(file.path) ?? NO_ANSWERED}
      onComment={onComment}
      onUncomment={onUncomment}
      actions={actions}
    />
  );
  const drawAll = (part: "plain" | "apart", group: readonly ShownFile[], number: number) => {
    const name = groupName(part, number);
    const isFirst = number === 0 && (part === "plain" || plain.length === 0);
    return (
      <Near
        key={`${commit} ${name}`}
        name={name}
        height={group.reduce((sum, file) => sum + heightOf(file, commit, actions), 0)}
        eager={isFirst}
        draw={() => group.map((file, i) => draw(file, isFirst && i === 0))}
      />
    );
  };
  return (
    <>
      <section class="part" aria-labelledby="diff-title" aria-busy={toCome !== null}>
        <div class="diff-head">
          {plain.length > 0 && (
            <TickBox
              tick={all}
              label={l10n.t("Take all files")}
              disabled={choosable.length === 0}
              onToggle={() =>
                tick(
                  at,
                  choosable.map((file) => ({ path: file.path, take: all === "all" ? "none" : limitOf(file) })),
                )
              }
            />
          )}
          <h3 id="diff-title">
            {filesText((toCome ?? files).length)}{" "}
            <LineCounts added={sum(toCome ?? files, "added")} deleted={sum(toCome ?? files, "deleted")} />
          </h3>
          <span class="quiet">{toCome === null ? viewedWords(files) : l10n.t("Loading…")}</span>
          {undoable && taken !== null && <span class="quiet">{l10n.t("Untick what is to go back.")}</span>}
          <button type="button" class="link" onClick={() => actions.openAll(subtask)}>
            {l10n.t("Open all in diff editor")}
          </button>
        </div>
        {elsewhere.length > 0 && (
          <>
            <p class="quiet">{l10n.t("On files this result does not change:")}</p>
            <AnsweredList comments={elsewhere} named />
          </>
        )}
        {groupsOf(plain).map((group, i) => drawAll("plain", group, i))}
      </section>
      {apart.length > 0 && toCome === null && (
        <section class="part" aria-labelledby="apart-title">
          <h3 id="apart-title">{l10n.t("Configuration that runs later")}</h3>
          <p class="quiet">{l10n.t("Not ticked to begin with. Tick what you have looked at; the rest stays out.")}</p>
          {groupsOf(apart).map((group, i) => drawAll("apart", group, i))}
        </section>
      )}
    </>
  );
}

function heightOf(file: ShownFile, commit: string, { folds }: Actions): number {
  const { open, lines } = folds.of(commit, file);
  return fileHeight(open ? file.words.notes.length : 0, open && lines ? blocksOf(file.hunks) : []);
}

function byFile<T extends ReviewComment>(comments: readonly T[]): ReadonlyMap<string, readonly T[]> {
  const files = new Map<string, T[]>();
  for (const comment of comments) files.set(comment.path, [...(files.get(comment.path) ?? []), comment]);
  return files;
}

function tickOfAll(
  files: readonly ShownFile[],
  takeOf: (file: ShownFile) => Take,
  limitOf: (file: ShownFile) => Take,
): Tick {
  if (files.every((file) => isFull(takeOf(file), limitOf(file)))) return "all";
  return files.every((file) => takeOf(file) === "none") ? "none" : "some";
}

function sum(files: readonly Partial<Pick<ShownFile, "added" | "deleted">>[], what: "added" | "deleted"): number {
  return files.reduce((total, file) => total + (file[what] ?? 0), 0);
}

function viewedWords(files: readonly ShownFile[]): string {
  const viewed = files.filter((file) => file.viewed).length;
  return viewed === 0 ? "" : l10n.t("{0} of {1} viewed", numeral(viewed), numeral(files.length));
}
