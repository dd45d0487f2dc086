import { readFileSync } from "node:fs";
import { join } from "node:path";

interface Field {
  readonly type: string;
  readonly repeated: boolean;
}

/**
 * Everything in which a JSON value is not the `TracesData` of the published .proto files, by the rules of OTLP's JSON encoding:
 * lowerCamelCase keys, ids in hex, enums as numbers, 64-bit integers as decimal strings. Strict where receivers need not be: an unknown key is an error.
 */
export function otlpProblems(value: unknown): readonly string[] {
  return problemsOf(value, "TracesData", "$");
}

const { messages, enums } = readSchema(["trace", "common", "resource"]);

function problemsOf(value: unknown, type: string, at: string): readonly string[] {
  const fields = messages.get(type);
  if (fields === undefined) return scalarProblems(value, type, at);
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [`${at} is no ${type}`];
  return Object.entries(value).flatMap(([key, inner]) => {
    const field = fields.get(key);
    if (field === undefined) return [`${at}.${key} is no field of ${type}`];
    if (!field.repeated) return problemsOf(inner, field.type, `${at}.${key}`);
    if (!Array.isArray(inner)) return [`${at}.${key} is no list`];
    return inner.flatMap((each, i) => problemsOf(each, field.type, `${at}.${key}[${i}]`));
  });
}

function scalarProblems(value: unknown, type: string, at: string): readonly string[] {
  const wrong = [`${at} is no ${type}: ${JSON.stringify(value)}`];
  const values = enums.get(type);
  if (values !== undefined) return typeof value === "number" && values.has(value) ? [] : wrong;
  const isNumber = typeof value === "number" && Number.isFinite(value);
  switch (type) {
    case "string":
      return typeof value === "string" && !/\p{Surrogate}/u.test(value) ? [] : wrong;
    case "bool":
      return typeof value === "boolean" ? [] : wrong;
    case "double":
      return isNumber ? [] : wrong;
    case "uint32":
    case "int32":
    case "fixed32":
      return Number.isInteger(value) ? [] : wrong;
    case "int64":
    case "fixed64":
      return typeof value === "string" && /^-?\d{1,20}$/u.test(value) ? [] : wrong;
    // Of bytes there are only ids here.
    case "bytes":
      return typeof value === "string" && /^(?:[0-9a-f]{16}|[0-9a-f]{32})$/iu.test(value) ? [] : wrong;
    default:
      return [`${at} has the unknown type ${type}`];
  }
}

function readSchema(names: readonly string[]) {
  const messages = new Map<string, ReadonlyMap<string, Field>>();
  const enums = new Map<string, ReadonlySet<number>>();
  for (const name of names) {
    const text = readFileSync(join("test/fixtures/otlp", `${name}.proto`), "utf8").replace(/\/\/.*$/gmu, "");
    const open: { readonly name: string; readonly fields: Map<string, Field>; readonly values: Set<number> }[] = [];
    for (const [token] of text.matchAll(/(?:message|enum|oneof)\s+\w+\s*\{|\}|[^;{}]+;/gu)) {
      const [, kind, named = ""] = /^(message|enum|oneof)\s+(\w+)/u.exec(token) ?? [];
      const current = open.at(-1);
      if (kind !== undefined) {
        const fields = kind === "oneof" && current !== undefined ? current.fields : new Map<string, Field>();
        const scope = { name: named, fields, values: new Set<number>() };
        if (kind === "message") messages.set(named, scope.fields);
        if (kind === "enum") enums.set(named, scope.values);
        open.push(scope);
      } else if (token === "}") open.pop();
      else {
        const [, repeated, type = "", field = ""] = /^\s*(repeated\s+)?([\w.]+)\s+(\w+)\s*=\s*\d+;$/u.exec(token) ?? [];
        const key = field.replace(/_(\w)/gu, (_all, letter: string) => letter.toUpperCase());
        if (field !== "")
          current?.fields.set(key, { type: type.split(".").at(-1) ?? "", repeated: repeated !== undefined });
        const [, number] = /^\s*[A-Z][A-Z0-9_]*\s*=\s*(\w+);$/u.exec(token) ?? [];
        if (number !== undefined) current?.values.add(Number(number));
      }
    }
  }
  return { messages, enums };
}
