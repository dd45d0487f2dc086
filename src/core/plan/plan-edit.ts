import { BraidError, failure } from "../failure";
import { Subtask, type Plan } from "./plan";
import { assertNever } from "../../util/assert-never";

/** A field of a subtask that is set as a whole; its id is renamed, its dependencies are chosen. */
export type EditableField = Exclude<keyof Subtask, "id" | "dependencies">;

/** One change of a plan, as data. `before` names the subtask it shall stand before; without it, it goes to the end. */
export type PlanEdit =
  | {
      readonly kind: "set";
      readonly subtask: string;
      readonly field: EditableField;
      /** Undefined takes the field out, so that its default holds. */
      readonly value: Subtask[EditableField] | undefined;
    }
  | { readonly kind: "rename"; readonly subtask: string; readonly to: string }
  | { readonly kind: "depend"; readonly subtask: string; readonly on: readonly string[] }
  | { readonly kind: "move"; readonly subtask: string; readonly before?: string | undefined }
  /** Who waited for it waits for what it waited for. */
  | { readonly kind: "remove"; readonly subtask: string }
  | { readonly kind: "add"; readonly subtask: SubtaskFields; readonly before?: string | undefined };

/** A subtask as somebody writes it: only the id must be there. */
export type SubtaskFields = Pick<Subtask, "id"> & Partial<Subtask>;

/** The plan after an edit; not checked beyond its shape. Throws `plan.invalid` where the edit itself makes no sense. */
export function applyPlanEdit(plan: Plan, edit: PlanEdit): Plan {
  if (edit.kind === "add") {
    const subtask = shaped(edit.subtask);
    if (plan.subtasks.some((s) => s.id === subtask.id)) throw invalid(`There is a subtask "${subtask.id}" already.`);
    return withSubtasks(plan, insertBefore(plan.subtasks, subtask, edit.before));
  }
  const current = plan.subtasks.find((s) => s.id === edit.subtask);
  if (current === undefined) throw invalid(`The plan has no subtask "${edit.subtask}".`);
  const change = (next: Subtask) =>
    withSubtasks(
      plan,
      plan.subtasks.map((s) => (s === current ? next : s)),
    );
  switch (edit.kind) {
    case "set":
      return change(shaped({ ...without(current, edit.field), ...ifSet(edit.field, edit.value) }));
    case "rename": {
      if (edit.to !== current.id && plan.subtasks.some((s) => s.id === edit.to))
        throw invalid(`There is a subtask "${edit.to}" already.`);
      const renamed = shaped({ ...current, id: edit.to });
      return withSubtasks(
        plan,
        plan.subtasks.map((s) => (s === current ? renamed : replaceDependency(s, current.id, [edit.to]))),
      );
    }
    case "depend":
      return change({ ...current, dependencies: [...chosen(current.dependencies, edit.on)] });
    case "move":
      if (edit.before === current.id) return plan;
      return withSubtasks(
        plan,
        insertBefore(
          plan.subtasks.filter((s) => s !== current),
          current,
          edit.before,
        ),
      );
    case "remove":
      if (plan.subtasks.length === 1)
        throw invalid(`"${current.id}" is the only subtask; a plan needs one.`, "Cancel the run instead.");
      return withSubtasks(
        plan,
        plan.subtasks.filter((s) => s !== current).map((s) => replaceDependency(s, current.id, current.dependencies)),
      );
    default:
      return assertNever(edit);
  }
}

/** What a subtask shall wait for, those it waited for already first and in their order. */
function chosen(before: readonly string[], on: readonly string[]): readonly string[] {
  return [...before.filter((id) => on.includes(id)), ...new Set(on.filter((id) => !before.includes(id)))];
}

function replaceDependency(subtask: Subtask, id: string, by: readonly string[]): Subtask {
  const { dependencies } = subtask;
  if (!dependencies.includes(id)) return subtask;
  const isRename = by.length === 1 && !dependencies.includes(by[0] ?? "");
  if (isRename) return { ...subtask, dependencies: dependencies.map((d) => (d === id ? (by[0] ?? d) : d)) };
  const kept = dependencies.filter((d) => d !== id);
  return { ...subtask, dependencies: [...kept, ...by.filter((d) => !kept.includes(d))] };
}

function insertBefore(subtasks: readonly Subtask[], subtask: Subtask, before: string | undefined): readonly Subtask[] {
  if (before === undefined) return [...subtasks, subtask];
  const at = subtasks.findIndex((s) => s.id === before);
  if (at === -1) throw invalid(`The plan has no subtask "${before}".`);
  return subtasks.toSpliced(at, 0, subtask);
}

function shaped(fields: object): Subtask {
  const parsed = Subtask.safeParse(fields);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw invalid(`${issue?.path.join(".") ?? "subtask"}: ${issue?.message ?? "not valid"}.`);
}

function withSubtasks(plan: Plan, subtasks: readonly Subtask[]): Plan {
  return { ...plan, subtasks: [...subtasks] };
}

function without(subtask: Subtask, field: EditableField): object {
  const { [field]: _dropped, ...rest } = subtask;
  return rest;
}

function ifSet(field: string, value: unknown): object {
  return value === undefined ? {} : { [field]: value };
}

function invalid(message: string, hint?: string): BraidError {
  return new BraidError(failure("plan.invalid", message, hint === undefined ? {} : { hint }));
}
