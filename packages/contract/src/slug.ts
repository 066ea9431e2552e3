/** Owner or model slug as clients may spell it → the one form that is compared (wire-contract.md 3): trimmed, lower case, space and "." as "-". */
export function cleanSlug(raw: string): string {
  return raw.trim().toLowerCase().replace(/[ .]/g, "-");
}
