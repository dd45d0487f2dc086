/* Carries out a plan of so many workers at once, and prints the most memory it took meanwhile, in MB: `memory.main.mjs DIR TREES URL WORKERS`. */
import { treeMemory } from "./process-cost";
import { realPorts, timeRun } from "./run-plan";

const [dir = "", trees = "", url = "", workers = "8"] = process.argv.slice(2);
const count = Number(workers);
let most = 0;
const look = setInterval(() => (most = Math.max(most, process.memoryUsage.rss() / 1e6)), 20);
const ports = await realPorts(dir, trees, url);
await timeRun(
  ports,
  Array.from({ length: count }, (_, i) => ({ id: `part-${i}` })),
  count,
);
clearInterval(look);
process.stdout.write(`${most} ${treeMemory(process.pid)}\n`);
process.exit();
