import * as l10n from "@vscode/l10n";
import { describeSetup, type Setup } from "../src/core/setup";
import { withoutColours } from "../src/core/visible";
import { Sentence, Visible } from "./text";

/** How a worktree was set up, and what a command that failed had to say. */
export function SetupLine({ setup }: { readonly setup: Setup }) {
  const failed = setup.steps.filter(({ outcome, output }) => outcome === "failed" && (output ?? "").trim() !== "");
  return (
    <>
      <p class="quiet">
        <Sentence text={l10n.t("Worktree {0}")} parts={[<Visible text={describeSetup(setup)} place="code" />]} />
      </p>
      {failed.map(({ name, output = "" }) => (
        <details key={name} class="fold">
          <summary>
            <Sentence text={l10n.t("Output of {0}")} parts={[<Visible text={name} place="code" />]} />
          </summary>
          <pre class="output">
            <Visible text={withoutColours(output)} place="prose" />
          </pre>
        </details>
      ))}
    </>
  );
}
