import { fileURLToPath } from "node:url";
import { compiledDir } from "./compiled";
import { runKept } from "./kept-program";

/** Loads the rest of the command line, which is one file there, with what is kept of it. */
export async function loadRest(): Promise<void> {
  // Who lets agents work needs other parts of it than who asks how they did.
  const use = ["run", "resume", "demo"].includes(process.argv[2] ?? "") ? "work" : "look";
  runKept(fileURLToPath(new URL("chunks/cli.cjs", import.meta.url)), compiledDir(process.env), use);
}
