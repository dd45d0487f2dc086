import { readFileSync, writeFileSync } from "node:fs";

/** The kernel's own "nobody"; owns no files. */
const NOBODY = 65_534;

/** Who a command runs as. Root is not bound by a limit on processes, so root's commands run as nobody (`mapped`). */
export const SANDBOX_USER = sandboxUser();

/**
 * Capabilities inside the user namespace only: to become nobody there, and for nobody to write the worktree, whose
 * files are root's. The kernel counts processes per real user, and lets the first namespace's root have any number.
 */
export const INNER_CAPABILITIES: readonly string[] = ["SETUID", "SETGID", "SETPCAP", "DAC_OVERRIDE", "FOWNER"].flatMap(
  (name) => ["--cap-add", `CAP_${name}`],
);

const KEPT = "-all,+dac_override,+fowner";

/** The program that steps down from root to nobody, before anything of the model's runs. */
export const STEP_DOWN: readonly string[] = [
  "/usr/bin/setpriv",
  `--reuid=${NOBODY}`,
  `--regid=${NOBODY}`,
  "--clear-groups",
  // Without it access(2) forgets the capabilities of anyone but root, and says no where open(2) says yes.
  "--securebits=+no_setuid_fixup",
  `--inh-caps=${KEPT}`,
  `--ambient-caps=${KEPT}`,
  `--bounding-set=${KEPT}`,
];

/** Gives the user namespace of process `pid` the ids of its parent, each as itself. Throws what `fs` throws. */
export function mapIds(pid: number): void {
  for (const file of ["uid_map", "gid_map"] as const) {
    const lines = idMap(file).map(({ start, end }) => `${start} ${start} ${end - start}\n`);
    writeFileSync(`/proc/${pid}/${file}`, lines.join(""));
  }
}

function sandboxUser(): { readonly uid: number; readonly gid: number; readonly mapped: boolean } {
  const uid = process.getuid?.() ?? 0;
  const gid = process.getgid?.() ?? 0;
  // A container's root that is an ordinary user outside has no such ids to give, and is bound like one.
  const mapped = process.platform === "linux" && uid === 0 && idMap("uid_map").some(({ end }) => end > NOBODY);
  return mapped ? { uid: NOBODY, gid: NOBODY, mapped } : { uid, gid, mapped };
}

/** The ids this process can name. */
function idMap(file: "uid_map" | "gid_map"): readonly { readonly start: number; readonly end: number }[] {
  const lines = readFileSync(`/proc/self/${file}`, "utf8").trim().split("\n");
  return lines.map((line) => {
    const [start = 0, , count = 0] = line.trim().split(/\s+/u).map(Number);
    return { start, end: start + count };
  });
}
