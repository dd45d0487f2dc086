import "./l10n";
import * as l10n from "@vscode/l10n";
import { render } from "preact";
import { useState } from "preact/hooks";
import * as z from "zod/mini";
import { toFailure, type Failure } from "../src/core/failure";
import {
  PreviewEventSchemas,
  type PreviewEvents,
  type PreviewRequests,
  type PreviewState,
} from "../src/protocol/preview-messages";
import { Rpc, type Nothing } from "../src/protocol/rpc";
import { numeral, plural, writeNumbersIn } from "./format";
import { PlanChart } from "./plan-chart";
import { Problem } from "./problem";
import { Icon, Visible } from "./text";

declare function acquireVsCodeApi(): { postMessage(message: unknown): void };

// zod writes code at run time where it may; the page's policy forbids that, and asking is a violation by itself.
z.config({ jitless: true });
writeNumbersIn(document.documentElement.lang);

const vscode = acquireVsCodeApi();
const root = document.getElementById("root");
let state: PreviewState | null = null;
let failed: Failure | null = null;

const rpc = new Rpc<Nothing, PreviewEvents, PreviewRequests, Nothing>({
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- not a window: it has no target origin
  post: (message) => vscode.postMessage(message),
  serve: {},
  hear: { state: { schema: PreviewEventSchemas.state, hear: (event) => show(event.state) } },
  onInvalid: fail,
});

// The policy allows no frames, so nothing but VS Code can post here.
window.addEventListener("message", (event: MessageEvent<unknown>) => rpc.receive(event.data));
rpc.request("ready", {}).then(show, (error: unknown) => fail(toFailure(error)));
draw();

function show(next: PreviewState): void {
  state = next;
  failed = null;
  draw();
}

function fail(failure: Failure): void {
  failed = failure;
  draw();
}

function draw(): void {
  if (root !== null) render(<Page state={state} failure={failed} />, root);
}

function Page({ state, failure }: { readonly state: PreviewState | null; readonly failure: Failure | null }) {
  const [selected, setSelected] = useState<string | null>(null);
  const choose = (subtask: string) => {
    setSelected(subtask);
    rpc.request("open", { subtask }).catch((error: unknown) => fail(toFailure(error)));
  };
  return (
    <main class="preview">
      {failure !== null && <Problem failure={failure} alert />}
      {state === null && <p class="quiet">{l10n.t("Loading…")}</p>}
      {state !== null && <Broken state={state} />}
      {state !== null && state.preview !== null && (
        <>
          <h1>
            <Visible text={state.preview.task} place="prose" />
          </h1>
          <PlanChart plan={state.preview} selected={selected} onChoose={choose} />
        </>
      )}
    </main>
  );
}

/** What keeps the text from being read, and that the picture is of an earlier one. */
function Broken({ state }: { readonly state: PreviewState }) {
  const { problems, problemCount, preview } = state;
  if (problemCount === 0) return null;
  const more = problemCount - problems.length;
  return (
    <section class="broken" aria-label={l10n.t("Problems")} aria-live="polite">
      <p>
        <Icon name="warning" /> {preview === null ? unreadText(problemCount) : staleText(problemCount)}
      </p>
      <ul>
        {problems.map((problem) => (
          <li key={`${problem.line}:${problem.column} ${problem.message}`}>
            <button
              type="button"
              class="link"
              onClick={() =>
                void rpc.request("openLine", { line: problem.line }).catch((error: unknown) => fail(toFailure(error)))
              }
            >
              {l10n.t("Line {0}", problem.line)}
            </button>{" "}
            <Visible text={problem.message} place="prose" />
          </li>
        ))}
      </ul>
      {more > 0 && <p class="quiet">{l10n.t("And {0} more.", numeral(more))}</p>}
    </section>
  );
}

function unreadText(n: number): string {
  return plural(
    n,
    l10n.t("1 problem keeps the plan from being read."),
    l10n.t("{0} problems keep the plan from being read.", numeral(n)),
  );
}

function staleText(n: number): string {
  return plural(
    n,
    l10n.t("1 problem. The picture is of the last text that could be read."),
    l10n.t("{0} problems. The picture is of the last text that could be read.", numeral(n)),
  );
}
