import * as vscode from "vscode";
import { toFailure } from "../core/failure";
import { readHead } from "../git/repository";
import { isDemo } from "./model/demo";
import { onDidChangeApiKey, readApiKey } from "./model/api-key";
import { readSettings } from "./settings";
import { workspaceRepository } from "./workspace-repository";

/** What stands between an open folder and a run; `ready` when nothing does that a welcome text could help with. */
export type RepositoryState = "ready" | "missing" | "no-commits" | "detached" | "no-git";

/** What a newcomer sees. */
export interface Welcome extends vscode.Disposable {
  /** Opens the walkthrough, with the steps that are behind the user ticked. */
  getStarted(): Promise<void>;
  /** Looks again: another folder is in use. */
  look(): Promise<void>;
}

/** What the walkthrough's first steps wait for. */
const STEPS = ["braid.step.repository", "braid.step.model"] as const;

/**
 * Keeps what welcome texts and the walkthrough ask for: `braid.repository` (a {@link RepositoryState}, unset until somebody
 * looked) and `braid.hasKey`.
 */
export function keepWelcome(
  context: vscode.ExtensionContext,
  view: { readonly visible: boolean; readonly onDidShow: vscode.Event<void> },
): Welcome {
  let latest = 0;
  const set = (key: string, value: unknown) => vscode.commands.executeCommand("setContext", key, value);
  const look = async (): Promise<void> => {
    // Before trust nothing runs, not even git.
    if (!vscode.workspace.isTrusted || (vscode.workspace.workspaceFolders ?? []).length === 0) return;
    const mine = (latest += 1);
    const { state, isDemo: demo } = await lookAround();
    // A keychain that is locked has none to give; the command that needs one says so.
    const ownKey = await Promise.resolve(readApiKey(context)).catch(() => undefined);
    const hasKey = demo || readSettings().baseUrl !== undefined || ownKey !== undefined;
    if (mine !== latest) return;
    void set("braid.repository", state);
    void set("braid.hasKey", hasKey);
    void set(STEPS[0], state === "ready");
    void set(STEPS[1], hasKey);
  };
  // `git init` and a first commit happen elsewhere: in a terminal, another window, Source Control.
  const heads = vscode.workspace.createFileSystemWatcher("**/.git/{HEAD,logs/HEAD}");
  const lookIfSeen = (): void => void (view.visible && look());
  void look();
  const listening = vscode.Disposable.from(
    heads,
    heads.onDidCreate(lookIfSeen),
    heads.onDidChange(lookIfSeen),
    view.onDidShow(() => void look()),
    onDidChangeApiKey(context, () => void look()),
    vscode.workspace.onDidChangeWorkspaceFolders(() => void look()),
    vscode.workspace.onDidGrantWorkspaceTrust(() => void look()),
    vscode.workspace.onDidChangeConfiguration((e) => void (e.affectsConfiguration("braid.model.baseUrl") && look())),
    vscode.window.onDidChangeWindowState(({ focused }) => void (focused && lookIfSeen())),
  );
  return {
    async getStarted() {
      // A step is ticked when its key comes true while VS Code knows the walkthrough, which it may only do once it is open.
      for (const step of STEPS) await set(step, false);
      await vscode.commands.executeCommand("workbench.action.openWalkthrough", `${context.extension.id}#start`);
      await look();
    },
    look,
    dispose: () => void listening.dispose(),
  };
}

async function lookAround(): Promise<{ readonly state: RepositoryState; readonly isDemo: boolean }> {
  try {
    const repo = await workspaceRepository();
    await readHead(repo);
    return { state: "ready", isDemo: await isDemo(repo) };
  } catch (error) {
    return { state: stateOf(toFailure(error).code), isDemo: false };
  }
}

function stateOf(code: string): RepositoryState {
  switch (code) {
    case "repo.missing":
      return "missing";
    case "repo.no-commits":
      return "no-commits";
    case "repo.detached":
      return "detached";
    case "git.missing":
    case "git.too-old":
      return "no-git";
    default:
      // Whatever it is, the command that runs into it says more.
      return "ready";
  }
}
