// form[data-autosave] posts itself in the background after each change, its token included. An address in the
// attribute keeps a draft there, under the name in data-draft, while the form itself waits for its button.
// [data-autosave-status] says what happened: data-saving, data-saved (« {time} » inside), data-failed, and
// data-newer when somebody else wrote meanwhile: the button leads to the two answers.
// The button of the form stays: without script, or when the network fails, nothing is lost.

const TYPING_PAUSE = 1000;

for (const form of document.querySelectorAll("form[data-autosave]")) watch(form);

function watch(form) {
  const status = form.querySelector("[data-autosave-status]");
  let isDirty = false;
  let isSending = false;
  let timer = 0;

  const say = (words) => {
    status.textContent = words;
  };

  async function save() {
    clearTimeout(timer);
    const isComplete = form.dataset.autosave || form.checkValidity();
    if (isSending || !isDirty || !isComplete) return; // what is not complete waits
    isDirty = false;
    isSending = true;
    say(status.dataset.saving);
    const outcome = await post(form);
    isSending = false;
    if (outcome !== "saved") isDirty = true;
    else if (isDirty) return save(); // changed meanwhile
    say(status.dataset[outcome].replace("{time}", timeNow()));
  }

  form.addEventListener("input", (event) => {
    isDirty = true;
    clearTimeout(timer);
    timer = setTimeout(save, event.target.matches("textarea, input:not([type=radio], [type=checkbox])") ? TYPING_PAUSE : 0);
  });
  form.addEventListener("change", () => {
    if (isDirty) save();
  });
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    isDirty = false;
  });
  addEventListener("online", save);
  addEventListener("pagehide", () => {
    if (isDirty) post(form, { keepalive: true });
  });
  form.addEventListener("abandon", () => {
    isDirty = false;
    isSending = true; // nothing of it is sent any more
  });
  addEventListener("beforeunload", (event) => {
    if (isDirty && !form.dataset.autosave) event.preventDefault(); // a draft goes with the page
  });
}

// Saved when the server says so on the same site without sending to the sign-in page; newer when it refuses (409)
// what somebody else has written over.
async function post(form, options = {}) {
  try {
    const fields = new FormData(form);
    if (form.dataset.draft) fields.set("brouillon", form.dataset.draft);
    const body = form.enctype === "multipart/form-data" ? fields : new URLSearchParams(fields);
    const answer = await fetch(form.dataset.autosave || form.action, { method: "POST", body, headers: { Prefer: "return=minimal" }, ...options });
    if (answer.status === 409 && "newer" in form.querySelector("[data-autosave-status]").dataset) return "newer";
    return answer.ok && new URL(answer.url).pathname !== "/connexion" ? "saved" : "failed";
  } catch {
    return "failed";
  }
}

function timeNow() {
  const [hours, minutes] = [new Date().getHours(), String(new Date().getMinutes()).padStart(2, "0")];
  return document.documentElement.lang === "fr" ? `${hours}\u00a0h\u00a0${minutes}` : `${hours}:${minutes}`;
}
