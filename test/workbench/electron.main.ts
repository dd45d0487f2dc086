import { join } from "node:path";
import { runTests } from "@vscode/test-electron";
import { createHostFiles, HOST_TESTS, readCounts, readText } from "./host-files";
import { cacheFolder } from "./install";
import { QUIET_SETTINGS } from "./profile";
import { ROOT } from "./root";
import { mkdir, writeFile } from "node:fs/promises";

// Runs the same host tests in a desktop VS Code, downloaded on first use. Needs the internet and a display (on Linux
// `xvfb-run -a` will do). BRAID_VSCODE_VERSION picks the version, BRAID_VSCODE_EXECUTABLE one that is installed.
const files = await createHostFiles();
try {
  const userData = join(files.folder, "../user");
  await mkdir(join(userData, "User"), { recursive: true });
  await writeFile(join(userData, "User/settings.json"), JSON.stringify(QUIET_SETTINGS));
  const executable = process.env["BRAID_VSCODE_EXECUTABLE"];
  const flags = ["--disable-workspace-trust", "--disable-extensions", "--skip-welcome", "--disable-telemetry"];
  // Chromium refuses to run as root with its sandbox.
  if (process.getuid?.() === 0) flags.push("--no-sandbox");
  const ended = await runTests({
    ...(executable === undefined ? {} : { vscodeExecutablePath: executable }),
    version: process.env["BRAID_VSCODE_VERSION"] ?? "stable",
    cachePath: cacheFolder(),
    extensionDevelopmentPath: ROOT,
    extensionTestsPath: HOST_TESTS,
    extensionTestsEnv: { ...files.env },
    launchArgs: [files.folder, "--user-data-dir", userData, ...flags],
  }).catch((error: unknown) => error);
  process.stdout.write(await readText(files.log));
  const counts = await readCounts(files);
  if (counts === undefined) throw new Error("The host tests did not begin in a desktop VS Code.", { cause: ended });
  process.exitCode = counts.ended && counts.failed === 0 && counts.passed > 0 ? 0 : 1;
} finally {
  await files.remove();
}
