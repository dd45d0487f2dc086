import type { AmendmentChange, AmendmentView } from "../core/amendment/amendment-view";
import { describeFailure } from "../core/failure";
import type { AmendmentEvent } from "../core/amendment/amendment-event";
import type { RunView } from "../core/state/view";
import { assertNever } from "../util/assert-never";

/** What `braid status` says about a run's amendments. */
export function amendmentLines({ amendments }: RunView): readonly string[] {
  const lines: string[] = [];
  if (amendments.asking) lines.push("The planner looks at the plan again.");
  if (amendments.sequential) lines.push("One worker at a time, as an amendment says.");
  if (amendments.unneeded !== null) lines.push(`No amendment: ${amendments.unneeded}`);
  if (amendments.failure !== null) lines.push(`No amendment: ${describeFailure(amendments.failure)}`);
  if (amendments.open !== null) lines.push(...openLines(amendments.open));
  return lines;
}

/** An event about amendments, in lines. */
export function amendmentEventText(event: AmendmentEvent, view: RunView): string {
  switch (event.type) {
    case "amendment.requested":
      return "The planner looks at the plan again.";
    case "amendment.proposed":
      return view.amendments.open === null
        ? `Amendment ${event.number} proposed: ${event.amendment.reason}`
        : openLines(view.amendments.open).join("\n");
    case "amendment.unneeded":
      return `No amendment: ${event.reason}`;
    case "amendment.failed":
      return `No amendment: ${describeFailure(event.failure)}${event.failure.detail === undefined ? "" : `\n${event.failure.detail}`}`;
    case "amendment.declined":
      return `Amendment ${event.number} declined${event.reason === "" ? "." : `: ${event.reason}`}`;
    case "plan.amended":
      return `Plan amended (${event.number})${event.by === "setting" ? ", as the settings say" : ""}: ${event.plan.subtasks.length} subtasks.`;
    default:
      return assertNever(event);
  }
}

function openLines(a: AmendmentView): readonly string[] {
  return [
    `Amendment ${a.number} waits for approval: ${a.reason}`,
    ...a.changes.map((change) => `  ${describeChange(change)}`),
    ...a.commands.map((command) => `  will run in the sandbox: ${command}`),
    ...(a.problem === null ? [] : [`  It no longer fits the run: ${a.problem}`]),
  ].map(oneLine);
}

/** What a model wrote must not look like a line of ours. */
function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/gu, " ⏎ ");
}

function describeChange({ kind, id, text }: AmendmentChange): string {
  return kind === "order" ? text : `${kind} ${id}: ${text}`;
}
