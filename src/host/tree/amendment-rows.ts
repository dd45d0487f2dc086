import * as vscode from "vscode";
import type { AmendmentChange, AmendmentView } from "../../core/amendment/amendment-view";
import { assertNever } from "../../util/assert-never";
import { asText, asTooltip } from "../as-text";

/** Rows about the amendment that waits: itself, and below it each change. */
export type AmendmentRow =
  | { readonly kind: "amendment"; readonly number: number }
  | { readonly kind: "change"; readonly number: number; readonly index: number };

/** The row below the amendment's own, one a change. */
export function changeRows({ number, changes }: AmendmentView): readonly AmendmentRow[] {
  return changes.map((_, index) => ({ kind: "change", number, index }));
}

/** A row of the Run view. Plain text: none of it is ours. */
export function amendmentItem(open: AmendmentView | null, row: AmendmentRow): vscode.TreeItem {
  // Decided since the rows were drawn.
  if (open?.number !== row.number) return new vscode.TreeItem("");
  return row.kind === "amendment" ? headItem(open) : changeItem(open.changes[row.index], row);
}

function headItem(open: AmendmentView): vscode.TreeItem {
  const label = vscode.l10n.t("Amendment {0}", open.number);
  const item = new vscode.TreeItem(label, vscode.TreeItemCollapsibleState.Expanded);
  const state =
    open.problem === null ? vscode.l10n.t("waits for approval") : vscode.l10n.t("no longer fits; decline it");
  item.id = `amendment-${open.number}`;
  item.iconPath = new vscode.ThemeIcon("lightbulb", new vscode.ThemeColor("list.warningForeground"));
  item.description = asText(`${state} · ${open.reason}`);
  const tooltip = [
    open.reason,
    open.problem ?? "",
    open.commands.length === 0
      ? ""
      : `${vscode.l10n.t("Will run in the sandbox:")}\n${open.commands.map((command) => `  ${command}`).join("\n")}`,
  ].filter((part) => part !== "");
  item.tooltip = asTooltip(tooltip.join("\n\n"));
  item.contextValue = "amendment";
  item.accessibilityInformation = { label: asText(`${label}, ${state}, ${open.reason}`) };
  return item;
}

function changeItem(change: AmendmentChange | undefined, row: AmendmentRow & { kind: "change" }): vscode.TreeItem {
  if (change === undefined) return new vscode.TreeItem("");
  const { icon, word } = shownAs(change.kind);
  const item = new vscode.TreeItem(change.id === "" ? word : asText(change.id));
  item.id = `change-${row.number}-${row.index}`;
  item.iconPath = new vscode.ThemeIcon(icon);
  item.description = asText(`${change.id === "" ? "" : `${word} · `}${change.text}`);
  item.tooltip = asTooltip(change.text);
  item.accessibilityInformation = { label: asText(`${change.id}, ${word}, ${change.text}`) };
  return item;
}

function shownAs(kind: AmendmentChange["kind"]): { readonly icon: string; readonly word: string } {
  switch (kind) {
    case "added":
      return { icon: "add", word: vscode.l10n.t("added") };
    case "changed":
      return { icon: "edit", word: vscode.l10n.t("changed") };
    case "dropped":
      return { icon: "remove", word: vscode.l10n.t("dropped") };
    case "order":
      return { icon: "list-ordered", word: vscode.l10n.t("Order") };
    default:
      return assertNever(kind);
  }
}
