import { BraidError, failure } from "../core/failure";
import { subtasksOf } from "../core/state/view";
import type { SubtaskView } from "../core/state/subtask-view";
import { DisposableStore, type Disposable } from "../util/disposable";
import type { FirstLook } from "./first-look";
import { openReview } from "./open-review";
import { boundNote } from "./outline";
import { chooseSelected } from "./queue-order";
import type { Events, Requests, Snapshot } from "./messages";
import { RequestSchemas } from "./request-schemas";
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
  /** What the page can draw before it asks for anything, with the result that will be looked at where it is read by then. */
  firstLook(id: string): Promise<FirstLook>;
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

/** VS Code takes longer than this to make a page: so long its document can wait for what it shows. */
const FIRST_LOOK_MS = 100;

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
  const snapshot = (): Snapshot => ({
    ...shown(),
    selected: isPicked ? selected : null,
    activity: Object.fromEntries(activity),
  });
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
          return snapshot();
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

  const openExpected = async (): Promise<FirstLook["result"]> => {
    const expected = subtasksOf(source.view).find((s) => s.id === chooseSelected(source.view, selected));
    if (expected?.commit == null || expected.files.length === 0) return null;
    const { id: subtask, commit } = expected;
    // What fails here fails again for the page, which can say so.
    return openReview(source, expected, commit).then(
      (opened) => ({ subtask, commit, opened }),
      () => null,
    );
  };

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
    async firstLook(id) {
      // Read while VS Code makes the page.
      const result = await within(openExpected(), FIRST_LOOK_MS);
      return { id, snapshot: snapshot(), result };
    },
    get selected() {
      return selected;
    },
    dispose: () => owned.dispose(),
  };
}

/** What it resolves to, or null where that takes too long. */
function within<T>(promise: Promise<T | null>, ms: number): Promise<T | null> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve(null), ms);
    promise.finally(() => clearTimeout(timer)).then(resolve, reject);
  });
}

function nextFrame(run: () => void): Disposable {
  const timer = setTimeout(run, FRAME_MS);
  return { dispose: () => clearTimeout(timer) };
}
