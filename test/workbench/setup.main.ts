import { ensureVSCodeServer } from "./install";
import { BASE_PROGRAMS, ensurePrograms, WORKBENCH_PROGRAMS } from "./programs";

// Brings what the suites want and the machine lacks; with `--workbench` also a browser and a VS Code.
try {
  const workbench = process.argv.includes("--workbench");
  await ensurePrograms(workbench ? [...BASE_PROGRAMS, ...WORKBENCH_PROGRAMS] : BASE_PROGRAMS);
  if (workbench) await ensureVSCodeServer();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
