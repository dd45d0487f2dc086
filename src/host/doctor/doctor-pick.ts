import * as vscode from "vscode";
import { LEVELS, type Diagnosis, type Examined, type Fix, type Level } from "../../core/doctor/diagnosis";
import { fixText, verdict } from "../../core/doctor/doctor-text";
import { asText, asTooltip } from "../as-text";

/** What a user can do with the doctor's list. */
export interface DoctorPickActions {
  /** Looks again. */
  examine(signal: AbortSignal): Promise<readonly Examined[]>;
  /** Shows the same as a document, with everything in full. */
  openDocument(examined: readonly Examined[]): Promise<void>;
}

interface DoctorItem extends vscode.QuickPickItem {
  readonly diagnosis?: Diagnosis;
}

/** All of a diagnosis, which a row has no room for. Resolves to whether the user wants what helps to be done. */
async function tell(diagnosis: Diagnosis): Promise<boolean> {
  const { message, detail = "" } = diagnosis;
  const button = buttonOf(diagnosis.fix)?.tooltip;
  const more = [fixText(diagnosis), detail].filter((part) => part !== "").join("\n\n");
  const chosen = await vscode.window.showInformationMessage(
    asText(message),
    { modal: true, detail: asTooltip(more) },
    ...(button === undefined ? [] : [button]),
  );
  return chosen !== undefined;
}

/** Shows what the doctor finds as a list, what needs somebody first; a row tells all of it, and its button does what helps. Resolves when it is closed. */
export async function showDoctorPick(actions: DoctorPickActions): Promise<void> {
  const pick = vscode.window.createQuickPick<DoctorItem>();
  const again: vscode.QuickInputButton = {
    iconPath: new vscode.ThemeIcon("refresh"),
    tooltip: vscode.l10n.t("Look Again"),
  };
  const asDocument: vscode.QuickInputButton = {
    iconPath: new vscode.ThemeIcon("open-preview"),
    tooltip: vscode.l10n.t("Open as Document"),
  };
  pick.title = vscode.l10n.t("Braid: Doctor");
  pick.buttons = [again, asDocument];
  pick.matchOnDetail = true;
  pick.matchOnDescription = true;
  // It is read beside other things: a copied command goes to a terminal.
  pick.ignoreFocusOut = true;
  const closed = new AbortController();
  let examined: readonly Examined[] = [];
  /** What is done once the list has gone. */
  let next: (() => Thenable<unknown>) | undefined;
  const leave = (action: () => Thenable<unknown>): void => {
    next = action;
    pick.hide();
  };
  const look = async (): Promise<void> => {
    pick.busy = true;
    pick.placeholder = vscode.l10n.t("Looking at everything a run needs…");
    try {
      examined = await actions.examine(closed.signal);
      pick.items = itemsOf(examined);
      pick.placeholder = verdict(examined);
    } finally {
      pick.busy = false;
    }
  };
  const failed = new Promise<never>((_, reject) => {
    const run = (action: () => Promise<void>): void =>
      void action().catch((error: unknown) => {
        if (!closed.signal.aborted) reject(error instanceof Error ? error : new Error(String(error)));
      });
    pick.onDidTriggerButton((button) =>
      run(async () => {
        if (button === again) return look();
        leave(() => actions.openDocument(examined));
      }),
    );
    pick.onDidTriggerItemButton(({ item }) => run(async () => apply(pick, item.diagnosis?.fix, leave)));
    pick.onDidAccept(() =>
      run(async () => {
        const [item] = pick.selectedItems;
        if (item?.diagnosis !== undefined && (await tell(item.diagnosis))) await apply(pick, item.diagnosis.fix, leave);
      }),
    );
    pick.show();
    run(look);
  });
  const hidden = new Promise<void>((resolve) => {
    pick.onDidHide(() => resolve());
  });
  try {
    await Promise.race([hidden, failed]);
  } finally {
    closed.abort();
    pick.dispose();
  }
  await next?.();
}

/** Does what helps, at the one place where it is done. A row without a way out stays as it is. */
async function apply(
  pick: vscode.QuickPick<DoctorItem>,
  fix: Fix | undefined,
  leave: (action: () => Thenable<unknown>) => void,
): Promise<void> {
  if (fix?.line !== undefined) {
    await vscode.env.clipboard.writeText(fix.line);
    pick.placeholder = vscode.l10n.t("Copied: {0}", fix.line);
    return;
  }
  const { action, setting } = fix ?? {};
  if (action !== undefined) leave(() => vscode.commands.executeCommand(action));
  else if (setting !== undefined)
    leave(() => vscode.commands.executeCommand("workbench.action.openSettings", `@id:${setting}`));
}

function itemsOf(examined: readonly Examined[]): readonly DoctorItem[] {
  return LEVELS.flatMap((level) => {
    const items = examined.flatMap(({ title, diagnoses }) =>
      diagnoses.filter((each) => each.level === level).map((each) => itemOf(title, each)),
    );
    return items.length === 0 ? [] : [{ label: "", kind: vscode.QuickPickItemKind.Separator }, ...items];
  });
}

function itemOf(title: string, diagnosis: Diagnosis): DoctorItem {
  const { level, message } = diagnosis;
  const button = buttonOf(diagnosis.fix);
  return {
    label: `$(${ICONS[level]}) ${asText(title)}`,
    description: WORDS[level](),
    detail: asText(message),
    ...(button === undefined ? {} : { buttons: [button] }),
    diagnosis,
  };
}

function buttonOf(fix: Fix | undefined): (vscode.QuickInputButton & { readonly tooltip: string }) | undefined {
  if (fix?.line !== undefined)
    return { iconPath: new vscode.ThemeIcon("copy"), tooltip: vscode.l10n.t("Copy Command") };
  if (fix?.action !== undefined) return { iconPath: new vscode.ThemeIcon("wrench"), tooltip: vscode.l10n.t("Do It") };
  if (fix?.setting !== undefined)
    return { iconPath: new vscode.ThemeIcon("gear"), tooltip: vscode.l10n.t("Open Setting") };
  return undefined;
}

const ICONS: Readonly<Record<Level, string>> = { problem: "error", warning: "warning", note: "info", ok: "pass" };
const WORDS: Readonly<Record<Level, () => string>> = {
  problem: () => vscode.l10n.t("problem"),
  warning: () => vscode.l10n.t("warning"),
  note: () => vscode.l10n.t("note"),
  ok: () => vscode.l10n.t("ok"),
};
