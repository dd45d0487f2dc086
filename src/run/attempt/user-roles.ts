import { AGENT_FOLDERS, parseAgentFile, type UserRole } from "../../agent/agent-file";
import type { Repository } from "../../git/repository";
import { listBaseFiles, readBaseFile } from "./base-files";

/** Users' own roles by name. */
export type UserRoles = ReadonlyMap<string, UserRole>;

/** Agents read from one repository. */
const MAX_ROLES = 100;

/**
 * The roles a repository's own agent files define, as they stand in a commit: what is being edited, or what a worker
 * wrote, defines none. Throws `git.*`.
 */
export async function loadUserRoles(repo: Repository, commit: string): Promise<UserRoles> {
  const folders = AGENT_FOLDERS.map((folder) => `${folder}/`);
  const files = (await listBaseFiles(repo, commit, folders)).filter((path) => path.endsWith(".md"));
  const order = (path: string) => folders.findIndex((folder) => path.startsWith(folder));
  const roles = new Map<string, UserRole>();
  for (const path of files.toSorted((a, b) => order(a) - order(b)).slice(0, MAX_ROLES)) {
    const found = parseAgentFile(path, await readBaseFile(repo, commit, path));
    if (found !== undefined && !roles.has(found.role.name)) roles.set(found.role.name, found);
  }
  return roles;
}
