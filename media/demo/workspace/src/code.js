import { randomInt } from "node:crypto";

// Without 0, 1, i, l and o: codes are read aloud and typed by hand.
const ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz";

/** A random short code. `pick(n)` returns a whole number below n. */
export function newCode(length = 6, pick = randomInt) {
  return Array.from({ length }, () => ALPHABET[pick(ALPHABET.length)]).join("");
}
