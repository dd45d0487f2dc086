import { once } from "node:events";
import { spawn } from "node:child_process";
import { checkDemo, createDemoFolder } from "./check-demo";
import { BASE_PROGRAMS, ensurePrograms, findProgram, WORKBENCH_PROGRAMS } from "./programs";
import { ROOT } from "./root";
import { serveWorkbench } from "./serve";
import { SCREENSHOTS } from "./walk";

// A user who opens the address has a browser.
const BROWSER_PACKAGES: ReadonlySet<string> = new Set(["chromium", "fonts-dejavu-core"]);

const NEXT = `
What to do next:
  1. Press F1 and run "Braid: Try the Demo". It needs no API key: its answers are scripted.
  2. Look at the plan in the sidebar, change it if you like, and approve it.
  3. When workers finish, run "Braid: Open Review", look at the diffs, and accept or reject each merge.`;

// `npm start`: Braid in a VS Code with the demo workspace open, on the desktop if there is one and in the browser if not.
// `--server` wants the browser in any case. `--check` walks through the demo by itself and exits 0 only if it worked.
const flags = new Set(process.argv.slice(2));
try {
  await start();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

async function start(): Promise<void> {
  const unknown = [...flags].filter((flag) => flag !== "--check" && flag !== "--server");
  if (unknown.length > 0) throw new Error(`Unknown option ${unknown.join(" ")}. There are --check and --server.`);
  await ensurePrograms(flags.has("--check") ? [...BASE_PROGRAMS, ...WORKBENCH_PROGRAMS] : BASE_PROGRAMS);
  if (flags.has("--check")) {
    const accepted = await checkDemo();
    return console.log(`The demo works: ${accepted.join(", ")} accepted, node --test passes. Pictures: ${SCREENSHOTS}`);
  }
  const dir = await createDemoFolder();
  const code = findProgram(["code"]);
  if (code !== undefined && hasDesktop() && !flags.has("--server")) return openDesktop(code, dir);
  return openServer(dir);
}

function hasDesktop(): boolean {
  // VS Code will not run as root on a desktop.
  if (process.getuid?.() === 0) return false;
  return process.platform !== "linux" || "DISPLAY" in process.env || "WAYLAND_DISPLAY" in process.env;
}

async function openDesktop(code: string, dir: string): Promise<void> {
  const child = spawn(code, ["--new-window", `--extensionDevelopmentPath=${ROOT}`, dir], { stdio: "inherit" });
  const [exitCode] = await once(child, "exit");
  if (exitCode !== 0) throw new Error(`${code} ended with ${String(exitCode)}.`);
  console.log(`\nA VS Code window with Braid and the demo workspace is open (${dir}).\n${NEXT}`);
}

async function openServer(dir: string): Promise<void> {
  await ensurePrograms(WORKBENCH_PROGRAMS.filter(({ debianPackage }) => !BROWSER_PACKAGES.has(debianPackage)));
  const served = await serveWorkbench({ folder: dir });
  console.log(
    `\n  ${served.url}\n\nOpen this address in a browser on this machine. The workspace is ${dir}.\n${NEXT}\nCtrl+C ends it.`,
  );
  const asked = Promise.race(["SIGINT", "SIGTERM", "SIGHUP"].map((signal) => once(process, signal)));
  const ended = await Promise.race([asked.then(() => "asked"), served.exited.then(() => "down")]);
  await served.dispose();
  if (ended === "down") throw new Error(`VS Code's server ended by itself:\n${served.log()}`);
}
