import "./l10n";
import { render } from "preact";
import * as z from "zod/mini";
import { toFailure } from "../src/core/failure";
import { EventSchemas, type Events, type Requests, type Snapshot } from "../src/protocol/messages";
import { Rpc, type Nothing } from "../src/protocol/rpc";
import { panelActions } from "./actions";
import { App } from "./app";
import { readFirstLook } from "./first-look";
import { writeNumbersIn } from "./format";
import { EMPTY_STATE, reduce, RUN, type PanelAction } from "./state";

declare function acquireVsCodeApi(): {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
};

// zod writes code at run time where it may; the page's policy forbids that, and asking is a violation by itself.
z.config({ jitless: true });
writeNumbersIn(document.documentElement.lang);

/** What was on screen, of which run, and what was drawn first. */
const Remembered = z.object({
  selected: z.nullable(z.string()),
  run: z.optional(z.string()),
  first: z.optional(z.string()),
});

const vscode = acquireVsCodeApi();
const root = document.getElementById("root");
let state = EMPTY_STATE;
let drawing = false;

const rpc = new Rpc<Nothing, Events, Requests, Nothing>({
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- not a window: it has no target origin
  post: (message) => vscode.postMessage(message),
  serve: {},
  hear: {
    view: { schema: EventSchemas.view, hear: (data) => dispatch({ type: "view", ...data }) },
    select: { schema: EventSchemas.select, hear: ({ subtask }) => dispatch({ type: "select", subtask }) },
    comments: { schema: EventSchemas.comments, hear: (data) => dispatch({ type: "comments", ...data }) },
    activity: { schema: EventSchemas.activity, hear: (data) => dispatch({ type: "activity", ...data }) },
  },
  onInvalid: (failure) => dispatch({ type: "failed", about: RUN, failure }),
});
const actions = panelActions(rpc, dispatch, () => state.view?.id ?? "");

// The policy allows no frames, so nothing but VS Code can post here.
window.addEventListener("message", (event: MessageEvent<unknown>) => rpc.receive(event.data));
const { data: remembered } = Remembered.safeParse(vscode.getState());
const first = readFirstLook(remembered?.first);
if (first !== null) {
  const { snapshot, result } = first;
  if (result !== null) actions.open(result, result.opened);
  dispatch({ type: "snapshot", snapshot, remembered: rememberedIn(snapshot) });
  remember(first.id);
}
rpc
  .request("ready", {})
  .then(take, (error: unknown) => dispatch({ type: "failed", about: RUN, failure: toFailure(error) }));
draw();

function take(snapshot: Snapshot): void {
  if (first === null) return dispatch({ type: "snapshot", snapshot, remembered: rememberedIn(snapshot) });
  const { view, preview, readOnly, activity } = snapshot;
  // Somebody may have chosen a subtask by now.
  dispatch({ type: "view", view, preview, readOnly });
  for (const [subtask, line] of Object.entries(activity)) dispatch({ type: "activity", subtask, line });
}

/** What was selected in this run. Another one may have a subtask of the same name. */
function rememberedIn({ view }: Snapshot): string | null {
  return remembered?.run === view.id ? remembered.selected : null;
}

function dispatch(action: PanelAction): void {
  const before = state;
  state = reduce(state, action);
  const { selected, picked } = state;
  if (selected !== before.selected || picked !== before.picked) {
    remember(first?.id ?? remembered?.first);
    // A subtask that vanished meanwhile leaves the next view without it; there is nothing to tell the user.
    if (selected !== null) rpc.request("select", { subtask: selected, picked }).catch(() => undefined);
  }
  draw();
}

/** What the page shows by itself is found anew, and what was drawn first is not drawn again. */
function remember(drawn: string | undefined): void {
  vscode.setState({ selected: state.picked ? state.selected : null, run: state.view?.id, first: drawn });
}

/** Draws once for all that happens in this turn, and never from within an effect, which would draw without end. */
function draw(): void {
  if (drawing) return;
  drawing = true;
  queueMicrotask(() => {
    drawing = false;
    if (root !== null) render(<App state={state} actions={actions} />, root);
  });
}
