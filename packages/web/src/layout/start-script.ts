/** What a page's first script is: the one that takes the page over, or one that brings it in once the page has been painted. */
import type { PageContext } from "../router.tsx";

/**
 * A page that everybody may read is painted before anything of it is taken over: its scripts are asked for once something of it is
 * seen (a second later at most), so that they take nothing from styles and letters. A page of an account shows nothing without them and asks at once. Never before the
 * document's end is there: the data is in it.
 */
export function startScripts({ script, later, isRead }: PageContext["assets"]) {
  if (script === "") return [];
  if (!isRead) return [{ type: "module", src: script }];
  return [{ children: `(${bringIn})(${JSON.stringify(script)},${JSON.stringify(later)})` }];
}

/**
 * As text, because it goes into the page: nothing of this file is there. A window that is not looked at is not painted. A model's form
 * that is sent before it is taken over (then it says `live`) is sent again afterwards: the click is not lost, and the page is not loaded anew.
 */
const bringIn = `(script,later)=>{
addEventListener("submit",(event)=>{const form=event.target;const waits=()=>form.dataset.modelForm==="";if(!waits())return;
event.preventDefault();if(form.dataset.sent!==undefined)return;form.dataset.sent="";
const again=()=>waits()?setTimeout(again,50):form.requestSubmit();again()});
let begun=false;
const load=()=>{if(begun)return;begun=true;for(const href of later)document.head.append(Object.assign(document.createElement("link"),{rel:"modulepreload",href}));import(script)};
const wait=()=>{if(document.hidden)return load();setTimeout(load,1000);
new PerformanceObserver((list)=>{if(list.getEntriesByName("first-contentful-paint").length>0)load()}).observe({type:"paint",buffered:true})};
document.readyState==="loading"?addEventListener("DOMContentLoaded",wait):wait()}`;
