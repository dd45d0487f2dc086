import type { Examination } from "./examination";
import { MACHINE_EXAMINATIONS } from "./examine-machine";
import { MODEL_EXAMINATIONS } from "./examine-model";
import { REPOSITORY_EXAMINATIONS } from "./examine-repository";

/** Everything the doctor looks at, in the order it is told. */
export const EXAMINATIONS: readonly Examination[] = [
  ...REPOSITORY_EXAMINATIONS,
  ...MACHINE_EXAMINATIONS,
  ...MODEL_EXAMINATIONS,
];
