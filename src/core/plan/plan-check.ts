import { judgePlan, type Gate, type GateOptions } from "../gate/gate";
import { readPlanFile, type PlanFile } from "./plan-file";

/** A plan file read and judged: the gate too, unless one of the diagnostics is an error. */
export interface CheckedPlan extends PlanFile {
  readonly gate: Gate | undefined;
}

/** Reads a plan and judges it; the gate's warnings stand among the diagnostics, each at its line. Never throws. */
export function checkPlanText(
  text: string,
  options: GateOptions & { readonly knownRoles?: readonly string[] },
): CheckedPlan {
  const judged: { gate?: Gate } = {};
  const file = readPlanFile(
    text,
    (plan) => {
      judged.gate = judgePlan(plan, options);
      return judged.gate.warnings;
    },
    options.knownRoles,
  );
  return { ...file, gate: file.plan === undefined ? undefined : judged.gate };
}
