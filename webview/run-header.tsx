import * as l10n from "@vscode/l10n";
import { domainsText, webText } from "../src/core/web";
import type { PlanPreview } from "../src/core/plan/plan-preview";
import { costText, totalTokens } from "../src/core/usage";
import type { RunView } from "../src/core/state/view";
import type { Failure } from "../src/core/failure";
import type { Report } from "../src/core/report";
import type { Actions } from "./actions";
import { ApprovalPart } from "./approval-part";
import { AmendmentPart } from "./amendment-part";
import { branchName, dollars, numeral, planSize, plural, tokens } from "./format";
import { memo } from "./memo";
import { PlanChart } from "./plan-chart";
import { PlanPicture } from "./plan-picture";
import { Problem } from "./problem";
import { QuestionView } from "./question-view";
import { RUN, WORDS } from "./state";
import { NumbersPart } from "./numbers-part";
import { TimeLeftItem } from "./time-left-item";
import { TimelinePart } from "./timeline-part";
import { Icon, Sentence, Status, Visible } from "./text";
import { PHASE } from "./words";

interface RunHeaderProps {
  readonly view: RunView;
  readonly preview: PlanPreview | null;
  /** Why nothing can be decided here. */
  readonly readOnly: string | null;
  readonly selected: string | null;
  readonly busy: boolean;
  readonly problem: Failure | undefined;
  /** Whether the user's word on a command is on its way, and why the last one was not taken. */
  readonly answering: boolean;
  readonly refused: Failure | undefined;
  /** What the planner does now. */
  readonly line: string | undefined;
  readonly actions: Actions;
  readonly onHelp: () => void;
}

/** The run in a few lines: goal, where it stands, what it has cost, and the picture of its plan. */
export const RunHeader = memo(
  ({ view, preview, readOnly, selected, busy, problem, answering, refused, line, actions, onHelp }: RunHeaderProps) => (
    <header class="run">
      <div class="run-title">
        <h1>
          <Visible text={view.goal} place="prose" />
        </h1>
        {view.phase === "proposed" && readOnly === null && (
          <button type="button" disabled={busy} onClick={() => actions.approve(view)}>
            {l10n.t("Approve Plan")}
          </button>
        )}
        <button
          type="button"
          class="secondary"
          title={l10n.t("Keys (?)")}
          aria-label={l10n.t("Show keys")}
          onClick={onHelp}
        >
          ?
        </button>
      </div>
      {readOnly !== null && (
        <p class="read-only">
          <Icon name="lock" />
          <span>
            {l10n.t("Read-only.")} <Visible text={readOnly} place="prose" />
          </span>
        </p>
      )}
      <ul class="facts" aria-label={l10n.t("Run")}>
        <li>
          <Status shown={PHASE[view.phase]} />
        </li>
        {view.phase === "running" && view.paused && (
          <li>{l10n.t("pausing: who is at work goes on, nothing else begins")}</li>
        )}
        {view.timeLeft !== null && <TimeLeftItem left={view.timeLeft} />}
        {view.results > 0 && view.phase !== "review" && <li>{resultsText(view.results)}</li>}
        {view.phase === "review" && view.counts.failed > 0 && (
          <li>{l10n.t("{0} failed", numeral(view.counts.failed))}</li>
        )}
        {view.amendments.sequential && <li>{l10n.t("one worker at a time")}</li>}
        <li>
          <Sentence
            text={l10n.t("into {0}")}
            parts={[
              <code>
                <Visible text={branchName(view.target)} place="code" />
              </code>,
            ]}
          />
        </li>
        <li>{l10n.t("{0} tokens", tokens(totalTokens(view.usage)))}</li>
        <li>{costText(view.usage, dollars)}</li>
        {view.webDomains !== null && webText(view.web) === "" && (
          <li>
            <Sentence
              text={l10n.t("may look in the web: {0}")}
              parts={[<Visible text={domainsText(view.webDomains)} place="prose" />]}
            />
          </li>
        )}
        {webText(view.web) !== "" && (
          <li>
            <Visible text={webText(view.web)} place="prose" />
          </li>
        )}
      </ul>
      {view.planNote !== null && (
        <p class="quiet">
          <Visible text={view.planNote} place="prose" />
        </p>
      )}
      {view.failure !== null && <Problem failure={view.failure} />}
      {problem !== undefined && <Problem failure={problem} alert onDismiss={() => actions.dismiss(RUN, problem)} />}
      {refused !== undefined && <Problem failure={refused} alert onDismiss={() => actions.dismiss(WORDS, refused)} />}
      {view.approvals.map((approval) => (
        <ApprovalPart key={approval.key} run={view.id} approval={approval} busy={answering} actions={actions} />
      ))}
      {view.amendments.open !== null && (
        <AmendmentPart
          key={view.amendments.open.number}
          run={view.id}
          open={view.amendments.open}
          busy={busy}
          actions={actions}
        />
      )}
      {line !== undefined && view.phase === "planning" && (
        <p class="activity quiet">
          <Visible text={line} place="code" />
        </p>
      )}
      {view.amendments.failure !== null && <Problem failure={view.amendments.failure} />}
      {view.questions
        .filter((question) => question.subtask === null)
        .map((question) => (
          <QuestionView
            key={question.number}
            question={question}
            busy={busy}
            onAnswer={(answer) => actions.answer(view.id, question, answer)}
          />
        ))}
      {view.synthesis === null && (view.synthesizing || isSynthesisToCome(view)) && (
        <p class="fold-line">
          <b>{l10n.t("Synthesis")}</b>{" "}
          <span class="quiet">
            {view.synthesizing ? l10n.t("the reports are brought together…") : l10n.t("when all have ended")}
          </span>
        </p>
      )}
      {view.synthesis !== null && <Synthesis report={view.synthesis} />}
      {view.synthesisFailure !== null && <Problem failure={view.synthesisFailure} />}
      {view.waves.length > 0 && (
        <details class="fold plan" open>
          <summary>
            <b>{l10n.t("Plan")}</b> <span class="quiet">{sizeOf(view)}</span>
          </summary>
          {preview === null ? (
            <PlanPicture view={view} selected={selected} actions={actions} />
          ) : (
            <PlanChart plan={preview} selected={selected} onChoose={actions.select} />
          )}
        </details>
      )}
      <TimelinePart view={view} selected={selected} onChoose={actions.select} />
      <NumbersPart view={view} />
    </header>
  ),
);

/** Its line is there from the start, so that nothing moves when it comes. */
function isSynthesisToCome({ synthesizes, synthesisFailure, phase }: RunView): boolean {
  return synthesizes && synthesisFailure === null && ["running", "paused", "amendment"].includes(phase);
}

/** All reports in one: the summary to read, what is open folded behind it. */
function Synthesis({ report }: { readonly report: Report }) {
  const points = [...report.open_points, ...report.findings.map((finding) => `${finding.file}: ${finding.message}`)];
  return (
    <details class="fold synthesis">
      <summary>
        <b>{l10n.t("Synthesis")}</b> <span class="quiet">{openText(points.length)}</span>
      </summary>
      <p class="prose">
        <Visible text={report.summary} place="prose" />
      </p>
      <ul>
        {points.map((point) => (
          <li key={point}>
            <Visible text={point} place="prose" />
          </li>
        ))}
      </ul>
    </details>
  );
}

function resultsText(n: number): string {
  return plural(n, l10n.t("1 result to review"), l10n.t("{0} results to review", numeral(n)));
}

function openText(n: number): string {
  if (n === 0) return l10n.t("nothing open");
  return plural(n, l10n.t("1 open point"), l10n.t("{0} open points", numeral(n)));
}

function sizeOf({ waves }: RunView): string {
  return planSize(
    waves.reduce((sum, wave) => sum + wave.subtasks.length, 0),
    waves.length,
  );
}
