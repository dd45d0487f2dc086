/** Every word of package.json that VS Code shows: the key it gets in package.nls.json, what stands there, and how to put another. */
export function contributedWords(manifest) {
  const found = [];
  const add = (holder, field, key) => {
    const text = holder?.[field];
    if (typeof text === "string" && text !== "")
      found.push({ key, text, put: (value) => void (holder[field] = value) });
  };
  const each = (list, take) => (list ?? []).forEach(take);
  const short = (id) => id.replace(/^braid\./u, "");
  const { contributes = {}, capabilities = {} } = manifest;

  add(manifest, "description", "description");
  for (const [name, capability] of Object.entries(capabilities)) add(capability, "description", `capability.${name}`);
  for (const views of Object.values(contributes.views ?? {}))
    each(views, (view) => {
      add(view, "name", `view.${short(view.id)}`);
      add(view, "accessibilityHelpContent", `view.${short(view.id)}.help`);
    });
  each(contributes.viewsWelcome, (welcome) => add(welcome, "contents", `welcome.${short(welcome.view)}`));
  each(contributes.commands, (command) => {
    add(command, "title", `command.${short(command.command)}`);
    add(command, "shortTitle", `command.${short(command.command)}.short`);
  });
  each(contributes.submenus, (submenu) => add(submenu, "label", `submenu.${short(submenu.id)}`));
  each(contributes.walkthroughs, (walkthrough) => {
    add(walkthrough, "title", `walkthrough.${walkthrough.id}`);
    add(walkthrough, "description", `walkthrough.${walkthrough.id}.description`);
    each(walkthrough.steps, (step) => {
      add(step, "title", `walkthrough.${walkthrough.id}.${step.id}`);
      add(step, "description", `walkthrough.${walkthrough.id}.${step.id}.description`);
      add(step.media, "altText", `walkthrough.${walkthrough.id}.${step.id}.picture`);
    });
  });
  each(contributes.configuration, (section) => {
    add(section, "title", `settings.${section.title.replace(/^%settings\.(.*)%$/u, "$1").toLowerCase()}`);
    for (const [id, property] of Object.entries(section.properties)) {
      const key = `setting.${short(id)}`;
      for (const field of ["markdownDescription", "description", "markdownDeprecationMessage"])
        add(property, field, key);
      for (const field of ["enumDescriptions", "markdownEnumDescriptions", "enumItemLabels"])
        each(property[field], (_, i) => add(property[field], i, `${key}.${property.enum[i]}`));
    }
  });
  return found;
}
