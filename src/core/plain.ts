/** Text as a terminal may have it: escape sequences and turned-round text, which models could write, are made visible. */
export function plain(text: string): string {
  return text.replace(UNPRINTABLE, "\ufffd");
}

/** Control characters but for tab and line feed, and what turns the direction of text. */
const UNPRINTABLE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/gu;
