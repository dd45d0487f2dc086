/** An option as it is written, and what it does. */
export type Option = readonly [form: string, does: string];

/** One way to call a command. */
export interface Call {
  readonly name: string;
  /** What stands behind the name. */
  readonly words: string;
  readonly does: string;
  readonly options?: readonly Option[];
}

/** Calls that belong together, under what a user wants. */
export interface Group {
  readonly title: string;
  readonly calls: readonly Call[];
}
