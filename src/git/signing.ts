import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SigningTrial } from "../core/doctor/judge-commits";
import { SIGNING_ENVIRONMENT } from "./customs";
import { requireFileRoom } from "./file-room";
import { environment, git } from "./git";
import type { Repository } from "./repository";

/** Characters of a program's words that are kept. */
const KEPT = 2_000;

/**
 * Signs a word the way the user's commits are signed, with nobody to ask: no terminal, no window for a passphrase. Nothing of it
 * is kept. Programs are those of the user's own settings, never the repository's. Rejects only when `signal` aborts.
 */
export async function trySigning(repo: Repository, signal: AbortSignal): Promise<SigningTrial> {
  const setting = async (...ask: readonly string[]): Promise<string> => {
    const said = await git(repo, ["config", ...ask], { expect: [0, 1, 128], asUser: true, signal });
    return said.stdout.toString("utf8").trim();
  };
  if ((await setting("--type=bool", "--get", "commit.gpgSign")) !== "true") return { kind: "off" };
  const format = (await setting("--get", "gpg.format")) || "openpgp";
  const key = await setting("--get", "user.signingKey");
  if (format === "openpgp") {
    const program = (await setting("--get", "gpg.openpgp.program")) || (await setting("--get", "gpg.program")) || "gpg";
    const by = "a GPG key";
    const user = key === "" ? [] : ["--local-user", key];
    return toTrial(
      by,
      await runQuietly(program, ["--batch", "--no-tty", "--pinentry-mode", "error", ...user, "-bsao", "-"], signal),
    );
  }
  if (format !== "ssh") return { kind: "untried", by: format, why: "Braid tries GPG and SSH keys only." };
  const by = "an SSH key";
  if (key === "") return { kind: "untried", by, why: "user.signingKey names none." };
  const program = (await setting("--get", "gpg.ssh.program")) || "ssh-keygen";
  const file = await setting("--type=path", "--get", "user.signingKey");
  const literal = /^(?:key::)?((?:ssh|ecdsa|sk)-\S+ \S+.*)$/su.exec(key)?.[1];
  if (literal === undefined) return toTrial(by, await runQuietly(program, sshArguments(file), signal));
  const dir = await mkdtemp(join(tmpdir(), "braid-sign-"));
  try {
    await writeFile(join(dir, "key"), `${literal}\n`, { mode: 0o600 });
    return toTrial(by, await runQuietly(program, [...sshArguments(join(dir, "key")), "-U"], signal));
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

function sshArguments(key: string): readonly string[] {
  return ["-Y", "sign", "-n", "git", "-f", key];
}

function toTrial(by: string, { code, said }: { readonly code: number | null; readonly said: string }): SigningTrial {
  return code === 0 ? { kind: "signed", by } : { kind: "refused", by, said };
}

/** A program in a session of its own, so that it has no terminal to ask on, and with every way to ask in a window closed. */
async function runQuietly(
  program: string,
  args: readonly string[],
  signal: AbortSignal,
): Promise<{ readonly code: number | null; readonly said: string }> {
  signal.throwIfAborted();
  const env: Record<string, string> = { ...environment(), SSH_ASKPASS_REQUIRE: "never" };
  for (const name of SIGNING_ENVIRONMENT) {
    const value = process.env[name];
    if (value !== undefined && name !== "GPG_TTY") env[name] = value;
  }
  requireFileRoom();
  const child = spawn(program, args, { cwd: tmpdir(), env, detached: true, stdio: ["pipe", "ignore", "pipe"] });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => (said = (said + chunk).slice(-KEPT)));
  child.stdin.on("error", () => undefined);
  child.stdin.end("Braid tries to sign.\n");
  const kill = () => void child.kill("SIGKILL");
  signal.addEventListener("abort", kill, { once: true });
  const code = await new Promise<number | null>((resolve) => {
    child.on("error", (error) => {
      said = error.message;
      resolve(null);
    });
    child.on("close", resolve);
  });
  signal.removeEventListener("abort", kill);
  signal.throwIfAborted();
  return { code, said };
}
