/** Two 32-bit FNV-1a sums: enough to know a change again, and no more is asked of it. */
export function hash(text: string): string {
  let a = 0x811c9dc5;
  let b = 0x2f0b4a27;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    a = Math.imul(a ^ code, 0x01000193);
    b = Math.imul(b ^ (code + i), 0x01000193);
  }
  return [a, b].map((sum) => (sum >>> 0).toString(16).padStart(8, "0")).join("");
}
