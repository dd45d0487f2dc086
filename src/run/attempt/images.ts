import { mkdir, readFile, writeFile } from "node:fs/promises";
import { readPlainFile } from "../../git/plain-file";
import { basename, join } from "node:path";
import { BraidError, failure } from "../../core/failure";
import { MAX_IMAGE_BYTES, MAX_IMAGES } from "../../core/image";
import { plain } from "../../core/plain";
import { toImageBlock } from "../../agent/image-block";
import type { GivenImage } from "../../core/state/events";
import type { Repository } from "../../git/repository";
import type { ImageBlock } from "../../model/model";
import { runDir } from "../log/places";

/** Reads the images a user hands over with a goal, from wherever they are. Throws `goal.path`. */
export async function readGivenImages(files: readonly string[]): Promise<readonly ImageBlock[]> {
  if (files.length > MAX_IMAGES)
    throw refused(`${files.length} images are too many; at most ${MAX_IMAGES} can be sent.`);
  const images: ImageBlock[] = [];
  for (const file of files) {
    const bytes = await readFile(file).catch((error: unknown) => {
      throw refused(`The image ${plain(file)} cannot be read.`, error);
    });
    const shown = toImageBlock(plain(basename(file)), bytes);
    if (!shown.ok) throw refused(`The image ${plain(file)} ${shown.problem}`);
    if (images.some(({ name }) => name === shown.image.name))
      throw refused(`Two images are named ${shown.image.name}.`);
    images.push(shown.image);
  }
  return images;
}

/** Keeps the bytes of a run's images in its folder, each once, under its hash; what the log says of them comes back. */
export async function storeImages(
  repo: Repository,
  run: string,
  images: readonly ImageBlock[],
): Promise<readonly GivenImage[]> {
  if (images.length === 0) return [];
  await mkdir(imageDir(repo, run), { recursive: true, mode: 0o700 });
  for (const { sha256, data } of images)
    await writeFile(join(imageDir(repo, run), sha256), Buffer.from(data, "base64"), { mode: 0o600 });
  return images.map(({ name, sha256, mediaType, bytes }) => ({ name, sha256, mediaType, bytes }));
}

/** The images of a run, from its folder. One that is gone, or no longer what it was, is left out and told to `log`. */
export async function loadImages(
  repo: Repository,
  run: string,
  given: readonly GivenImage[],
  log: (line: string) => void,
): Promise<readonly ImageBlock[]> {
  const images: ImageBlock[] = [];
  for (const { name, sha256 } of given) {
    if (!/^[0-9a-f]{64}$/u.test(sha256)) continue;
    const bytes = await readPlainFile(join(imageDir(repo, run), sha256), MAX_IMAGE_BYTES).catch(() => undefined);
    const shown = bytes === undefined ? undefined : toImageBlock(name, bytes);
    if (shown?.ok === true && shown.image.sha256 === sha256) images.push(shown.image);
    else log(`the image ${name} of run ${run} is not there any more`);
  }
  return images;
}

function imageDir(repo: Repository, run: string): string {
  return join(runDir(repo, run), "images");
}

function refused(message: string, cause?: unknown): BraidError {
  return new BraidError(failure("goal.path", message, { hint: "Check the file given with --image." }), { cause });
}
