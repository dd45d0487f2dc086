/** Whether a document is a plan: by its name alone, or by a name anything could have and the two keys every plan has. */
export function isPlanDocument(document: {
  /** Path or name; only what follows the last slash counts. */
  readonly name: string;
  readonly untitledYaml: boolean;
  readonly text: string;
}): boolean {
  const base = document.name.replace(/^.*[\\/]/su, "");
  if (!document.untitledYaml && /(?:orchestration|\.braid)\.ya?ml$/iu.test(base)) return true;
  const mayBe = document.untitledYaml || /(?:^|\.)plan\.ya?ml$/iu.test(base);
  return mayBe && /^task[ \t]*:/mu.test(document.text) && /^subtasks[ \t]*:/mu.test(document.text);
}
