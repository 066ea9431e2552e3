/** What a page's first script is: the one that takes the page over, or one that brings it in once the page has been painted. */
import type { PageContext } from "../router.tsx";

/**
 * A page that everybody may read is painted before anything of it is taken over: its scripts are asked for after the first frame, so
 * that they take nothing from styles and letters. A page of an account shows nothing without them and asks at once. Never before the
 * document's end is there: the data is in it.
 */
export function startScripts({ script, later, isRead }: PageContext["assets"]) {
  if (script === "") return [];
  if (!isRead) return [{ type: "module", src: script }];
  return [{ children: `(${bringIn})(${JSON.stringify(script)},${JSON.stringify(later)})` }];
}

/**
 * As text, because it goes into the page: nothing of this file is there. A window that is not looked at has no frames. A model's form
 * that is sent before the page is taken over is sent again afterwards: the click is not lost, and the page is not loaded anew.
 */
const bringIn = `(script,later)=>{
const ready=()=>document.documentElement.dataset.ready!==undefined;
addEventListener("submit",(event)=>{const form=event.target;if(ready()||form.dataset.modelForm===undefined)return;
event.preventDefault();if(form.dataset.sent!==undefined)return;form.dataset.sent="";
const again=()=>ready()?form.requestSubmit():setTimeout(again,50);again()});
const load=()=>{for(const href of later)document.head.append(Object.assign(document.createElement("link"),{rel:"modulepreload",href}));import(script)};
const wait=()=>document.hidden?load():requestAnimationFrame(()=>setTimeout(load));
document.readyState==="loading"?addEventListener("DOMContentLoaded",wait):wait()}`;
