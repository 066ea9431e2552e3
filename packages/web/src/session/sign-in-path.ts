import { SIGN_IN } from "../layout/navigation.ts";

/** Where to sign in, coming back to the page one is on with everything that stands in its address; undefined where there is no such page. */
export function signInPath(): string | undefined {
  if (SIGN_IN === undefined) return undefined;
  return `${SIGN_IN}?next=${encodeURIComponent(location.pathname + location.search)}`;
}
