import type { PlaceConfig } from "./drivers";
import { configOf, git } from "./git";
import type { Repository } from "./repository";

/** Who a commit is by. */
export interface Identity {
  readonly name: string;
  readonly email: string;
}

/** The author of results; nobody's real address. */
export const BRAID: Identity = { name: "Braid", email: "braid@localhost" };

/** By the configuration they are read from. */
const known = new WeakMap<PlaceConfig, Promise<Identity | undefined>>();

/** The user as git knows them; undefined where no identity is configured. */
export async function userIdentity(repo: Repository): Promise<Identity | undefined> {
  const config = await configOf(repo);
  const identity = known.get(config) ?? readIdentity(repo);
  known.set(config, identity);
  const forget = () => known.delete(config);
  // Also where there is none: it may come from the environment's files, which nobody watches.
  identity.then((found) => found ?? forget(), forget);
  return identity;
}

async function readIdentity(repo: Repository): Promise<Identity | undefined> {
  const output = await git(repo, ["-c", "user.useConfigOnly=true", "var", "GIT_AUTHOR_IDENT"], { expect: [0, 128] });
  const match = /^(.*) <(.*)> \d+ [+-]\d+$/u.exec(output.stdout.toString("utf8").trim());
  return match?.[1] === undefined || match[2] === undefined ? undefined : { name: match[1], email: match[2] };
}

/** Environment that makes git write a commit by `who`; `date` (seconds since the epoch) makes it reproducible. */
export function commitEnvironment(who: Identity, date?: number): Record<string, string> {
  return {
    GIT_AUTHOR_NAME: who.name,
    GIT_AUTHOR_EMAIL: who.email,
    GIT_COMMITTER_NAME: who.name,
    GIT_COMMITTER_EMAIL: who.email,
    ...(date === undefined ? {} : { GIT_AUTHOR_DATE: `@${date} +0000`, GIT_COMMITTER_DATE: `@${date} +0000` }),
  };
}
