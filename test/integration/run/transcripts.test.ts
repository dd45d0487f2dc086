import { deepEqual, equal } from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { initialState } from "../../../src/core/state/state";
import type { Message } from "../../../src/model/model";
import { runDir } from "../../../src/run/log/places";
import { parseTranscript } from "../../../src/run/log/transcript-files";
import { openTranscripts } from "../../../src/run/log/transcripts";
import { fileWriter, portsFor } from "../../support/scripted-worker";
import { tempFolder, tempRepo, type TempRepo } from "../../support/temp-repo";

const said = (text: string): Message => ({ role: "user", content: [{ type: "text", text }] });

describe("transcripts", () => {
  let repo: TempRepo;
  let trees: ReturnType<typeof tempFolder>;
  beforeEach(() => {
    repo = tempRepo({ "a.txt": "a\n" });
    trees = tempFolder();
  });
  afterEach(() => {
    repo.dispose();
    trees.dispose();
  });

  async function open(isTaken?: () => boolean) {
    const logged: string[] = [];
    const ports = {
      ...(await portsFor(repo.dir, trees.dir, fileWriter({}))),
      log: (line: string) => void logged.push(line),
    };
    const path = join(runDir(ports.repo, "r1"), "transcripts", "planner.jsonl");
    const text = () => (existsSync(path) ? readFileSync(path, "utf8").trimEnd().split("\n").map(textOf) : []);
    return { transcripts: openTranscripts(ports, "r1", isTaken), path, text, logged };
  }
  function textOf(line: string): string {
    const { content }: Message = JSON.parse(line);
    return content.map((block) => (block.type === "text" ? block.text : "")).join("");
  }

  it("keep what was said in order", async () => {
    const { transcripts, text } = await open();
    for (const each of ["one", "two"]) transcripts.write(initialState(), null, said(each));
    await transcripts.written();
    transcripts.write(initialState(), null, said("three"));
    await transcripts.written();
    deepEqual(text(), ["one", "two", "three"]);
  });

  it("are left to the new owner, also what was said before and not yet written", async () => {
    let isTaken = false;
    const { transcripts, path } = await open(() => isTaken);
    transcripts.write(initialState(), null, said("one"));
    isTaken = true;
    await transcripts.written();
    equal(existsSync(path), false);
  });

  it("go on in a line of their own behind half of one, which a crash has left", async () => {
    const { transcripts, path, text } = await open();
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, '{"at":1,"ro');
    for (const each of ["one", "two"]) transcripts.write(initialState(), null, said(each));
    await transcripts.written();
    transcripts.write(initialState(), null, said("three"));
    await transcripts.written();
    const lines = readFileSync(path, "utf8");
    equal(lines.split("\n", 1)[0], '{"at":1,"ro');
    writeFileSync(path, lines.slice(lines.indexOf("\n") + 1));
    deepEqual(text(), ["one", "two", "three"]);
  });

  it("leave out what is no message, and no time", () => {
    const line = (at: string, content: string) => `{"at":${at},"attempt":1,"role":"user","content":${content}}`;
    const whole = [
      line("1", "[null,7,{}]"),
      line("1e999", "[]"),
      line("-9e15", "[]"),
      "null",
      line("2", "[]"),
      '{"at":1',
    ];
    deepEqual(
      parseTranscript("planner.jsonl", whole.join("\n")).map(({ at, content }) => [at, content]),
      [
        [1, [{}]],
        [2, []],
      ],
    );
  });

  it("that cannot be written are told of, and the next ones are written", async () => {
    const { transcripts, path, text, logged } = await open();
    mkdirSync(dirname(dirname(path)), { recursive: true });
    writeFileSync(dirname(path), "no folder");
    transcripts.write(initialState(), null, said("one"));
    await transcripts.written();
    equal(logged.length, 1);
    rmSync(dirname(path));
    transcripts.write(initialState(), null, said("two"));
    await transcripts.written();
    deepEqual(text(), ["two"]);
  });
});
