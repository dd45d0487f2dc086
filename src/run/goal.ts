import { BraidError, failure } from "../core/failure";

/** A goal without the blanks around it. Throws `goal.empty`. */
export function requireGoal(goal: string): string {
  const text = goal.trim();
  if (text !== "") return text;
  throw new BraidError(
    failure("goal.empty", "The goal is empty.", { hint: "Say what should be different when the run is done." }),
  );
}
