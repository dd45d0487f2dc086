// Runs a program as the packed command line runs its own, and says how it was loaded.
import { runKept } from "../../src/cli/kept-program";

const [, , file = "", dir, use = ""] = process.argv;
process.stdout.write(`${runKept(file, dir === "" ? undefined : dir, use)}\n`);
