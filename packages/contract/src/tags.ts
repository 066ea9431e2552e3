/**
 * Tags: short words by which a caller finds runs again. Ours, not the hosted platform's: a request header on Run, so that no
 * parameter of a model can be shadowed; a route that changes them afterwards; `tags` under a task's `modelyard` key.
 */

/** Tags of one run at most. */
export const MOST_TAGS = 10;

/** What a tag is: 1 to 50 characters that every header, address and spreadsheet takes as they are. */
const TAG = /^[A-Za-z0-9][A-Za-z0-9._:/=@+-]{0,49}$/;

/** Tags from text with commas between them, each once, in their order; undefined = one of them is none, or there are too many. */
export function readTags(text: string): string[] | undefined {
  const words = text.split(",").map((word) => word.trim());
  const tags = [...new Set(words.filter((word) => word !== ""))];
  return tags.length <= MOST_TAGS && tags.every((tag) => TAG.test(tag)) ? tags : undefined;
}
