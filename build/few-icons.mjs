// The icon font with the icons the panel draws, and no others: small enough to stand in the page's style, so that no icon comes
// after the words beside it.
import { readFileSync } from "node:fs";

/** Tables a browser wants of a font; what is in the others is for names and ligatures, which nobody asks for. */
const KEPT = ["OS/2", "cmap", "glyf", "head", "hhea", "hmtx", "loca", "maxp", "name", "post"];

/** The outlines of these code points, of a TrueType font with simple glyphs, as a font. */
export function fewIcons(font, points) {
  const tables = tablesOf(font);
  const table = (tag) => {
    const found = tables.get(tag);
    if (found === undefined) throw new Error(`The icon font has no table ${tag}.`);
    return found;
  };
  const glyphs = glyphsOf(table("cmap"), points);
  const isLong = table("head").readInt16BE(50) === 1;
  const count = table("maxp").readUInt16BE(4);
  const place = (glyph) => (isLong ? table("loca").readUInt32BE(glyph * 4) : table("loca").readUInt16BE(glyph * 2) * 2);
  const wanted = new Set([0, ...glyphs.values()]);
  const outlines = [];
  const loca = Buffer.alloc((count + 1) * 4);
  let length = 0;
  for (let glyph = 0; glyph < count; glyph += 1) {
    loca.writeUInt32BE(length, glyph * 4);
    if (!wanted.has(glyph) || place(glyph) === place(glyph + 1)) continue;
    const outline = table("glyf").subarray(place(glyph), place(glyph + 1));
    if (outline.readInt16BE(0) < 0) throw new Error(`Glyph ${glyph} of the icon font is made of others.`);
    outlines.push(outline, Buffer.alloc(-outline.length & 3));
    length += outline.length + (-outline.length & 3);
  }
  loca.writeUInt32BE(length, count * 4);
  const head = Buffer.from(table("head"));
  head.writeInt16BE(1, 50);
  const made = { glyf: Buffer.concat(outlines), loca, head, cmap: cmapOf(glyphs), post: withoutNames(table("post")) };
  return fontOf(KEPT.map((tag) => [tag, made[tag] ?? table(tag)]));
}

/** `*.ttf` in a style: with the icons that `file` names by code point, in the style itself. */
export const onlyDrawnIcons = (file) => ({
  name: "only-drawn-icons",
  setup(build) {
    build.onLoad({ filter: /\.ttf$/ }, ({ path }) => {
      const points = [...readFileSync(file, "utf8").matchAll(/"\\u([0-9a-f]{4})"/gu)].map(([, hex]) =>
        parseInt(hex, 16),
      );
      return { contents: fewIcons(readFileSync(path), points), loader: "dataurl", watchFiles: [file] };
    });
  },
});

function tablesOf(font) {
  const entries = Array.from({ length: font.readUInt16BE(4) }, (_, i) => 12 + i * 16);
  return new Map(
    entries.map((at) => {
      const from = font.readUInt32BE(at + 8);
      return [font.toString("latin1", at, at + 4), font.subarray(from, from + font.readUInt32BE(at + 12))];
    }),
  );
}

/** The glyph of each code point, from a subtable in segments (format 4). */
function glyphsOf(cmap, points) {
  const starts = Array.from({ length: cmap.readUInt16BE(2) }, (_, i) => cmap.readUInt32BE(8 + i * 8));
  const at = starts.find((start) => cmap.readUInt16BE(start) === 4);
  if (at === undefined) throw new Error("The icon font has no table of characters in segments.");
  const segments = cmap.readUInt16BE(at + 6) / 2;
  const [ends, begins] = [at + 14, at + 16 + segments * 2];
  const [deltas, ranges] = [begins + segments * 2, begins + segments * 4];
  const glyphOf = (point) => {
    for (let i = 0; i < segments; i += 1) {
      if (point > cmap.readUInt16BE(ends + i * 2)) continue;
      const begin = cmap.readUInt16BE(begins + i * 2);
      if (point < begin) return 0;
      const range = cmap.readUInt16BE(ranges + i * 2);
      const delta = cmap.readUInt16BE(deltas + i * 2);
      const glyph = range === 0 ? point : cmap.readUInt16BE(ranges + i * 2 + range + (point - begin) * 2);
      return (glyph + delta) & 0xffff;
    }
    return 0;
  };
  return new Map(
    [...new Set(points)]
      .toSorted((a, b) => a - b)
      .map((point) => {
        const glyph = glyphOf(point);
        if (glyph === 0) throw new Error(`The icon font has no U+${point.toString(16)}.`);
        return [point, glyph];
      }),
  );
}

/** One subtable with a segment for each character, and the last that the format wants. */
function cmapOf(glyphs) {
  const segments = [...[...glyphs].map(([point, glyph]) => [point, glyph - point]), [0xffff, 1]];
  const count = segments.length;
  const power = 2 ** Math.floor(Math.log2(count));
  const length = 16 + count * 8;
  const table = Buffer.alloc(12 + length);
  table.writeUInt16BE(1, 2);
  table.writeUInt16BE(3, 4);
  table.writeUInt16BE(1, 6);
  table.writeUInt32BE(12, 8);
  const head = [4, length, 0, count * 2, power * 2, Math.log2(power), (count - power) * 2];
  head.forEach((value, i) => table.writeUInt16BE(value, 12 + i * 2));
  segments.forEach(([point, delta], i) => {
    table.writeUInt16BE(point, 26 + i * 2);
    table.writeUInt16BE(point, 28 + count * 2 + i * 2);
    table.writeUInt16BE(delta & 0xffff, 28 + count * 4 + i * 2);
  });
  return table;
}

/** The same without the names of glyphs (version 3). */
function withoutNames(post) {
  const short = Buffer.from(post.subarray(0, 32));
  short.writeUInt32BE(0x0003_0000, 0);
  return short;
}

function fontOf(tables) {
  const power = 2 ** Math.floor(Math.log2(tables.length));
  const directory = Buffer.alloc(12 + tables.length * 16);
  directory.writeUInt32BE(0x0001_0000, 0);
  [tables.length, power * 16, Math.log2(power), (tables.length - power) * 16].forEach((value, i) =>
    directory.writeUInt16BE(value, 4 + i * 2),
  );
  const parts = [directory];
  let from = directory.length;
  for (const [i, [tag, data]] of tables.entries()) {
    const padded = Buffer.concat([data, Buffer.alloc(-data.length & 3)]);
    directory.write(tag, 12 + i * 16, "latin1");
    directory.writeUInt32BE(sumOf(padded), 16 + i * 16);
    directory.writeUInt32BE(from, 20 + i * 16);
    directory.writeUInt32BE(data.length, 24 + i * 16);
    parts.push(padded);
    from += padded.length;
  }
  return Buffer.concat(parts);
}

function sumOf(data) {
  let sum = 0;
  for (let at = 0; at < data.length; at += 4) sum = (sum + data.readUInt32BE(at)) >>> 0;
  return sum;
}
