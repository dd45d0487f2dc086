import * as vscode from "vscode";
import type { DropTarget } from "../../core/plan/plan-drop";
import type { Row } from "./run-rows";

/** Called when a subtask of a proposed plan was dropped somewhere. */
export type OnDrop = (subtask: string, onto: DropTarget) => void;

const MIME = "application/vnd.code.tree.braid.run";

/** Lets subtasks of a plan that waits for approval be dragged onto others or onto a wave. */
export class RunDrag implements vscode.TreeDragAndDropController<Row> {
  readonly dragMimeTypes = [MIME];
  readonly dropMimeTypes = [MIME];
  readonly #isProposed: () => boolean;
  readonly #onDrop: OnDrop;

  constructor(isProposed: () => boolean, onDrop: OnDrop) {
    this.#isProposed = isProposed;
    this.#onDrop = onDrop;
  }

  handleDrag([row]: readonly Row[], transfer: vscode.DataTransfer): void {
    if (row?.kind === "subtask" && this.#isProposed()) transfer.set(MIME, new vscode.DataTransferItem(row.id));
  }

  handleDrop(target: Row | undefined, transfer: vscode.DataTransfer): void {
    const id: unknown = transfer.get(MIME)?.value;
    if (
      typeof id !== "string" ||
      target === undefined ||
      (target.kind !== "wave" && target.kind !== "subtask") ||
      !this.#isProposed()
    )
      return;
    this.#onDrop(id, target.kind === "wave" ? { kind: "wave", wave: target.wave } : { kind: "subtask", id: target.id });
  }
}
