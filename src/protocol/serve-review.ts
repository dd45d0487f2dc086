import { BraidError, failure } from "../core/failure";
import { subtasksOf } from "../core/state/view";
import type { SubtaskView } from "../core/state/subtask-view";
import { DisposableStore, type Disposable } from "../util/disposable";
import { boundNote } from "./outline";
import { chooseSelected } from "./queue-order";
import { RequestSchemas, type Events, type Requests } from "./messages";
import { Rpc, type Message, type Nothing } from "./rpc";
import { serveDecisions } from "./serve-decisions";
import { serveSteering } from "./serve-steering";
import type { ReviewSource } from "./review-source";

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
  let isPicked = selected !== null;
  let changed = false;
  let frame: Disposable | undefined;

  const shown = () => ({ view: source.view, preview: source.preview, readOnly: source.readOnly });
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
  const atAttempt = (id: string, attempt: number): string => {
    const subtask = known(id);
    if (subtask.attempt === attempt) return subtask.id;
    throw new BraidError(
      failure("run.state", `"${id}" went on to attempt ${subtask.attempt} after it was shown.`, {
        hint: "Look at it as it is now, then decide again.",
      }),
    );
  };
  const onScreen = (run: string): void => {
    if (run !== source.view.id)
      throw new BraidError(
        failure("run.state", "Another run was opened after this was shown.", { hint: "Reopen the review." }),
      );
  };

  // The page hears of a decision's effect before its reply, or it would offer the same decision again for a frame.
  const done = (): null => {
    frame?.dispose();
    flush();
    return null;
  };

  const host = { source, known, current, atAttempt, onScreen, done };
  const rpc = new Rpc<Requests, Nothing, Nothing, Events>({
    post: options.post,
    hear: {},
    serve: {
      ...serveDecisions(host),
      ...serveSteering(host),
      ready: {
        schema: RequestSchemas.ready,
        answer: () => {
          changed = false;
          unsent.clear();
          return { ...shown(), selected: isPicked ? selected : null, activity: Object.fromEntries(activity) };
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
        answer: ({ subtask, picked }) => {
          selected = known(subtask).id;
          isPicked = picked;
          return null;
        },
      },
    },
  });

  // Whoever opens the panel will look at this: it is read while the page is made.
  const expected = subtasksOf(source.view).find((s) => s.id === chooseSelected(source.view, selected));
  if (expected?.commit != null && expected.files.length > 0) void source.warm(expected.id, expected.commit);

  const flush = (): void => {
    frame = undefined;
    if (changed) rpc.notify("view", shown());
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
      isPicked = true;
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
