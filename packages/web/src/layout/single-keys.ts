/** Shortcuts of one key alone can be switched off (WCAG 2.1.4): speech input types letters. */
const KEY = "modelyard:single-keys";

export function singleKeysOn(): boolean {
  try {
    return localStorage.getItem(KEY) !== "off";
  } catch {
    return true;
  }
}

export function setSingleKeys(on: boolean): void {
  try {
    localStorage.setItem(KEY, on ? "on" : "off");
  } catch {
    // Nothing can be kept: they stay on.
  }
}
