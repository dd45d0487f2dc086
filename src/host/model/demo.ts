import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as vscode from "vscode";
import { startDemo, type Demo } from "../../demo/demo";
import { createDemoWorkspace } from "../../demo/workspace";
import type { Repository } from "../../git/repository";
import { markDemo, readDemoMark } from "./demo-mark";

let running: Promise<Demo> | undefined;

/** Makes the demo workspace in a temporary folder and opens it in this window; the plan starts there by itself. */
export async function openDemoWorkspace(): Promise<void> {
  const dir = join(await mkdtemp(join(tmpdir(), "braid-demo-")), "shortlink");
  await createDemoWorkspace(dir);
  await markDemo(dir, "start");
  await vscode.commands.executeCommand("vscode.openFolder", vscode.Uri.file(dir), { forceReuseWindow: true });
}

/** Whether a repository is a demo workspace. */
export async function isDemo(repo: Repository): Promise<boolean> {
  return (await readDemoMark(repo)) !== undefined;
}

/** The scripted model, where the repository is the demo's; started once per window. */
export async function demoEndpoint(
  context: vscode.ExtensionContext,
  repo: Repository,
): Promise<{ readonly apiKey: string; readonly baseUrl: string } | undefined> {
  if (!(await isDemo(repo))) return undefined;
  return { apiKey: "demo", baseUrl: (await demoOf(context)).url };
}

/** The demo's goal. */
export async function demoGoal(context: vscode.ExtensionContext): Promise<string> {
  return (await demoOf(context)).goal;
}

function demoOf(context: vscode.ExtensionContext): Promise<Demo> {
  running ??= startDemo().then((demo) => {
    context.subscriptions.push({ dispose: () => void demo.dispose() });
    return demo;
  });
  return running;
}
