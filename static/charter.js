// Keys of a criterion: N and P to move, digits to answer; a button turns them off, for good on this device.
// Of several scales a digit answers the one that holds the focus, else the first that waits; then the next waits.
import { isFree, press } from "./keys.js";

const KEPT = "charter-keys";
const toggle = document.querySelector("[data-keys]");
const reasons = [...document.querySelectorAll("[data-reason]")];
const scales = [...document.querySelectorAll("fieldset.scale:has([data-key])")];
const LEAVES = ["not_concerned", "nc"];
let isOn = localStorage.getItem(KEPT) !== "off";

const show = () => {
  for (const key of document.querySelectorAll("kbd")) key.hidden = !isOn;
  if (!toggle) return;
  toggle.hidden = false;
  toggle.textContent = isOn ? toggle.dataset.keys : toggle.dataset.keysOff;
};

const showReason = () => {
  for (const reason of reasons) {
    const chosen = document.querySelector(`input[name="${reason.dataset.reason}"]:checked`);
    const isAsked = LEAVES.includes(chosen?.value);
    reason.querySelector("textarea").required = isAsked;
    reason.hidden = !isAsked && !reason.querySelector(".wrong");
  }
};

const waiting = () => scales.find((scale) => !scale.querySelector("input:checked"));

function grade(event) {
  const scale = event.target.closest?.("fieldset.scale") ?? waiting() ?? scales[0];
  const choice = isFree(event) && scale?.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (!choice) return false;
  event.preventDefault();
  choice.focus();
  choice.click();
  if (!LEAVES.includes(choice.value)) waiting()?.querySelector("input").focus();
  return true;
}

toggle?.addEventListener("click", () => {
  isOn = !isOn;
  localStorage.setItem(KEPT, isOn ? "on" : "off");
  show();
});

document.addEventListener("keydown", (event) => {
  if (isOn && !(scales.length > 1 && grade(event))) press(event);
});

document.addEventListener("change", showReason);
show();
showReason();
