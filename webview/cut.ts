/** A text of at most so many characters; what is missing is a `…` at its end. */
export function cut(text: string, chars: number): string {
  return text.length > chars ? `${text.slice(0, Math.max(1, chars - 1))}…` : text;
}
