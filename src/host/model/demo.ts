import { mkdtemp, readFile, writeFile, mkdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as vscode from "vscode";
import { startDemo, type Demo } from "../../demo/demo";
import { createDemoWorkspace } from "../../demo/workspace";
import type { Repository } from "../../git/repository";

/** Says that a repository is the demo's; inside the git directory, so that the workspace stays clean. */
const MARKER = join("braid", "demo");

let running: Promise<Demo> | undefined;

/** Makes the demo workspace in a temporary folder and opens it in this window; the plan starts there by itself. */
export async function openDemoWorkspace(): Promise<void> {
  const dir = join(await mkdtemp(join(tmpdir(), "braid-demo-")), "shortlink");
  await createDemoWorkspace(dir);
  await mkdir(join(dir, ".git", "braid"), { recursive: true });
  await writeFile(join(dir, ".git", MARKER), "start");
  await vscode.commands.executeCommand("vscode.openFolder", vscode.Uri.file(dir), { forceReuseWindow: true });
}

/** Whether a repository is a demo workspace. */
export async function isDemo(repo: Repository): Promise<boolean> {
  return (await readFile(join(repo.commonDir, MARKER), "utf8").catch(() => undefined)) !== undefined;
}

/** True once, in the window that `Try the Demo` opened: the plan is to start. */
export async function takeDemoStart(repo: Repository): Promise<boolean> {
  const marker = join(repo.commonDir, MARKER);
  if ((await readFile(marker, "utf8").catch(() => undefined)) !== "start") return false;
  await writeFile(marker, "started");
  return true;
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
