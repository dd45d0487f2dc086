import * as vscode from "vscode";
import type { AnsweredComment } from "../../core/review/comment-fate";
import type { ReviewComment } from "../../core/review/review-comment";
import { subtasksOf } from "../../core/state/view";
import type { ReviewMarks } from "../../protocol/review-marks";
import type { Run } from "../../run/run";
import { AnsweredComments } from "./answered-comments";
import { marksOf } from "./mark-store";
import { reviewPlace, reviewUri } from "./review-documents";
import type { RunOwner } from "../run-owner";

/** A thread with what it shows; a new one of VS Code's has no entry here. */
interface Shown {
  readonly thread: vscode.CommentThread;
  readonly commit: string;
  /** Null for one that was sent; it cannot be taken back. */
  readonly comment: ReviewComment | null;
}

/** What a thread is to show. */
interface Wanted {
  readonly uri: vscode.Uri;
  readonly commit: string;
  readonly line: number;
  readonly comment: ReviewComment | AnsweredComment;
}

/**
 * The reviewer's remarks as VS Code's own comments, on the two sides of a result's diffs. They are those of the review
 * panel; nothing is kept here.
 */
export class ReviewComments implements vscode.Disposable {
  readonly #controller = vscode.comments.createCommentController("braid.review", vscode.l10n.t("Braid Review"));
  readonly #owner: RunOwner;
  readonly #changes: { dispose(): void };
  #offered = false;
  #told: { readonly run: Run; readonly listening: { dispose(): void } } | undefined;
  readonly #answered = new AnsweredComments(() => this.#update());
  #shown: readonly Shown[] = [];
  #key = "";

  constructor(owner: RunOwner) {
    this.#owner = owner;
    this.#controller.options = { placeHolder: vscode.l10n.t("What should be different here?") };
    const listening = [
      owner.onDidChange(() => this.#update()),
      vscode.window.onDidChangeVisibleTextEditors(() => this.#offer()),
    ];
    this.#changes = { dispose: () => listening.forEach((each) => each.dispose()) };
    this.#update();
    this.#offer();
  }

  /**
   * Offers lines to remark on only while a review's document is on screen: VS Code asks about every file there is, and what it
   * asks about stays open for minutes after its editor was closed.
   */
  #offer(): void {
    const isReview = vscode.window.visibleTextEditors.some(({ document }) => reviewPlace(document.uri) !== undefined);
    if (isReview === this.#offered) return;
    this.#offered = isReview;
    const provider: vscode.CommentingRangeProvider = {
      provideCommentingRanges: (document) =>
        this.#placeOf(document.uri) === undefined ? [] : [new vscode.Range(0, 0, document.lineCount - 1, 0)],
    };
    // The declared type knows no way back to none; the property has one.
    Reflect.set(this.#controller, "commentingRangeProvider", isReview ? provider : undefined);
  }

  /** Keeps what was typed into a thread of VS Code's. */
  async add({ thread, text }: vscode.CommentReply): Promise<void> {
    const place = this.#placeOf(thread.uri);
    const line = (thread.range?.start.line ?? 0) + 1;
    if (place !== undefined && text.trim() !== "") {
      const { commit, path, side, marks } = place;
      await marks.comment(commit, [...marks.comments(commit), { path, side, line, text: text.trim() }]);
    }
    // What was refused stays where it was written.
    thread.dispose();
  }

  /** Takes a remark back. */
  async remove(comment: vscode.Comment): Promise<void> {
    const shown = this.#shown.find(({ thread }) => thread.comments.includes(comment));
    const run = this.#owner.run;
    if (shown?.comment == null || run === undefined) return;
    const marks = marksOf(this.#owner.memento, run);
    const rest = marks.comments(shown.commit).filter((each) => each !== shown.comment);
    await marks.comment(shown.commit, rest);
  }

  /** Ends all threads. */
  dispose(): void {
    this.#changes.dispose();
    this.#told?.listening.dispose();
    this.#controller.dispose();
  }

  /** What a document of a review is, while it can be remarked on. */
  #placeOf(
    uri: vscode.Uri,
  ):
    | { readonly commit: string; readonly path: string; readonly side: "base" | "result"; readonly marks: ReviewMarks }
    | undefined {
    const place = reviewPlace(uri);
    const run = this.#owner.run;
    if (place === undefined || run === undefined) return undefined;
    const subtask = subtasksOf(run.view).find((s) => s.id === place.subtask && s.reviewable);
    if (subtask === undefined || subtask.commit === null) return undefined;
    const side = place.commit === subtask.commit ? "result" : "base";
    if (side === "base" && place.commit !== subtask.base) return undefined;
    // A remark on a file goes by the name it has now.
    const file = subtask.files.find(
      ({ path, from }) => path === place.path || (side === "base" && from === place.path),
    );
    if (file === undefined || (side === "result" && file.status === "deleted")) return undefined;
    return { commit: subtask.commit, path: file.path, side, marks: marksOf(this.#owner.memento, run) };
  }

  #update(): void {
    const { run } = this.#owner;
    if (run !== this.#told?.run) {
      this.#told?.listening.dispose();
      this.#told =
        run === undefined
          ? undefined
          : { run, listening: marksOf(this.#owner.memento, run).onDidComment(() => this.#update()) };
    }
    const wanted = run === undefined ? [] : this.#wanted(run);
    // Threads are made anew only when the remarks are others: VS Code would fold and unfold them at every event.
    const key = JSON.stringify(wanted.map(({ commit, comment }) => [commit, comment]));
    if (key === this.#key) return;
    this.#key = key;
    for (const { thread } of this.#shown) thread.dispose();
    this.#shown = wanted.map((each) => this.#show(each));
  }

  #show({ uri, commit, line, comment }: Wanted): Shown {
    const range = new vscode.Range(line - 1, 0, line - 1, 0);
    const mode = vscode.CommentMode.Preview;
    if (!("fate" in comment)) {
      const author = { name: vscode.l10n.t("You, not sent yet") };
      const thread = this.#controller.createCommentThread(uri, range, [
        { body: comment.text, mode, author, contextValue: "remark" },
      ]);
      thread.canReply = false;
      thread.collapsibleState = vscode.CommentThreadCollapsibleState.Expanded;
      return { thread, commit, comment };
    }
    const said = comment.answer === null ? [] : [comment.answer];
    const thread = this.#controller.createCommentThread(uri, range, [
      { body: comment.text, mode, author: { name: vscode.l10n.t("You, of the last attempt") } },
      ...said.map((body) => ({ body, mode, author: { name: vscode.l10n.t("The worker") } })),
    ]);
    const isAnswered = comment.fate !== "as-it-was";
    thread.label = fateText(comment);
    thread.canReply = false;
    thread.state = isAnswered ? vscode.CommentThreadState.Resolved : vscode.CommentThreadState.Unresolved;
    thread.collapsibleState = isAnswered
      ? vscode.CommentThreadCollapsibleState.Collapsed
      : vscode.CommentThreadCollapsibleState.Expanded;
    return { thread, commit, comment: null };
  }

  #wanted(run: Run): readonly Wanted[] {
    const marks = marksOf(this.#owner.memento, run);
    return subtasksOf(run.view).flatMap((subtask) => {
      const { id, commit, base, reviewable } = subtask;
      if (commit === null || !reviewable) return [];
      const place = (path: string, side: "base" | "result") => {
        const file = subtask.files.find((each) => each.path === path);
        return side === "result" ? reviewUri(path, commit, id) : reviewUri(file?.from ?? path, base ?? commit, id);
      };
      return [
        ...marks.comments(commit).map((comment): Wanted => {
          const { path, side, line } = comment;
          return { uri: place(path, side), commit, line, comment };
        }),
        ...this.#answered.of(run, id, commit).map((comment): Wanted => {
          const { side, line } = comment.now;
          return { uri: place(comment.path, side), commit, line, comment };
        }),
      ];
    });
  }
}

/** What became of the line, which is all that a diff can tell. */
function fateText({ fate }: AnsweredComment): string {
  switch (fate) {
    case "changed":
      return vscode.l10n.t("This line changed since");
    case "close-by":
      return vscode.l10n.t("A line close by changed since");
    case "as-it-was":
      return vscode.l10n.t("Nothing changed here since");
  }
}
