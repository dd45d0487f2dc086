import * as l10n from "@vscode/l10n";
import { describeConflict } from "../src/core/review/conflict";
import type { SubtaskView } from "../src/core/state/subtask-view";
import type { ShownReview } from "../src/protocol/review-messages";
import type { Actions } from "./actions";
import { plural } from "./format";
import { Icon, Sentence, Visible } from "./text";

interface BeforeDecidingProps {
  readonly subtask: SubtaskView;
  readonly review: ShownReview | null;
  readonly busy: boolean;
  readonly actions: Actions;
}

/** What to know before deciding: risks in words, what it rests on, what rests on it, and where it would conflict. */
export function BeforeDeciding({ subtask, review, busy, actions }: BeforeDecidingProps) {
  if (!subtask.reviewable) return null;
  const risks = review?.risks ?? subtask.risks;
  const undecided = review?.undecided ?? [];
  const dependents = review?.dependents ?? [];
  const conflicts = review?.merge?.conflicts ?? [];
  if (risks.length + undecided.length + dependents.length + conflicts.length === 0) return null;
  return (
    <section class="part" aria-labelledby="before-title">
      <h3 id="before-title">{l10n.t("Before you decide")}</h3>
      <ul class="risks">
        {risks.map((risk) => (
          <li key={`${risk.kind} ${risk.message}`}>
            <Icon name="warning" />
            <span>
              <Visible text={risk.message} place="prose" />
            </span>
          </li>
        ))}
        {undecided.length > 0 && (
          <li>
            <Icon name="info" />
            <span>
              <Sentence
                text={l10n.t("Rests on {0}, not decided yet.")}
                parts={[<Names ids={undecided} actions={actions} />]}
              />
            </span>
          </li>
        )}
        {(review?.along ?? []).flatMap(({ subtask: id, concern }) =>
          concern === null
            ? []
            : [
                <li key={`along ${id}`}>
                  <Icon name="warning" />
                  <span>
                    <Sentence
                      text={l10n.t("{0} would go in along: {1}")}
                      parts={[<Names ids={[id]} actions={actions} />, <Visible text={concern} place="prose" />]}
                    />
                  </span>
                </li>,
              ],
        )}
        {dependents.length > 0 && (
          <li>
            <Icon name="info" />
            <span>
              <Sentence
                text={plural(dependents.length, l10n.t("{0} was built on it."), l10n.t("{0} were built on it."))}
                parts={[<Names ids={dependents} actions={actions} />]}
              />
            </span>
          </li>
        )}
      </ul>
      {subtask.rejectedBeneath.length > 0 && subtask.commit !== null && (
        <Cascade ids={subtask.rejectedBeneath} id={subtask.id} commit={subtask.commit} busy={busy} actions={actions} />
      )}
      {review !== null && conflicts.length > 0 && (
        <Conflicts review={review} busy={busy || undecided.length > 0} actions={actions} />
      )}
    </section>
  );
}

interface CascadeProps {
  readonly ids: readonly string[];
  readonly id: string;
  readonly commit: string;
  readonly busy: boolean;
  readonly actions: Actions;
}

/** The ways out for a result that was built on what was rejected. */
function Cascade({ ids, id, commit, busy, actions }: CascadeProps) {
  return (
    <p class="cascade">
      <Sentence text={l10n.t("Without {0}:")} parts={[<Names ids={ids} actions={actions} />]} />{" "}
      <button type="button" class="secondary" disabled={busy} onClick={() => actions.rebase(id, commit)}>
        {l10n.t("Rebase")}
      </button>{" "}
      <button type="button" class="secondary" disabled={busy} onClick={() => actions.rerunWithout(id, commit)}>
        {l10n.t("Re-run")}
      </button>
    </p>
  );
}

function Names({ ids, actions }: { readonly ids: readonly string[]; readonly actions: Actions }) {
  return (
    <>
      {ids.map((id, i) => (
        <span key={id}>
          {i > 0 && ", "}
          <button type="button" class="link" onClick={() => actions.select(id)}>
            {id}
          </button>
        </span>
      ))}
    </>
  );
}

/** Conflicting places drawn at most, over all files. */
const MAX_PLACES = 20;

function Conflicts(props: { readonly review: ShownReview; readonly busy: boolean; readonly actions: Actions }) {
  const { subtask, commit, merge } = props.review;
  const places = (merge?.conflictHunks ?? []).flatMap(({ path, hunks }) => hunks.map((hunk) => ({ path, hunk })));
  return (
    <div class="conflicts">
      <p>
        <Icon name="error" /> {l10n.t("Accepting it now would conflict:")}
      </p>
      <ul class="prose">
        {(merge?.conflicts ?? []).map(describeConflict).map((conflict) => (
          <li key={conflict}>
            <Visible text={conflict} place="prose" />
          </li>
        ))}
      </ul>
      {places.length > 0 && (
        <details class="fold">
          <summary>{l10n.t("Show the conflicting lines")}</summary>
          {places.slice(0, MAX_PLACES).map(({ path, hunk }) => (
            <div key={`${path}:${hunk.line}`} class="conflict">
              <p class="path">
                <Visible text={`${path}:${hunk.line}`} place="code" />
              </p>
              <Side title={l10n.t("Branch")} lines={hunk.ours} />
              <Side title={l10n.t("Result")} lines={hunk.theirs} />
            </div>
          ))}
          {places.length > MAX_PLACES && <p class="quiet">{l10n.t("And {0} more.", places.length - MAX_PLACES)}</p>}
        </details>
      )}
      <button
        type="button"
        class="secondary"
        disabled={props.busy}
        onClick={() => props.actions.resolve(subtask, commit)}
      >
        {l10n.t("Resolve with an Agent")}
      </button>{" "}
      <button
        type="button"
        class="secondary"
        disabled={props.busy}
        onClick={() => props.actions.resolveByHand(subtask, commit)}
      >
        {l10n.t("Resolve by Hand")}
      </button>
    </div>
  );
}

function Side({ title, lines }: { readonly title: string; readonly lines: readonly string[] }) {
  return (
    <>
      <p class="quiet">{title}</p>
      <pre class="output">
        <Visible text={lines.join("\n")} place="prose" />
      </pre>
    </>
  );
}
