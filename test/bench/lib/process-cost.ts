import { readFileSync } from "node:fs";

/** Clock ticks a second, as Linux counts CPU time for programs. */
const TICKS = 100;

/** CPU seconds of this process, of its children that have ended, and of the one that starts git for it with all of its own. */
export function allCpuSeconds(): number {
  return [process.pid, ...children(process.pid).filter(isProcessHost)].reduce(
    (sum, pid) => sum + (cpuSeconds(pid) ?? 0),
    0,
  );
}

function isProcessHost(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("process-host.mjs");
  } catch {
    return false;
  }
}

function children(pid: number): readonly number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ").filter(Boolean).map(Number);
}

/** CPU seconds of a process and of its children that have ended; undefined where the system does not tell (not Linux, or it is gone). */
export function cpuSeconds(pid: number | "self" = "self"): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name may hold blanks and brackets: what counts begins behind its last bracket.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return [11, 12, 13, 14].reduce((sum, i) => sum + Number(fields[i] ?? 0), 0) / TICKS;
  } catch {
    return undefined;
  }
}

/** Memory in MB of a process and all below it, as they share it (PSS); 0 where the system does not tell. */
export function treeMemory(root: number): number {
  let kB = 0;
  const open = [root];
  for (let pid = open.pop(); pid !== undefined; pid = open.pop()) {
    try {
      kB += Number(/^Pss:\s+(\d+)/mu.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"))?.[1] ?? 0);
      open.push(...children(pid));
    } catch {
      // It has ended meanwhile.
    }
  }
  return kB / 1_000;
}
