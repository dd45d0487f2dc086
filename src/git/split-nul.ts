/** The fields of a `-z` output; the empty one behind the last NUL is dropped. */
export function splitNul(output: Buffer): readonly string[] {
  const fields = output.toString("utf8").split("\0");
  if (fields.at(-1) === "") fields.pop();
  return fields;
}
