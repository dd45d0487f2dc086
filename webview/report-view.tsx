import * as l10n from "@vscode/l10n";
import type { CheckResult } from "../src/core/state/events";
import type { Finding, Report } from "../src/core/report";
import { duration } from "./format";
import { memo } from "./memo";
import { Icon, Sentence, Visible } from "./text";
import { withoutColours } from "../src/core/visible";
import type { IconName } from "./words";

/** What the worker says it did. */
export const ReportView = memo(({ report }: { readonly report: Report }) => (
  <section class="part" aria-labelledby="report-title">
    <h3 id="report-title">{l10n.t("Report")}</h3>
    <p class="prose">
      <Visible text={report.summary} place="prose" />
    </p>
    <TextList title={l10n.t("Decisions")} items={report.decisions} />
    <TextList title={l10n.t("Open points")} items={report.open_points} />
    {report.findings.length > 0 && (
      <>
        <h4>{l10n.t("Findings")}</h4>
        <FindingList findings={report.findings} />
      </>
    )}
  </section>
));

/** What the last round of review left to be done or said. */
export const OpenFindings = memo(({ findings }: { readonly findings: readonly Finding[] }) => (
  <section class="part" aria-labelledby="open-title">
    <h3 id="open-title">{l10n.t("Open findings")}</h3>
    <FindingList findings={findings} />
  </section>
));

/** The checks that ran in the worktree, each with its output folded; a failed one stands open. */
export const ChecksView = memo(({ checks }: { readonly checks: readonly CheckResult[] }) => (
  <section class="part" aria-labelledby="checks-title">
    <h3 id="checks-title">{l10n.t("Checks")}</h3>
    {checks.map((check) => (
      <details key={check.command} class="fold check" open={!check.passed}>
        <summary>
          <span class={`status tone-${check.passed ? "good" : "bad"}`}>
            <Icon name={check.passed ? "check" : "error"} />
            <span>{check.passed ? l10n.t("Passed") : l10n.t("Failed")}</span>
          </span>{" "}
          <code>
            <Visible text={check.command} place="code" />
          </code>{" "}
          <span class="quiet">
            {check.exitCode === null ? l10n.t("killed") : l10n.t("exit {0}", check.exitCode)},{" "}
            {duration(check.durationMs)}
          </span>
        </summary>
        {/* A region that scrolls must be reachable by keyboard. */}
        {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- see above */}
        <pre class="output" tabIndex={0} aria-label={l10n.t("Output")}>
          {check.output.trim() === "" ? (
            l10n.t("No output.")
          ) : (
            <Visible text={withoutColours(check.output)} place="prose" />
          )}
        </pre>
      </details>
    ))}
  </section>
));

function FindingList({ findings }: { readonly findings: readonly Finding[] }) {
  return (
    <ul class="findings">
      {findings.map((finding, i) => (
        <li key={i}>
          <FindingLine finding={finding} />
        </li>
      ))}
    </ul>
  );
}

function TextList({ title, items }: { readonly title: string; readonly items: readonly string[] }) {
  if (items.length === 0) return null;
  return (
    <>
      <h4>{title}</h4>
      <ul class="prose">
        {items.map((item, i) => (
          <li key={i}>
            <Visible text={item} place="prose" />
          </li>
        ))}
      </ul>
    </>
  );
}

const SEVERITY: Readonly<Record<Finding["severity"], { readonly icon: IconName; readonly word: string }>> = {
  error: { icon: "error", word: l10n.t("Error") },
  warning: { icon: "warning", word: l10n.t("Warning") },
  info: { icon: "info", word: l10n.t("Info") },
};

function FindingLine({ finding }: { readonly finding: Finding }) {
  const { icon, word } = SEVERITY[finding.severity];
  return (
    <>
      <span class={`status severity-${finding.severity}`}>
        <Icon name={icon} />
        <span>{word}</span>
      </span>{" "}
      <code>
        <Visible text={finding.file} place="code" />
        {finding.line !== undefined && `:${finding.line}`}
      </code>
      <p class="prose">
        <Visible text={finding.message} place="prose" />
      </p>
      {finding.fix !== undefined && (
        <p class="prose quiet">
          <Sentence text={l10n.t("Fix: {0}")} parts={[<Visible text={finding.fix} place="prose" />]} />
        </p>
      )}
    </>
  );
}
