import { readdirSync, statSync, writeFileSync } from "node:fs";
import { type Profiler, Session } from "node:inspector";
import { Session as AsyncSession } from "node:inspector/promises";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import * as vscode from "vscode";

/** What VS Code's extension host notes of itself, by name and time. */
interface Mark {
  readonly name: string;
  readonly startTime: number;
}

/**
 * Milliseconds from loaded code to an active extension, as VS Code itself notes them; NaN where it does not. Most of them VS Code waits
 * for what it keeps of the extension, before it calls activate().
 */
function callOf(id: string): number {
  const { MonacoPerformanceMarks: noted }: { MonacoPerformanceMarks?: { getMarks(): readonly Mark[] } } =
    Object(globalThis);
  const at = (name: string) =>
    noted?.getMarks().findLast((mark) => mark.name === `code/extHost/${name}/${id}`)?.startTime;
  return (at("didActivateExtension") ?? NaN) - (at("didLoadExtensionCode") ?? NaN);
}

/** Milliseconds in which a profile was in activate() or anything it called: in code of Braid's, but for the module's own evaluation. */
function ownOf({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile): number {
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)));
  const byId = new Map(nodes.map((node) => [node.id, node.callFrame]));
  const isOwn = (id: number): boolean => {
    for (let at: number | undefined = id; at !== undefined; at = parents.get(at)) {
      const frame = byId.get(at);
      if (frame?.url.includes("/dist/extension.mjs") === true && frame.functionName !== "") return true;
    }
    return false;
  };
  return samples.reduce((sum, id, i) => sum + (isOwn(id) ? (timeDeltas[i] ?? 0) : 0), 0) / 1_000;
}

/**
 * In an extension host of a window that has just opened: how long Braid takes to be activated, in milliseconds, and what of its
 * code was loaded for it, in bytes; both into the file BRAID_BENCH_RESULT names. VS Code calls it (`extensionTestsPath`).
 */
export async function run(): Promise<void> {
  const extension = vscode.extensions.getExtension("braid.braid");
  const result = process.env["BRAID_BENCH_RESULT"];
  if (extension === undefined || result === undefined) throw new Error("There is nothing to measure here.");
  const wasActive = extension.isActive;
  const loaded = new Set<string>();
  const session = new Session();
  session.connect();
  session.on("Debugger.scriptParsed", ({ params }) => void loaded.add(params.url));
  const profiler = new AsyncSession();
  profiler.connect();
  await profiler.post("Profiler.enable");
  await profiler.post("Profiler.setSamplingInterval", { interval: 100 });
  await profiler.post("Profiler.start");
  const before = process.cpuUsage();
  const began = performance.now();
  await extension.activate();
  const ms = performance.now() - began;
  const { user, system } = process.cpuUsage(before);
  const { profile } = await profiler.post("Profiler.stop");
  profiler.disconnect();
  const called = callOf(extension.id);
  // What is loaded behind activation's back counts as well.
  await sleep(1_000);
  session.post("Debugger.enable");
  await sleep(100);
  session.disconnect();
  const dist = join(extension.extensionPath, "dist");
  const bytes = [dist, join(dist, "chunks")].flatMap((folder) =>
    readdirSync(folder).map((name) => {
      const path = join(folder, name);
      const isLoaded = [...loaded].some((url) => basename(url.split("?")[0] ?? "") === name && url.includes("/dist/"));
      return isLoaded && name.endsWith(".mjs") ? statSync(path).size : 0;
    }),
  );
  writeFileSync(
    result,
    JSON.stringify({
      ms,
      cpu: (user + system) / 1_000,
      called,
      own: ownOf(profile),
      bytes: bytes.reduce((sum, size) => sum + size, 0),
      wasActive,
    }),
  );
}
