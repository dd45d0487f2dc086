import { openPage } from "./browser";
import { createHostFiles, HOST_TESTS, readCounts, readText, type HostFiles } from "./host-files";
import { lastLines } from "./process";
import { ROOT } from "./root";
import { serveWorkbench, type ServedWorkbench } from "./serve";

// The page and the extension host are up in 4 s on a quiet machine. How long the suite itself may take is the test command's affair.
const START_LIMIT_MS = 90_000;

// Runs the host tests in the extension host of the served VS Code. Exit code 0: every test passed.
const files = await createHostFiles();
try {
  const passed = await runHostTests(files);
  process.exitCode = passed ? 0 : 1;
} finally {
  await files.remove();
}

async function runHostTests(files: HostFiles): Promise<boolean> {
  const development = { extension: ROOT, tests: HOST_TESTS };
  const served = await serveWorkbench({ folder: files.folder, env: files.env, development });
  try {
    const { page, browser } = await openPage(served.url);
    const complaints: string[] = [];
    page.on("console", (message) => void (message.type() === "error" && complaints.push(message.text())));
    try {
      return await followSuite(files, served);
    } catch (error) {
      console.error(lastLines([...complaints, served.log()].join("\n"), 40));
      throw error;
    } finally {
      await browser.close();
    }
  } finally {
    await served.dispose();
  }
}

/** Prints the suite's log as it grows; true when it has ended without a failure. */
async function followSuite(files: HostFiles, served: ServedWorkbench): Promise<boolean> {
  let printed = 0;
  let down = false;
  void served.exited.then(() => (down = true));
  for (const start = Date.now(); ;) {
    const counts = await readCounts(files);
    const log = await readText(files.log);
    process.stdout.write(log.slice(printed));
    printed = log.length;
    if (counts?.ended === true) return counts.failed === 0 && counts.passed > 0;
    if (down) throw new Error("VS Code's server went down while the host tests ran.");
    if (counts === undefined && Date.now() - start > START_LIMIT_MS)
      throw new Error(`The host tests had not begun after ${START_LIMIT_MS / 1000} s.`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
