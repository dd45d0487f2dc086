import { deepEqual, equal, match } from "node:assert/strict";
import { toImageBlock } from "../../../src/agent/image-block";
import { imageProblem, imageTokens, MAX_IMAGE_BYTES, readImage } from "../../../src/core/image";
import { estimateTokens } from "../../../src/model/token-estimate";
import { gif, jpeg, png, webp } from "../../support/images";

describe("an image by its content", () => {
  for (const [name, bytes, type] of [
    ["png", png(640, 480), "image/png"],
    ["gif", gif(640, 480), "image/gif"],
    ["jpeg", jpeg(640, 480), "image/jpeg"],
    ["webp", webp(640, 480), "image/webp"],
  ] as const) {
    it(name, () => deepEqual(readImage(bytes), { type, width: 640, height: 480 }));
    it(`${name}, cut anywhere, is none and no fault`, () => {
      for (let length = 0; length < bytes.length - 12; length += 1) {
        const facts = readImage(bytes.subarray(0, length));
        if (facts !== undefined) deepEqual(facts, { type, width: 640, height: 480 });
      }
      equal(readImage(bytes.subarray(0, 8)), undefined);
    });
  }
  for (const [name, bytes] of [
    ["nothing", Buffer.alloc(0)],
    ["text", Buffer.from("PNG, says the name, and no more than that.")],
    ["a PDF", Buffer.from("%PDF-1.7 and so on and on and on and on")],
    ["an image without pixels", png(0, 10)],
    ["a RIFF that is a sound", Buffer.from("RIFF0000WAVEfmt 0000000000000000")],
    ["a JPEG of tables only", Buffer.from("ffd8ffe00004000000", "hex")],
    ["a JPEG whose segment has no length", Buffer.from("ffd8ffe00000ffe00000ffe00000", "hex")],
  ] as const)
    it(`${name} is none`, () => equal(readImage(bytes), undefined));

  for (const [width, height, bytes, problem] of [
    [8000, 8000, 10, undefined],
    [8001, 10, 10, /8001 × 10 pixels; at most 8000/u],
    [10, 10, MAX_IMAGE_BYTES, undefined],
    [10, 10, MAX_IMAGE_BYTES + 1, /has 3\.8 MB; at most 3\.75 MB/u],
  ] as const)
    it(`${width} × ${height}, ${bytes} bytes`, () => {
      const told = imageProblem({ type: "image/png", width, height }, bytes);
      if (problem === undefined) equal(told, undefined);
      else match(told ?? "", problem);
    });

  it("counts by its pixels, not by the length of its data", () => {
    equal(imageTokens({ type: "image/png", width: 1000, height: 750 }), 1000);
    equal(imageTokens({ type: "image/png", width: 8000, height: 8000 }), 5000);
    const shown = toImageBlock("a.png", png(1000, 750, 500_000));
    if (!shown.ok) throw new Error(shown.problem);
    const tokens = estimateTokens({ messages: [{ role: "user", content: [shown.image] }] });
    equal(tokens > 1000 && tokens < 1100, true, String(tokens));
  });
});
