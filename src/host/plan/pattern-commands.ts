import * as vscode from "vscode";
import { reviewGoal } from "../../core/plan/pattern-plan";
import type { PatternName } from "../../core/plan/patterns";
import { listBranches } from "../../git/branches";
import { readHead } from "../../git/repository";
import { resolveScope, type ScopeRequest } from "../../run/attempt/scope";
import { asText } from "../as-text";
import type { CommandContext, Commands } from "../command-context";
import { askGoal } from "./ask-goal";
import type { GoalWords } from "./goal";
import { start } from "./plan-commands";
import { switchFolder } from "../choose-folder";
import { workspaceFolder, workspaceRepository } from "../workspace-repository";

/** A command for each pattern: what it asks for, then a plan of its shape. */
export function patternCommands(c: CommandContext): Commands {
  const of = (pattern: PatternName, words: () => GoalWords) => async () => {
    const asked = await askGoal(workspaceRepository, words());
    await start(c, asked?.goal, { pattern: { name: pattern } }, asked?.images);
  };
  return {
    "braid.buildFeature": of("feature", () => ({
      title: vscode.l10n.t("Braid: Build Feature"),
      prompt: vscode.l10n.t(
        "What should the feature do? It is designed, built in parts that are reviewed, tested and documented.",
      ),
      placeHolder: vscode.l10n.t("Links can be given an expiry"),
    })),
    "braid.refactorAcrossFiles": of("refactor", () => ({
      title: vscode.l10n.t("Braid: Refactor Across Files"),
      prompt: vscode.l10n.t(
        "Which change, everywhere? The files are found, put in groups, and changed by one worker per group.",
      ),
      placeHolder: vscode.l10n.t("Replace the callback style of the store with promises"),
    })),
    "braid.research": of("research", () => ({
      title: vscode.l10n.t("Braid: Research and Document"),
      prompt: vscode.l10n.t("What should be found out and written down? Nothing but the document is changed."),
      placeHolder: vscode.l10n.t("How a request becomes a stored link, and where it can fail"),
    })),
    "braid.runPipeline": of("pipeline", () => ({
      title: vscode.l10n.t("Braid: Run Pipeline"),
      prompt: vscode.l10n.t(
        "What should come out at the end? The work is done in stages, each on the result of the one before.",
      ),
      placeHolder: vscode.l10n.t("Move the tests to the new runner: survey, convert, tidy up"),
    })),
    "braid.runOneWorker": of("single", () => ({
      title: vscode.l10n.t("Braid: Run One Worker"),
      prompt: vscode.l10n.t("What should one worker do? There is no planning; nothing starts until you approve."),
      placeHolder: vscode.l10n.t("Give the 404 answer a body"),
    })),
    "braid.reviewChanges": async (argument) => review(c, argument),
  };
}

async function review(c: CommandContext, argument: unknown): Promise<void> {
  const folder = argument instanceof vscode.Uri ? vscode.workspace.getWorkspaceFolder(argument) : undefined;
  if (folder !== undefined && folder !== workspaceFolder()) await switchFolder(c, folder);
  const request = argument instanceof vscode.Uri ? { folder: argument.fsPath } : await askWhatToReview();
  if (request === undefined) return;
  const repo = await workspaceRepository();
  const head = await readHead(repo);
  const scope = await resolveScope(repo, head.commit, request);
  await start(c, reviewGoal({ against: request.against, folder: scope.folder }), {
    pattern: { name: "review", scope },
  });
}

type Choice = "branch" | "last" | "range" | "folder";

/** What is to be reviewed; undefined where the user turned away. */
async function askWhatToReview(): Promise<ScopeRequest | undefined> {
  const items: readonly (vscode.QuickPickItem & { readonly choice: Choice })[] = [
    {
      choice: "branch",
      label: vscode.l10n.t("Against a Branch…"),
      detail: vscode.l10n.t("What this branch has that the other one has not"),
    },
    { choice: "last", label: vscode.l10n.t("Last Commit"), detail: vscode.l10n.t("What the newest commit changed") },
    {
      choice: "range",
      label: vscode.l10n.t("Commit or Range…"),
      detail: vscode.l10n.t("What changed since a commit, or in A..B"),
    },
    { choice: "folder", label: vscode.l10n.t("Folder…"), detail: vscode.l10n.t("Files as they are, changed or not") },
  ];
  const picked = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t("Braid: Review Changes with Agents"),
    placeHolder: vscode.l10n.t("What should be reviewed? Only what is committed is looked at."),
  });
  switch (picked?.choice) {
    case undefined:
      return undefined;
    case "last":
      return { against: "HEAD~1" };
    case "branch":
      return askBranch();
    case "range": {
      const against = await vscode.window.showInputBox({
        title: vscode.l10n.t("Braid: Review Changes with Agents"),
        prompt: vscode.l10n.t("A commit or tag, or a range such as v1.2..HEAD."),
      });
      return against === undefined || against.trim() === "" ? undefined : { against: against.trim() };
    }
    case "folder": {
      const [folder] =
        (await vscode.window.showOpenDialog({
          canSelectFolders: true,
          canSelectFiles: false,
          title: vscode.l10n.t("Folder to review"),
          openLabel: vscode.l10n.t("Review"),
          defaultUri: vscode.Uri.file((await workspaceRepository()).dir),
        })) ?? [];
      return folder === undefined ? undefined : { folder: folder.fsPath };
    }
  }
}

/** More than anybody scrolls through. */
const MAX_BRANCHES = 200;

async function askBranch(): Promise<ScopeRequest | undefined> {
  const repo = await workspaceRepository();
  const { target } = await readHead(repo);
  const branches = (await listBranches(repo, MAX_BRANCHES)).filter(
    ({ name, remote }) => remote || `refs/heads/${name}` !== target,
  );
  const picked = await vscode.window.showQuickPick(
    branches.map(({ name, subject, remote }) => ({
      label: asText(name),
      description: remote ? vscode.l10n.t("remote") : "",
      detail: asText(subject),
      name,
    })),
    {
      title: vscode.l10n.t("Braid: Review Changes with Agents"),
      placeHolder:
        branches.length === 0
          ? vscode.l10n.t("There is no other branch. Review the last commit or a folder instead.")
          : vscode.l10n.t("Against which branch?"),
      matchOnDetail: true,
    },
  );
  return picked === undefined ? undefined : { against: picked.name };
}
