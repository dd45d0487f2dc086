import type { CheckedPlan } from "../core/plan/plan-check";
import { previewOf, type PlanPreview } from "../core/plan/plan-preview";
import type { Disposable } from "../util/disposable";
import { PreviewRequestSchemas, type PreviewEvents, type PreviewRequests, type PreviewState } from "./preview-messages";
import { Rpc, type Message, type Nothing } from "./rpc";

/** The most problems the page is told of; the editor shows them all. */
export const MAX_SHOWN_PROBLEMS = 5;

/** The host's end of an open preview. */
export interface PreviewService extends Disposable {
  /** Takes a message of the page, whatever it is. */
  receive(message: unknown): void;
  /** Shows another reading of the text; one that is no plan leaves the picture as it was. */
  show(checked: CheckedPlan): void;
}

/** How a preview reaches its page and its document. */
export interface PreviewOptions {
  readonly name: string;
  readonly post: (message: Message) => void;
  /** Shows where a subtask is written. */
  readonly open: (subtask: string) => Promise<void>;
  readonly openLine: (line: number) => Promise<void>;
}

/** Answers a preview's page, and keeps the last good picture for it while the text is broken. */
export function servePreview({ name, post, open, openLine }: PreviewOptions): PreviewService {
  let last: PlanPreview | null = null;
  let state: PreviewState = { name, preview: null, problems: [], problemCount: 0 };
  const rpc = new Rpc<PreviewRequests, Nothing, Nothing, PreviewEvents>({
    post,
    hear: {},
    serve: {
      ready: { schema: PreviewRequestSchemas.ready, answer: () => state },
      open: {
        schema: PreviewRequestSchemas.open,
        answer: async ({ subtask }) => {
          await open(subtask);
          return null;
        },
      },
      openLine: {
        schema: PreviewRequestSchemas.openLine,
        answer: async ({ line }) => {
          await openLine(line);
          return null;
        },
      },
    },
  });
  return {
    receive: (message) => rpc.receive(message),
    show({ plan, gate, diagnostics }) {
      const errors = diagnostics.filter((d) => d.severity === "error");
      if (plan !== undefined && gate !== undefined) last = previewOf(plan, gate);
      state = { name, preview: last, problems: errors.slice(0, MAX_SHOWN_PROBLEMS), problemCount: errors.length };
      rpc.notify("state", { state });
    },
    dispose: () => rpc.dispose(),
  };
}
