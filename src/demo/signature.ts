import { createHash } from "node:crypto";

/** The signature the demo model puts under its thinking, so that a client that changes a block is caught. */
export function signatureOf(thinking: string): string {
  return createHash("sha256").update("braid-demo").update(thinking).digest("base64");
}
