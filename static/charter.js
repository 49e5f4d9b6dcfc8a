// Keys of a criterion: N and P to move, 1 to 4 to answer; a button turns them off, for good on this device.
import { press } from "./keys.js";

const KEPT = "charter-keys";
const toggle = document.querySelector("[data-keys]");
const reason = document.querySelector("[data-reason]");
let isOn = localStorage.getItem(KEPT) !== "off";

const show = () => {
  for (const key of document.querySelectorAll("kbd")) key.hidden = !isOn;
  if (!toggle) return;
  toggle.hidden = false;
  toggle.textContent = isOn ? toggle.dataset.keys : toggle.dataset.keysOff;
};

const showReason = () => {
  if (!reason) return;
  const isAsked = document.querySelector("input[name=reponse]:checked")?.value === "not_concerned";
  reason.querySelector("textarea").required = isAsked;
  reason.hidden = !isAsked && !reason.querySelector(".wrong");
};

toggle?.addEventListener("click", () => {
  isOn = !isOn;
  localStorage.setItem(KEPT, isOn ? "on" : "off");
  show();
});

document.addEventListener("keydown", (event) => {
  if (isOn) press(event);
});

document.addEventListener("change", showReason);
show();
showReason();
