import assert from "node:assert/strict";
import * as vscode from "vscode";

const ID = "braid.braid";

describe("the extension in a real extension host", () => {
  it("activates", async () => {
    const extension = braid();
    await extension.activate();
    assert.equal(extension.isActive, true);
  });

  it("declares at least one command, so that the next test means something", () => {
    assert.notDeepEqual(declaredCommands(), []);
  });

  it("registers every command package.json declares", async () => {
    await braid().activate();
    const registered = new Set(await vscode.commands.getCommands(true));
    assert.deepEqual(
      declaredCommands().filter((command) => !registered.has(command)),
      [],
    );
  });

  it("offers the ways from one to the next wherever it offers the ways back", () => {
    const when = new Map(paletteEntries().map((entry) => [entry.command, entry.when]));
    assert.ok(when.has("braid.previousChange"));
    assert.equal(when.get("braid.nextChange"), when.get("braid.previousChange"));
    assert.equal(when.get("braid.nextResult"), when.get("braid.previousResult"));
  });
});

function braid(): vscode.Extension<unknown> {
  const extension = vscode.extensions.getExtension(ID);
  assert.ok(extension, `${ID} is not installed`);
  return extension;
}

function declaredCommands(): readonly string[] {
  const { contributes } = braid().packageJSON as {
    readonly contributes?: { readonly commands?: readonly { readonly command: string }[] };
  };
  return contributes?.commands?.map(({ command }) => command) ?? [];
}

interface PaletteEntry {
  readonly command: string;
  readonly when?: string;
}

function paletteEntries(): readonly PaletteEntry[] {
  const { contributes } = braid().packageJSON as {
    readonly contributes?: { readonly menus?: { readonly commandPalette?: readonly PaletteEntry[] } };
  };
  return contributes?.menus?.commandPalette ?? [];
}
