import { readdirSync } from "node:fs";
import { join } from "node:path";
import Mocha from "mocha";

/**
 * Runs every host test beside this file inside the extension host. VS Code calls it (`extensionTestsPath`); the test command
 * reads counts and log from the files named by BRAID_HOST_COUNTS and BRAID_HOST_LOG, since a browser tab has no exit code.
 */
export async function run(): Promise<void> {
  const counts = required("BRAID_HOST_COUNTS");
  const log = process.env["BRAID_HOST_LOG"];
  const mocha = new Mocha({
    ui: "bdd",
    timeout: 60_000,
    forbidOnly: true,
    color: false,
    reporter: required("BRAID_HOST_REPORTER"),
    reporterOptions: { counts, ...(log === undefined ? {} : { log }) },
  });
  // Where Braid is not supported, some of them say enough.
  const only = process.env["BRAID_HOST_ONLY"] ?? "";
  for (const file of readdirSync(__dirname, { recursive: true, encoding: "utf8" }))
    if (file.endsWith(".test.js") && file.includes(only)) mocha.addFile(join(__dirname, file));
  const failures = await new Promise<number>((resolve) => mocha.run(resolve));
  if (failures > 0) throw new Error(`${failures} host tests failed.`);
}

function required(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set.`);
  return value;
}
