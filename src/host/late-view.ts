import * as vscode from "vscode";

/** A view that is registered before what fills it is loaded. */
export interface LateView<Row> extends vscode.Disposable {
  readonly view: vscode.TreeView<Row>;
  /** Gives the view its rows, and what may be dragged in it, once. */
  fill(rows: vscode.TreeDataProvider<Row>, drag?: vscode.TreeDragAndDropController<Row>): void;
}

/** Registers a view that calls `wake` when VS Code first asks for its rows; `wake` ends with the view filled. */
export function createLateView<Row>(
  id: string,
  wake: () => Promise<unknown>,
  options: { readonly showCollapseAll?: boolean; readonly canDrag?: boolean } = {},
): LateView<Row> {
  const changed = new vscode.EventEmitter<Row | Row[] | null | undefined | void>();
  let rows: vscode.TreeDataProvider<Row> | undefined;
  let drag: vscode.TreeDragAndDropController<Row> | undefined;
  // As VS Code names what is dragged in a view.
  const mime = `application/vnd.code.tree.${id.toLowerCase()}`;
  const controller: vscode.TreeDragAndDropController<Row> = {
    dragMimeTypes: [mime],
    dropMimeTypes: [mime],
    handleDrag: (source, data, token) => drag?.handleDrag?.(source, data, token),
    handleDrop: (target, data, token) => drag?.handleDrop?.(target, data, token),
  };
  const view = vscode.window.createTreeView<Row>(id, {
    showCollapseAll: options.showCollapseAll === true,
    treeDataProvider: {
      onDidChangeTreeData: changed.event,
      async getChildren(row) {
        if (rows === undefined) await wake();
        return rows?.getChildren(row);
      },
      getTreeItem: (row) => rows?.getTreeItem(row) ?? new vscode.TreeItem(""),
      getParent: (row) => rows?.getParent?.(row),
    },
    ...(options.canDrag === true ? { dragAndDropController: controller } : {}),
  });
  let listening: vscode.Disposable | undefined;
  return {
    view,
    fill(provider, dragging) {
      rows = provider;
      drag = dragging;
      listening = provider.onDidChangeTreeData?.((row) => changed.fire(row));
    },
    dispose() {
      listening?.dispose();
      view.dispose();
      changed.dispose();
    },
  };
}
