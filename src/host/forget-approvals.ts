import * as vscode from "vscode";
import { shownCommand, wordsGiven, type Approval } from "../core/approval";
import { BraidError, failure } from "../core/failure";
import { forget, listRemembered } from "../run/steering/remembered";
import { workspaceRepository } from "./workspace-repository";
import { asText } from "./as-text";
import type { CommandContext } from "./command-context";

/** A word that can be taken back. */
interface Given extends vscode.QuickPickItem {
  readonly key: string;
  /** Kept with the repository; else with the run. */
  readonly isRemembered: boolean;
}

/** `Braid: Forget Approvals…`: words the user gave for the repository and for this run, to be taken back. Throws `run.state` where there is none. */
export async function forgetApprovals({ owner }: CommandContext): Promise<void> {
  const { run } = owner;
  const repo = await workspaceRepository();
  const remembered = await listRemembered(repo);
  const items: readonly Given[] = [
    ...remembered.map(({ key, commands, at }) => {
      const day = new Date(at).toLocaleDateString();
      return toItem({ key, commands, isRemembered: true }, vscode.l10n.t("allowed for this repository · {0}", day));
    }),
    ...(run === undefined ? [] : wordsGiven(run.state().approvals)).map((one) =>
      toItem({ ...one, isRemembered: false }, wordOf(one)),
    ),
  ];
  if (items.length === 0) throw new BraidError(failure("run.state", "No word of yours is kept: each command asks."));
  const chosen = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t("Braid: Forget Approvals"),
    placeHolder: vscode.l10n.t("What is ticked is asked for again the next time."),
    canPickMany: true,
    matchOnDetail: true,
  });
  if (chosen === undefined) return;
  const keys = chosen.filter((one) => one.isRemembered).map(({ key }) => key);
  if (keys.length > 0) await forget(repo, keys);
  for (const { key } of chosen.filter((one) => !one.isRemembered)) await run?.command({ type: "forget-approval", key });
}

function toItem(
  { key, commands, isRemembered }: { key: string; commands: readonly string[]; isRemembered: boolean },
  description: string,
): Given {
  const [first = "", ...rest] = commands.flatMap((command) => shownCommand(command).split("\n"));
  const detail = asText(rest.join(" ⏎ "));
  return { key, isRemembered, label: asText(first), description, ...(detail === "" ? {} : { detail }) };
}

function wordOf({ answer }: Approval): string {
  return answer === "deny" ? vscode.l10n.t("denied in this run") : vscode.l10n.t("allowed for this run");
}
