// J and K go down and up the links of a list ([data-rows]), the arrows too once one of them has the focus.
// Enter opens, as everywhere. The page loads this only while its reader keeps the keys.
import { isFree } from "./keys.js";

const STEPS = { j: 1, k: -1, ArrowDown: 1, ArrowUp: -1 };

document.addEventListener("keydown", (event) => {
  const step = isFree(event) && STEPS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!step) return;
  const links = [...document.querySelectorAll("[data-rows] :is(h3, th) a")];
  const here = links.indexOf(document.activeElement);
  if (here < 0 && event.key.length > 1) return; // the arrows scroll the page until a line is chosen
  const next = links[here < 0 ? (step > 0 ? 0 : links.length - 1) : here + step];
  if (!next) return;
  event.preventDefault();
  next.focus();
});
