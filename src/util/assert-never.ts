/** Marks a place no value can reach; a new member of a union makes it a type error. */
export function assertNever(value: never): never {
  throw new Error(`Unexpected value: ${JSON.stringify(value)}`);
}
