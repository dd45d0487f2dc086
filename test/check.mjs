// `npm run check`: types, lint, format, words and unit tests at the same time; prints what failed, and how long it took.
import { spawn } from "node:child_process";

// Somebody waits: the compilers trade memory for time (both are written in Go), and the tests are at their smallest.
const ENV = { ...process.env, GOGC: "off", GOMEMLIMIT: "3GiB", BRAID_TEST_SIZE: "quick" };
const STEPS = ["check:types", "check:lint", "check:format", "check:words", "test:unit"];
const started = Date.now();

const outcomes = await Promise.all(
  STEPS.map(
    (step) =>
      new Promise((resolve) => {
        const child = spawn("npm", ["run", "--silent", step], { shell: process.platform === "win32", env: ENV });
        let output = "";
        child.stdout.on("data", (chunk) => (output += chunk));
        child.stderr.on("data", (chunk) => (output += chunk));
        child.on("close", (code) => resolve({ step, code, output, seconds: (Date.now() - started) / 1000 }));
      }),
  ),
);

for (const { step, code, output, seconds } of outcomes) {
  if (code !== 0) console.log(`\n${output.trim()}\n`);
  console.log(`${code === 0 ? "ok    " : "FAILED"} ${step} (${seconds.toFixed(1)} s)`);
}
process.exitCode = outcomes.every(({ code }) => code === 0) ? 0 : 1;
