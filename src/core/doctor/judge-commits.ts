import { found, ok, type Diagnosis } from "./diagnosis";

/** Judges the hooks that run when a result is accepted; `folder` is where they are, null where there are none. */
export function judgeHooks(folder: string | null): Diagnosis {
  if (folder === null) return ok("No commit hooks.");
  return found(
    "note",
    `Your commit hooks in ${folder} run when a result is accepted; one that changes the tree stops the accept.`,
    { text: "`braid accept --no-hooks` goes without them." },
  );
}

/** What came of a try to sign without anybody to ask. */
export type SigningTrial =
  | { readonly kind: "off" }
  | { readonly kind: "signed"; readonly by: string }
  | { readonly kind: "refused"; readonly by: string; readonly said: string }
  | { readonly kind: "untried"; readonly by: string; readonly why: string };

/** Judges signing: an accept asks nobody, so a key that wants a passphrase first would stop it. */
export function judgeSigning(trial: SigningTrial): Diagnosis {
  switch (trial.kind) {
    case "off":
      return ok("Commits are not signed.");
    case "signed":
      return ok(`Commits are signed by ${trial.by}, without a question.`);
    case "refused":
      return found(
        "warning",
        `Commits are to be signed by ${trial.by}, and a try without anybody to ask failed; so would an accept.`,
        {
          text: "Unlock the key before you accept (ssh-add, or sign something with gpg once), or accept without hooks and signature (--no-hooks).",
        },
        trial.said,
      );
    case "untried":
      return found("note", `Commits are signed by ${trial.by}; that was not tried: ${trial.why}`);
  }
}
