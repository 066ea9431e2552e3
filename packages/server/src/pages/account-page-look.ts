/**
 * How the pages of signing in look: the web app's colours (packages/web/src/styles.css), without its files, because these pages also
 * work where the app is not built. Nothing is loaded from anywhere.
 */
import { createHash } from "node:crypto";

/** Follows the theme that was chosen in the app (packages/web/src/layout/theme.ts keeps it under this name). */
export const THEME_SCRIPT = `try{var t=localStorage.getItem("modelyard:theme");if(t==="light"||t==="dark")document.documentElement.style.colorScheme=t}catch{}`;

export const THEME_SCRIPT_SOURCE = `'sha256-${createHash("sha256").update(THEME_SCRIPT).digest("base64")}'`;

export const LOGO = `<svg viewBox="0 0 32 32" width="28" height="28" aria-hidden="true"><rect width="32" height="32" rx="7" class="mark"/><path d="M6 25V13.5L12 7.5l4 4.5 4-4.5 6 6V25M12 25V15.5l4-3.5 4 3.5V25" fill="none" class="line" stroke-width="2.6" stroke-linejoin="round" stroke-linecap="round"/></svg>`;

export const STYLE = `
:root{color-scheme:light dark;--paper:light-dark(#faf8f3,#15161a);--card:light-dark(#fff,#1c1e23);--line:light-dark(#e2ddd0,#2f323a);
--edge:light-dark(#8b8576,#767b88);--ink:light-dark(#1d1c19,#f0eee8);--soft:light-dark(#5c574c,#abaeb8);--signal:light-dark(#b93a0c,#ff8552);
--signal-ink:light-dark(#fff,#1a0d06);--bad:light-dark(#a81e2d,#ff8f8f);--bad-wash:light-dark(#fbe6e6,#351c20)}
*{box-sizing:border-box}
body{margin:0;min-height:100dvh;background:var(--paper);color:var(--ink);font:15px/1.55 "Instrument Sans",ui-sans-serif,system-ui,sans-serif;-webkit-text-size-adjust:100%}
:focus-visible{outline:2px solid var(--signal);outline-offset:2px}
header{display:flex;align-items:center;height:4rem;padding:0 clamp(1rem,3vw,2rem);border-bottom:1px solid var(--line)}
header a{display:flex;align-items:center;gap:.6rem;color:inherit;text-decoration:none;font-size:1.125rem;font-weight:600;letter-spacing:-.015em;border-radius:.5rem}
.mark{fill:var(--signal)}.line{stroke:var(--signal-ink)}
main{width:min(26rem,100% - 2rem);margin:clamp(2rem,9vh,6rem) auto 4rem;padding:clamp(1.25rem,5vw,2rem);background:var(--card);border:1px solid var(--line);border-radius:.875rem}
h1{margin:0;font-size:1.5rem;line-height:1.2;letter-spacing:-.012em;font-weight:600;text-wrap:balance}
p{margin:.5rem 0 0;color:var(--soft);overflow-wrap:anywhere}
form{display:grid;gap:1.1rem;margin-top:1.5rem}
label{display:grid;gap:.35rem;font-weight:600}
label small{font-weight:400;color:var(--soft);font-size:.875rem}
input{font:inherit;color:inherit;width:100%;min-height:2.75rem;padding:.5rem .75rem;border:1px solid var(--edge);border-radius:.5rem;background:var(--card)}
button{font:inherit;font-weight:600;min-height:2.75rem;padding:0 1.25rem;border:0;border-radius:.5rem;background:var(--signal);color:var(--signal-ink);cursor:pointer}
button:hover{filter:brightness(1.1)}
.problem{margin-top:1.25rem;padding:.65rem .9rem;border-radius:.5rem;background:var(--bad-wash);color:var(--bad)}
ul{list-style:none;margin:1.5rem 0 0;padding:1.1rem 0 0;border-top:1px solid var(--line);display:grid;gap:.4rem}
a{color:inherit;text-decoration-color:var(--signal);text-decoration-thickness:1.5px;text-underline-offset:.2em}
li a:hover{color:var(--signal)}
li a[href^="/account/Oidc"]{display:grid;place-items:center;min-height:2.75rem;margin-bottom:.4rem;padding:.25rem 1rem;border:1px solid var(--edge);border-radius:.5rem;font-weight:600;text-align:center;text-decoration:none}
`;
