import { BraidError, failure } from "../core/failure";
import type { PlanPreview } from "../core/plan/plan-preview";
import { subtasksOf, type RunView } from "../core/state/view";
import type { SubtaskView } from "../core/state/subtask-view";
import { DisposableStore, type Disposable } from "../util/disposable";
import type { FileDiff } from "../core/review/diff";
import type { MergedReview } from "../core/review/review";
import { boundNote } from "./outline";
import { RequestSchemas, type Events, type Requests } from "./messages";
import type { ReviewMarks } from "./review-marks";
import type { AcceptChoice } from "./review-messages";
import { Rpc, type Message, type Nothing } from "./rpc";
import { serveDecisions } from "./serve-decisions";

/** A run as the review panel needs it. Everything that fails throws a {@link BraidError}, shown as message and hint. */
export interface ReviewSource {
  readonly view: RunView;
  /** The plan with its estimate, while it waits for approval. */
  readonly preview: PlanPreview | null;
  readonly onDidChange: (listener: () => void) => Disposable;
  /** One line of what a worker is doing now. */
  readonly onDidAct: (listener: (activity: { readonly subtask: string; readonly line: string }) => void) => Disposable;
  readonly marks: ReviewMarks;
  /** The review of this result, and of no other. */
  review(subtask: string, commit: string): Promise<MergedReview>;
  /** The diff of this result alone. Asked for often: it had better be at hand. */
  diff(subtask: string, commit: string): Promise<readonly FileDiff[]>;
  /** Puts exactly this on the target. */
  accept(subtask: string, commit: string, choice: AcceptChoice): Promise<void>;
  /** Another attempt, which is told of the remarks on this result and of `text`. */
  requestChanges(subtask: string, commit: string, text: string): Promise<void>;
  acceptPassing(): Promise<void>;
  cancelMerge(): void;
  /** `commit` is the one on the target that is to be taken back. */
  undo(subtask: string, commit: string): Promise<void>;
  resolve(subtask: string): Promise<void>;
  reject(subtask: string, commit: string, reason: string): Promise<void>;
  retry(subtask: string, note?: string): Promise<void>;
  approve(): Promise<void>;
  /** `number` is the amendment that was shown. */
  approveAmendment(number: number): Promise<void>;
  declineAmendment(number: number, reason: string): Promise<void>;
  answer(question: number, answer: string): Promise<void>;
  /** Stops one worker. */
  stop(subtask: string): Promise<void>;
  /** Says something to a running worker. */
  message(subtask: string, text: string): Promise<void>;
  openDiff(subtask: string, path: string): Promise<void>;
  /** All files of a result at once. */
  openAll(subtask: string): Promise<void>;
  /** What a result changed since the attempt before it. */
  openSince(subtask: string): Promise<void>;
  /** The text of a note a subtask wrote. */
  note(subtask: string, name: string): Promise<string>;
}

/** The host's end of an open panel. */
export interface ReviewService extends Disposable {
  /** Takes a message of the page, whatever it is. */
  receive(message: unknown): void;
  /** Selects a subtask in the page. */
  select(subtask: string): void;
  /** The subtask on screen. */
  readonly selected: string | null;
}

/** How a service reaches its page. */
export interface ReviewServiceOptions {
  readonly source: ReviewSource;
  readonly post: (message: Message) => void;
  /** What was selected before a reload. */
  readonly selected?: string | null;
  /** Runs something once, a frame later; a test puts its own clock here. */
  readonly later?: (run: () => void) => Disposable;
}

/** About one frame: bursts of events reach the page as one message. */
export const FRAME_MS = 60;

/** Answers a page's requests from a run and tells it what changes. Holds no truth but which subtask is selected. */
export function serveReview(options: ReviewServiceOptions): ReviewService {
  const { source, later = nextFrame } = options;
  const owned = new DisposableStore();
  const activity = new Map<string, string>();
  const unsent = new Set<string>();
  let selected = options.selected ?? null;
  let changed = false;
  let frame: Disposable | undefined;

  const known = (id: string): SubtaskView => {
    const subtask = subtasksOf(source.view).find((s) => s.id === id);
    if (subtask !== undefined) return subtask;
    throw new BraidError(failure("run.state", `This run has no subtask "${id}".`));
  };
  const current = (id: string, commit: string): void => {
    if (known(id).commit === commit) return;
    throw new BraidError(
      failure("run.state", `The result of "${id}" changed after it was shown.`, {
        hint: "Look at the new diff, then decide again.",
      }),
    );
  };

  const onScreen = (run: string): void => {
    if (run !== source.view.id)
      throw new BraidError(
        failure("run.state", "Another run was opened after this plan was shown.", { hint: "Reopen the review." }),
      );
  };

  // The page hears of a decision's effect before its reply, or it would offer the same decision again for a frame.
  const done = (): null => {
    frame?.dispose();
    flush();
    return null;
  };

  const rpc = new Rpc<Requests, Nothing, Nothing, Events>({
    post: options.post,
    hear: {},
    serve: {
      ...serveDecisions({ source, known, current, onScreen, done }),
      ready: {
        schema: RequestSchemas.ready,
        answer: () => {
          changed = false;
          unsent.clear();
          return { view: source.view, preview: source.preview, selected, activity: Object.fromEntries(activity) };
        },
      },
      retry: {
        schema: RequestSchemas.retry,
        answer: async ({ subtask, note }) => {
          await source.retry(known(subtask).id, note);
          return done();
        },
      },
      approve: {
        schema: RequestSchemas.approve,
        answer: async ({ run }) => {
          onScreen(run);
          await source.approve();
          return done();
        },
      },
      approveAmendment: {
        schema: RequestSchemas.approveAmendment,
        answer: async ({ run, number }) => {
          onScreen(run);
          await source.approveAmendment(number);
          return done();
        },
      },
      declineAmendment: {
        schema: RequestSchemas.declineAmendment,
        answer: async ({ run, number, reason }) => {
          onScreen(run);
          await source.declineAmendment(number, reason);
          return done();
        },
      },
      answer: {
        schema: RequestSchemas.answer,
        answer: async ({ run, question, answer }) => {
          if (run !== source.view.id)
            throw new BraidError(failure("run.state", "Another run was opened after this question was shown."));
          await source.answer(question, answer);
          return done();
        },
      },
      stop: {
        schema: RequestSchemas.stop,
        answer: async ({ subtask }) => {
          await source.stop(known(subtask).id);
          return done();
        },
      },
      message: {
        schema: RequestSchemas.message,
        answer: async ({ subtask, text }) => {
          await source.message(known(subtask).id, text);
          return done();
        },
      },
      openDiff: {
        schema: RequestSchemas.openDiff,
        answer: async ({ subtask, path }) => {
          if (!known(subtask).files.some((file) => file.path === path))
            throw new BraidError(failure("run.state", `"${subtask}" did not change that file.`));
          await source.openDiff(subtask, path);
          return null;
        },
      },
      openAll: {
        schema: RequestSchemas.openAll,
        answer: async ({ subtask }) => {
          await source.openAll(known(subtask).id);
          return null;
        },
      },
      openSince: {
        schema: RequestSchemas.openSince,
        answer: async ({ subtask }) => {
          await source.openSince(known(subtask).id);
          return null;
        },
      },
      note: {
        schema: RequestSchemas.note,
        answer: async ({ subtask, name }) => {
          if (!known(subtask).notes.includes(name))
            throw new BraidError(failure("run.state", `"${subtask}" wrote no such note.`));
          return { text: boundNote(await source.note(subtask, name)) };
        },
      },
      select: {
        schema: RequestSchemas.select,
        answer: ({ subtask }) => {
          selected = known(subtask).id;
          return null;
        },
      },
    },
  });

  const flush = (): void => {
    frame = undefined;
    if (changed) rpc.notify("view", { view: source.view, preview: source.preview });
    for (const subtask of unsent) rpc.notify("activity", { subtask, line: activity.get(subtask) ?? "" });
    changed = false;
    unsent.clear();
  };
  const soon = (): void => {
    frame ??= later(flush);
  };
  owned.add(rpc);
  owned.add({ dispose: () => frame?.dispose() });
  owned.add(
    source.marks.onDidComment((commit) =>
      rpc.notify("comments", { commit, comments: [...source.marks.comments(commit)] }),
    ),
  );
  owned.add(
    source.onDidChange(() => {
      changed = true;
      soon();
    }),
  );
  owned.add(
    source.onDidAct(({ subtask, line }) => {
      activity.set(subtask, line);
      unsent.add(subtask);
      soon();
    }),
  );
  return {
    receive: (message) => rpc.receive(message),
    select: (subtask) => {
      selected = subtask;
      rpc.notify("select", { subtask });
    },
    get selected() {
      return selected;
    },
    dispose: () => owned.dispose(),
  };
}

function nextFrame(run: () => void): Disposable {
  const timer = setTimeout(run, FRAME_MS);
  return { dispose: () => clearTimeout(timer) };
}
