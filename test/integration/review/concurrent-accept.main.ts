import { toFailure } from "../../../src/core/failure";
import { Run } from "../../../src/run/run";
import { fileWriter, portsFor } from "../../support/scripted-worker";

/** Accepts one subtask again and again, each time as a process that comes anew; says how each time ended. */
const [dir = "", trees = "", id = "", times = "1"] = process.argv.slice(2);

async function main(): Promise<void> {
  const ports = await portsFor(dir, trees, fileWriter({}));
  for (let i = 0; i < Number(times); i += 1) {
    try {
      const run = await Run.open(ports, id, (opened) => opened.holdWorkers());
      // Two clicks at once.
      const both = await Promise.allSettled([run.accept("a"), run.accept("a")]);
      await run.close();
      for (const one of both) say(one.status === "fulfilled" ? "landed" : toFailure(one.reason).code);
    } catch (error) {
      say(toFailure(error).code);
    }
  }
}

function say(word: string): void {
  process.stdout.write(`${word}\n`);
}

void main();
