import { deepEqual, equal, match, ok } from "node:assert/strict";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { MessagesRequest } from "../../../src/demo/request";
import { ran, useCli } from "../../support/cli-fixture";
import { gif, png } from "../../support/images";

describe("files and images in goals", function () {
  this.timeout(60_000);
  const t = useCli();
  const plan = (description: string) =>
    JSON.stringify({ plan: { task: "x", subtasks: [{ id: "one", description, agent: "implementer" }] } });
  const scenario = (description: string) => `rules:
  - { when: { role: planner }, reply: [{ tool: submit_plan, input: ${plan(description)} }] }
  - { when: { turn: 1 }, reply: [{ tool: read, input: { file_path: shot.png } }, { tool: write, input: { file_path: a.md, content: x } }] }
`;
  const firstBlocks = (body: MessagesRequest | undefined) => {
    const content = body?.messages[0]?.content;
    ok(Array.isArray(content));
    return content;
  };
  const imagesOf = (content: unknown): readonly string[] =>
    JSON.stringify(content).match(/"media_type":"[^"]+"/gu) ?? [];
  const transcripts = () => {
    const runs = join(t.repo.dir, ".git", "braid", "runs");
    const run = join(runs, readdirSync(runs)[0] ?? "");
    return {
      run,
      text: readdirSync(join(run, "transcripts"))
        .map((name) => readFileSync(join(run, "transcripts", name), "utf8"))
        .join("\n"),
    };
  };

  it("reach the planner, and the worker whose description names them", async () => {
    writeFileSync(join(t.repo.dir, "shot.png"), png(30, 40));
    writeFileSync(join(t.repo.dir, "notes.txt"), "The button is too small.\n");
    t.repo.commit("files");
    const outside = join(t.home.dir, "mock.dat");
    writeFileSync(outside, gif(50, 60));
    await t.play(scenario("As in @mock.dat, per @notes.txt, not @nope.txt"));
    const outcome = await t.braid(
      "run",
      "--goal",
      "Make it like @shot.png, see @notes.txt",
      "--image",
      outside,
      "--yes",
      "--json",
    );
    ran(outcome, 3);

    const [planned, worked, after] = t.server.requests.map(({ body }) => body);
    deepEqual(imagesOf(firstBlocks(planned)), ['"media_type":"image/gif"', '"media_type":"image/png"']);
    match(JSON.stringify(firstBlocks(planned).at(-1)), /The button is too small\./u);
    deepEqual(imagesOf(firstBlocks(worked)), ['"media_type":"image/gif"']);
    match(
      JSON.stringify(firstBlocks(worked).at(-1)),
      /As in @mock\.dat.*--- File notes\.txt ---\\nThe button is too small\./u,
    );
    // The read tool shows an image, too.
    deepEqual(imagesOf(after?.messages.at(-1)?.content), ['"media_type":"image/png"']);

    const given = (outcome.events[0]?.["options"] as { images?: readonly Record<string, unknown>[] } | undefined)
      ?.images?.[0];
    deepEqual([given?.["name"], given?.["mediaType"], given?.["bytes"]], ["mock.dat", "image/gif", 13]);
    const { run, text } = transcripts();
    deepEqual(readFileSync(join(run, "images", String(given?.["sha256"]))), gif(50, 60));
    equal(statSync(join(run, "images", String(given?.["sha256"]))).mode & 0o777, 0o600);
    for (const words of [text, readFileSync(join(run, "journal.jsonl"), "utf8")]) {
      ok(words.includes(String(given?.["sha256"])));
      ok(!words.includes(gif(50, 60).toString("base64")));
    }
  });

  it("what is not there is refused before anything is spent, and leaves no run", async () => {
    for (const [args, words] of [
      [["run", "--goal", "Change @REDME.md"], /@REDME\.md is not in the commit .* Did you mean @README\.md\?/u],
      [["plan", "Change @REDME.md"], /Did you mean @README\.md\?/u],
      [["run", "--goal", "x", "--image", "no.png"], /The image .*no\.png cannot be read\./u],
      [["run", "--goal", "x", "--image", "README.md"], /README\.md is no PNG, JPEG, GIF or WebP image\./u],
    ] as const) {
      const before = t.server.requests.length;
      const outcome = await t.braid(...args);
      ran(outcome, 2);
      match(outcome.stderr, words);
      equal(t.server.requests.length, before);
    }
    match((await t.braid("status")).stdout, /No runs yet/u);
  });

  it("an image that is too large is refused with words", async () => {
    const file = join(t.home.dir, "large.png");
    writeFileSync(file, png(10, 10, 4_000_000));
    const outcome = await t.braid("run", "--goal", "x", "--image", file);
    ran(outcome, 2);
    match(outcome.stderr, /large\.png has 3\.8 MB; at most 3\.75 MB can be sent/u);
  });

  it("a plan file's task is prose, and names nothing in vain", async () => {
    const file = join(t.home.dir, "p.yml");
    writeFileSync(file, "task: Like @nope.md\nsubtasks: [{ id: one, description: 'See @nope.md' }]\n");
    ran(await t.braid("run", file, "--yes"), 3);
  });
});
