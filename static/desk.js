// One key for each closed answer and each action of the desk; /appels/touches turns them off.
import { isFree, press } from "./keys.js";

let isLeaving = false; // a form was sent: a second press of its key must not be taken for the next page's
addEventListener("submit", () => {
  isLeaving = true;
});
addEventListener("pageshow", () => {
  isLeaving = false;
});

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
  if (isLeaving) event.preventDefault();
  else if (event.key === "Escape") leaveText(event.target);
  else if (event.key === "Enter") enter(event);
  else if (press(event)) goOn(document.activeElement);
});

// Enter goes on: it sends the text, the form of the script, or follows the link that goes on.
function enter(event) {
  const field = event.target;
  if (field.matches("textarea[data-enter]") && !event.shiftKey) {
    event.preventDefault();
    field.form.requestSubmit();
  } else if (isFree(event) && !field.matches("a, button, summary")) {
    event.preventDefault();
    const link = document.querySelector("a[data-enter]");
    if (link) link.click();
    else send(document.querySelector("form[data-script]"));
  }
}

function send(form) {
  form?.requestSubmit(form.querySelector("button[type=submit], button:not([type])"));
}

function leaveText(field) {
  if (field.matches("textarea, input:not([type=radio])")) field.blur();
}

// A choice whose key was pressed may lead to the field that comes next.
function goOn(chosen) {
  const next = chosen?.dataset.then;
  const field = next && document.getElementById(next);
  if (!field) return;
  field.focus();
  field.setSelectionRange(field.value.length, field.value.length);
}
