import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { mustRun } from "./process";

/** A program the tests start, and the Debian package that brings it. */
export interface Program {
  /** Names or absolute paths, any of which will do. */
  readonly anyOf: readonly string[];
  readonly debianPackage: string;
}

/** What every suite wants. */
export const BASE_PROGRAMS: readonly Program[] = [
  { anyOf: ["git"], debianPackage: "git" },
  { anyOf: ["rg"], debianPackage: "ripgrep" },
  { anyOf: ["bwrap"], debianPackage: "bubblewrap" },
];

/** What the real workbench wants besides: a browser with a font, and a compiler for VS Code's native modules. */
export const WORKBENCH_PROGRAMS: readonly Program[] = [
  { anyOf: ["chromium", "chromium-browser", "google-chrome"], debianPackage: "chromium" },
  { anyOf: ["/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"], debianPackage: "fonts-dejavu-core" },
  { anyOf: ["python3"], debianPackage: "python3" },
  { anyOf: ["make"], debianPackage: "make" },
  { anyOf: ["g++"], debianPackage: "g++" },
];

/** What {@link ensurePrograms} asks of the machine; a test passes its own. */
export interface Machine {
  readonly path: string;
  readonly isRoot: boolean;
  install(debianPackages: readonly string[]): Promise<void>;
}

/** Installs what is missing if this is root on Debian; otherwise throws an error that names what to install. */
export async function ensurePrograms(wanted: readonly Program[], machine: Machine = thisMachine()): Promise<void> {
  const missing = wanted.filter((program) => findProgram(program.anyOf, machine.path) === undefined);
  if (missing.length === 0) return;
  const packages = missing.map((program) => program.debianPackage);
  if (!machine.isRoot || findProgram(["apt-get"], machine.path) === undefined)
    throw new Error(`Please install: ${packages.join(" ")} (on Debian: sudo apt-get install ${packages.join(" ")}).`);
  await machine.install(packages);
}

/** The absolute path of the first of `names` found on `path`, or undefined. */
export function findProgram(names: readonly string[], path = process.env["PATH"] ?? ""): string | undefined {
  const candidates = names.flatMap((name) =>
    name.startsWith("/") ? [name] : path.split(delimiter).map((dir) => join(dir, name)),
  );
  return candidates.find((file) => existsSync(file));
}

function thisMachine(): Machine {
  return { path: process.env["PATH"] ?? "", isRoot: process.getuid?.() === 0, install: aptInstall };
}

async function aptInstall(packages: readonly string[]): Promise<void> {
  console.log(`Installing Debian packages: ${packages.join(" ")} …`);
  const place = { cwd: "/", env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } };
  // Another apt may hold the lock for a moment on a machine that has just started.
  const patient = ["-o", "DPkg::Lock::Timeout=300", "-q"];
  await mustRun("apt-get", [...patient, "update"], place);
  await mustRun("apt-get", [...patient, "install", "-y", "--no-install-recommends", ...packages], place);
}
