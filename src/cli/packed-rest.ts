import { fileURLToPath } from "node:url";
import { runKept } from "./kept-program";

/** Loads the rest of the command line, which is one file there, with what is kept of it in a folder. */
export async function loadRest(compiled: string | undefined): Promise<void> {
  // Who lets agents work needs other parts of it than who asks how they did.
  const use = ["run", "resume", "demo"].includes(process.argv[2] ?? "") ? "work" : "look";
  runKept(fileURLToPath(new URL("chunks/cli.cjs", import.meta.url)), compiled, use);
}
