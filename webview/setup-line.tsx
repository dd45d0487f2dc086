import { describeSetup, type Setup } from "../src/core/setup";
import { withoutColours } from "../src/core/visible";
import { Visible } from "./text";

/** How a worktree was set up, and what a command that failed had to say. */
export function SetupLine({ setup }: { readonly setup: Setup }) {
  const failed = setup.steps.filter(({ outcome, output }) => outcome === "failed" && (output ?? "").trim() !== "");
  return (
    <>
      <p class="quiet">
        Worktree <Visible text={describeSetup(setup)} place="code" />
      </p>
      {failed.map(({ name, output = "" }) => (
        <details key={name} class="fold">
          <summary>
            Output of <Visible text={name} place="code" />
          </summary>
          <pre class="output">
            <Visible text={withoutColours(output)} place="prose" />
          </pre>
        </details>
      ))}
    </>
  );
}
