import { crc32 } from "node:zlib";
import { PNG } from "pngjs";

/** A picture of the animation and how long it is shown, in milliseconds. */
export interface AnimationFrame {
  readonly png: Buffer;
  readonly ms: number;
}

/**
 * Puts pictures of one size one after the other into an animated PNG that goes round for ever; what cannot play it shows the first. Each
 * picture holds only the part that changed. (PNG specification, third edition, §11.3.6: acTL, fcTL, fdAT.)
 */
export function animate(frames: readonly AnimationFrame[]): Buffer {
  const pictures = frames.map(({ png }) => PNG.sync.read(png));
  const [first] = pictures;
  if (first === undefined) throw new Error("There is no picture to begin with.");
  let sequence = 0;
  const next = () => uint32(sequence++);
  const body = pictures.flatMap((picture, i) => {
    const { x, y, part } = changedPart(pictures[i - 1], picture);
    const at = [part.width, part.height, x, y].map(uint32);
    // For so many thousandths of a second, over what was there.
    const control = chunk("fcTL", [next(), ...at, uint16(frames[i]?.ms ?? 0), uint16(1000), Buffer.alloc(2)]);
    return [control, i === 0 ? chunk("IDAT", [dataOf(part)]) : chunk("fdAT", [next(), dataOf(part)])];
  });
  const [signature, header] = [pack(first).subarray(0, 8), chunkOf(pack(first), "IHDR")];
  const count = chunk("acTL", [uint32(frames.length), uint32(0)]);
  return Buffer.concat([signature, chunk("IHDR", header), count, ...body, chunk("IEND", [])]);
}

/** The same picture in fewer bytes. */
export function squeeze(png: Buffer): Buffer {
  return pack(PNG.sync.read(png));
}

/** The smallest rectangle outside of which nothing changed; of two that are alike one dot. */
function changedPart(
  before: PNG | undefined,
  picture: PNG,
): { readonly x: number; readonly y: number; readonly part: PNG } {
  const { width, height, data } = picture;
  if (before === undefined) return { x: 0, y: 0, part: picture };
  if (before.width !== width || before.height !== height) throw new Error("The pictures differ in size.");
  let [left, top, right, bottom] = [width, height, 0, 0];
  for (let y = 0; y < height; y++) {
    const line = y * width * 4;
    if (data.compare(before.data, line, line + width * 4, line, line + width * 4) === 0) continue;
    [top, bottom] = [Math.min(top, y), y];
    for (let x = 0; x < width; x++)
      if (data.readUInt32LE(line + x * 4) !== before.data.readUInt32LE(line + x * 4))
        [left, right] = [Math.min(left, x), Math.max(right, x)];
  }
  if (top === height) [left, top, right, bottom] = [0, 0, 0, 0];
  const part = new PNG({ width: right - left + 1, height: bottom - top + 1 });
  PNG.bitblt(picture, part, left, top, part.width, part.height, 0, 0);
  return { x: left, y: top, part };
}

/** Without transparency, and as tight as it gets: text on plain ground is smallest without a filter (measured). */
function pack(picture: PNG): Buffer {
  return PNG.sync.write(picture, {
    colorType: 2,
    inputHasAlpha: true,
    deflateLevel: 9,
    deflateStrategy: 0,
    filterType: 0,
  });
}

function dataOf(picture: PNG): Buffer {
  return Buffer.concat(chunkOf(pack(picture), "IDAT"));
}

function chunkOf(png: Buffer, type: string): readonly Buffer[] {
  const found = [];
  for (let at = 8; at < png.length; at += png.readUInt32BE(at) + 12)
    if (png.toString("latin1", at + 4, at + 8) === type)
      found.push(png.subarray(at + 8, at + 8 + png.readUInt32BE(at)));
  return found;
}

function chunk(type: string, data: readonly Buffer[]): Buffer {
  const named = Buffer.concat([Buffer.from(type, "latin1"), ...data]);
  return Buffer.concat([uint32(named.length - 4), named, uint32(crc32(named))]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}
