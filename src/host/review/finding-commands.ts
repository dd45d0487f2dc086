import * as vscode from "vscode";
import { BraidError, failure } from "../../core/failure";
import { findingPath, findingsOf, type PlacedFinding } from "../../core/findings";
import { planToFix } from "../../core/plan/fix-plan";
import { plain } from "../../core/plain";
import { writePlanFile } from "../../core/plan/plan-text";
import { asText } from "../as-text";
import type { CommandContext, Commands } from "../command-context";
import { isFinding, type FindingDiagnostics } from "./finding-diagnostics";
import { start } from "../plan/plan-commands";

/** What can be done about findings. The first argument names one that is shown; without it the user picks. */
export function findingCommands(c: CommandContext): Commands {
  return {
    "braid.fixFinding": async (key) => fix(c, [shown(c, key)]),
    "braid.fixFindings": async () => fix(c, await pickFindings(c)),
    "braid.copyFix": async (key) => vscode.env.clipboard.writeText(shown(c, key).fix ?? ""),
  };
}

/** Offers them where a finding is marked in the editor. None of them changes a file by itself. */
export function registerFindingActions(findings: FindingDiagnostics): vscode.Disposable {
  const kind = vscode.CodeActionKind.QuickFix;
  return vscode.languages.registerCodeActionsProvider(
    { scheme: "file" },
    {
      provideCodeActions(document, _range, { diagnostics }) {
        const ours = diagnostics.filter(isFinding);
        if (ours.length === 0) return [];
        const marked = findings
          .in(document.uri)
          .filter(({ diagnostic: d }) =>
            ours.some((o) => o.message === d.message && o.range.start.line === d.range.start.line),
          );
        return marked.flatMap(({ key, finding, diagnostic }) => {
          const action = (title: string, command: string, argument: unknown) => {
            const offered = new vscode.CodeAction(title, kind);
            offered.command = { title, command, arguments: [argument] };
            offered.diagnostics = [diagnostic];
            return offered;
          };
          return [
            action(vscode.l10n.t("Ask a worker to fix this"), "braid.fixFinding", key),
            ...(finding.fix === null ? [] : [action(vscode.l10n.t("Copy the suggested fix"), "braid.copyFix", key)]),
            ...(finding.subtask === null
              ? []
              : [
                  action(vscode.l10n.t("Open {0} in the review", finding.subtask), "braid.openReview", {
                    kind: "subtask",
                    id: finding.subtask,
                  }),
                ]),
          ];
        });
      },
    },
    { providedCodeActionKinds: [kind] },
  );
}

/** Puts a plan before the user that mends them; nothing runs until it is approved. */
async function fix(c: CommandContext, findings: readonly PlacedFinding[] | undefined): Promise<void> {
  if (findings === undefined || findings.length === 0) return;
  const plan = planToFix(findings);
  if (plan === undefined)
    throw new BraidError(
      failure("run.state", "These findings name no file of this repository.", { hint: "Read them in the report." }),
    );
  await start(c, "", { plan, text: writePlanFile(plan) });
}

function shown(c: CommandContext, key: unknown): PlacedFinding {
  const finding = c.findings.find(key);
  if (finding === undefined)
    throw new BraidError(
      failure("run.state", "This finding is no longer shown.", { hint: "Its line or its run has changed." }),
    );
  return finding;
}

async function pickFindings(c: CommandContext): Promise<readonly PlacedFinding[] | undefined> {
  const view = c.owner.view ?? c.owner.require().view;
  const findings = findingsOf(view).filter((finding) => findingPath(finding.file) !== undefined);
  if (findings.length === 0)
    throw new BraidError(
      failure("run.state", "This run has found nothing.", { hint: "Start with `Braid: Review Changes with Agents…`." }),
    );
  const picked = await vscode.window.showQuickPick(
    findings.map((finding) => ({
      label: asText(plain(finding.message)),
      description: `${asText(plain(finding.file))}${finding.line === null ? "" : `:${finding.line}`} · ${finding.severity}`,
      picked: finding.severity === "error",
      finding,
    })),
    {
      title: vscode.l10n.t("Braid: Fix Findings"),
      placeHolder: vscode.l10n.t(
        "Which findings? The plan has one subtask per file; nothing runs until you approve it.",
      ),
      canPickMany: true,
      matchOnDescription: true,
    },
  );
  return picked?.map((item) => item.finding);
}
