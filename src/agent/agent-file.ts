import { parse } from "yaml";
import { EFFORTS } from "../core/effort";
import { toRole } from "../core/role";
import { tooDeepAt } from "../core/plan/yaml-depth";
import { customRole, type Role } from "./roles";

/** A role from a file of the user's. */
export interface UserRole {
  readonly role: Role;
  /** When to use it, for the planner and for lists. */
  readonly description: string;
  readonly path: string;
  /** The whole front matter, with the keys other tools read. */
  readonly frontMatter: Readonly<Record<string, unknown>>;
}

/** Folders users' own agents are in, and which of two of the same name wins: the first. */
export const AGENT_FOLDERS = [".claude/agents", ".github/agents"] as const;

/** Characters of an agent's body and description that count. */
const MAX_BODY = 16_000;
const MAX_DESCRIPTION = 500;

type Capability = "read" | "write" | "bash" | "web";

/** What names of tools, in lower case, mean here. Others (subagents, MCP) Braid does not have. */
const CAPABILITIES: Readonly<Record<string, Capability>> = {
  write: "write",
  edit: "write",
  multiedit: "write",
  editfiles: "write",
  createfile: "write",
  bash: "bash",
  shell: "bash",
  execute: "bash",
  terminal: "bash",
  runcommands: "bash",
  runinterminal: "bash",
  powershell: "bash",
  websearch: "web",
  webfetch: "web",
  web: "web",
  fetch: "web",
};

/**
 * Reads `.claude/agents/*.md` or `.github/agents/*.md`: front matter with name, description, tools, model and effort, and a
 * body that becomes part of the system prompt. A file without `tools` may do everything; one whose tools write no files is a
 * role that only reads. Undefined where the name is one of Braid's own roles, or there is no body.
 */
export function parseAgentFile(path: string, text: string): UserRole | undefined {
  const [, header = "", rest] = /^\uFEFF?---[ \t]*\r?\n(.*?)^---[ \t]*$(.*)/msu.exec(text) ?? [];
  const body = (rest ?? text).trim();
  const frontMatter = readFrontMatter(header);
  const name = nameOf(frontMatter["name"]) ?? nameOf(stem(path));
  if (name === undefined || body === "" || toRole(name) !== undefined) return undefined;
  const can = capabilitiesOf(frontMatter["tools"]);
  const { description, model, effort } = frontMatter;
  return {
    role: customRole({
      name,
      duty: body.length <= MAX_BODY ? body : `${body.slice(0, MAX_BODY).toWellFormed()}\n(Cut.)`,
      writes: can.has("write"),
      shell: can.has("bash"),
      model: typeof model === "string" ? modelOf(model) : undefined,
      effort: EFFORTS.find((level) => level === effort),
      // Not for who may do anything: the web has to be named.
      web: can.has("web"),
    }),
    description: typeof description === "string" ? description.trim().slice(0, MAX_DESCRIPTION) : "",
    path,
    frontMatter,
  };
}

/** YAML where it is YAML. Descriptions with a colon in them are not, and other tools take them line by line. */
function readFrontMatter(header: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown =
      tooDeepAt(header) === undefined ? parse(header, { maxAliasCount: 0, logLevel: "error" }) : undefined;
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
  } catch {
    // Read line by line below.
  }
  const pairs = [...header.matchAll(/^([\w-]+):[ \t]*(.*?)\r?$/gmu)];
  return Object.fromEntries(pairs.map(([, key = "", value = ""]) => [key, value]));
}

function capabilitiesOf(tools: unknown): ReadonlySet<Capability> {
  if (tools === undefined || tools === null) return new Set(["write", "bash"]);
  const names = namesIn(tools);
  const found = names.flatMap((tool) => {
    // `edit/editFiles` is a tool of a set. `Bash(git log:*)` allows some commands, which is less than a shell.
    const [name = ""] = tool.toLowerCase().split("/");
    return Object.hasOwn(CAPABILITIES, name) ? (CAPABILITIES[name] ?? []) : [];
  });
  return new Set(names.includes("*") ? ["write", "bash"] : found);
}

/** A list, or one line with commas; those in parentheses belong to a tool's own arguments. */
function namesIn(tools: unknown): readonly string[] {
  const names: readonly unknown[] = typeof tools === "string" ? tools.split(/,(?![^(]*\))/u) : [tools].flat();
  return names.filter((name) => typeof name === "string").map((name) => name.trim());
}

/** Names of other vendors' models, and `inherit`, mean the role's usual one. */
function modelOf(model: string): string | undefined {
  return /^(?:opus|sonnet|haiku|claude-[a-z0-9.-]+)$/u.test(model) ? model : undefined;
}

function nameOf(name: unknown): string | undefined {
  return typeof name === "string" && /^[A-Za-z0-9][\w.-]{0,63}$/u.test(name) ? name : undefined;
}

function stem(path: string): string {
  return (path.split("/").at(-1) ?? "").replace(/(?:\.agent)?\.md$/u, "");
}
