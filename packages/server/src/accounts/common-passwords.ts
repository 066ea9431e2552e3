/** The most common passwords, from a well-kept list (@zxcvbn-ts/language-common: 49,000). Loaded when the first password is chosen. */
let list: Promise<ReadonlySet<string>> | undefined;

export function isCommonPassword(password: string): Promise<boolean> {
  list ??= import("@zxcvbn-ts/language-common").then(
    ({ dictionary }) => new Set(dictionary["passwords-common"].filter((entry) => entry.length >= 8)),
  );
  return list.then((known) => known.has(password.toLowerCase()));
}
