/** A value that telemetry may hang on a span. */
export type Attribute = string | number | boolean | readonly string[];

/** One request to the API, as the SDK's own span tells it: no words of prompts or answers, no key, no address. */
export interface ApiCall {
  /** When it was sent, in milliseconds since the epoch. */
  readonly at: number;
  readonly durationMs: number;
  /** By the names of OpenTelemetry's conventions for generative AI, and the SDK's own. */
  readonly attributes: Readonly<Record<string, Attribute>>;
}

/** A call of a tool that has ended. */
export interface ToolRun {
  /** The API's id of the call. */
  readonly id: string;
  /** One of our tools; "unknown" where the model made the name up. */
  readonly name: string;
  /** When it began, in milliseconds since the epoch. */
  readonly at: number;
  readonly durationMs: number;
  readonly failed?: true;
}
