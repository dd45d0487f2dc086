import { parse as parseToml } from "smol-toml";
import * as z from "zod";

/** What a repository wants done in a new worktree: commands, or one script of its own. */
export type SetupRecipe =
  | { readonly kind: "commands"; readonly commands: readonly string[] }
  /** Paths the script may be at, relative to the repository, the likeliest first. */
  | { readonly kind: "script"; readonly paths: readonly string[] };

/** A file that may hold a recipe, and how it is read. The first one there is wins. */
export interface SetupSource {
  readonly path: string;
  /** Undefined where it asks for nothing. Throws an Error that says what is wrong with it. */
  read(text: string, platform: NodeJS.Platform): SetupRecipe | undefined;
}

const Steps = z.union([z.string(), z.array(z.string())]);
const Worktrees = z.looseObject({
  "setup-worktree": Steps.optional(),
  "setup-worktree-unix": Steps.optional(),
  "setup-worktree-windows": Steps.optional(),
});
const Conductor = z.looseObject({ scripts: z.looseObject({ setup: z.string().optional() }).optional() });
const Codex = z.looseObject({ setup: z.looseObject({ script: z.string().optional() }).optional() });

/** Formats other tools have, so that nobody writes the same thing twice. */
export const SETUP_SOURCES: readonly SetupSource[] = [
  { path: ".cursor/worktrees.json", read: (text, platform) => readWorktrees(text, platform, ".cursor") },
  { path: ".agents/worktrees.json", read: (text, platform) => readWorktrees(text, platform, ".agents") },
  {
    path: ".codex/environments/environment.toml",
    read(text) {
      const script = check(Codex, parseToml(text)).setup?.script?.trim() ?? "";
      return script === "" ? undefined : { kind: "commands", commands: [script] };
    },
  },
  {
    path: "conductor.json",
    read(text) {
      const setup = parse(Conductor, text).scripts?.setup?.trim() ?? "";
      return setup === "" ? undefined : { kind: "commands", commands: [setup] };
    },
  },
  { path: ".kilo/setup-script.sh", read: () => ({ kind: "script", paths: [".kilo/setup-script.sh"] }) },
  { path: ".kilo/setup-script", read: () => ({ kind: "script", paths: [".kilo/setup-script"] }) },
];

function readWorktrees(text: string, platform: NodeJS.Platform, folder: string): SetupRecipe | undefined {
  const file = parse(Worktrees, text);
  const own = file[platform === "win32" ? "setup-worktree-windows" : "setup-worktree-unix"];
  const steps = own ?? file["setup-worktree"];
  if (typeof steps === "string") {
    const path = steps.trim().replace(/^\.\//u, "");
    // A path out of the repository is no script of the repository's.
    if (path === "" || path.startsWith("/") || path.split("/").includes("..")) return undefined;
    return { kind: "script", paths: [`${folder}/${path}`, path] };
  }
  const commands = (steps ?? []).map((step) => step.trim()).filter((step) => step !== "");
  return commands.length === 0 ? undefined : { kind: "commands", commands };
}

function parse<T>(schema: z.ZodType<T>, text: string): T {
  return check(schema, JSON.parse(text));
}

function check<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new Error(`${issue?.path.join(".") ?? ""}: ${issue?.message ?? "not understood"}`);
}

/** Commands that do nothing but fill a folder of dependencies, and the folders. */
const INSTALLS: readonly { readonly command: RegExp; readonly folders: readonly string[] }[] = [
  { command: /^npm (?:ci|i|install|clean-install)$/u, folders: ["node_modules"] },
  { command: /^(?:yarn|yarn install|pnpm (?:i|install)|bun (?:i|install))$/u, folders: ["node_modules"] },
  { command: /^pip3? install \S+\.txt$/u, folders: [".venv", "venv"] },
  { command: /^(?:uv sync|poetry install|pipenv (?:install|sync))$/u, folders: [".venv", "venv"] },
  { command: /^bundle(?: install)?$/u, folders: ["vendor", ".bundle"] },
  { command: /^(?:composer install|go mod vendor)$/u, folders: ["vendor"] },
  { command: /^pod install$/u, folders: ["Pods"] },
];

/**
 * The folder among `copied` that makes an install needless: without a network it could only undo what was copied.
 * Undefined for any other command, however it is made up.
 */
export function alreadyInstalled(command: string, copied: readonly string[]): string | undefined {
  const plain = command
    .trim()
    .replace(/ --?[a-z][\w-]*(?:=[\w./-]+)?(?= |$)/gu, "")
    .replace(/ +/gu, " ");
  const install = INSTALLS.find((known) => known.command.test(plain));
  return install?.folders.find((folder) => copied.includes(folder));
}
