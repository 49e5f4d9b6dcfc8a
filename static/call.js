// The call in hand: its timer, the question asked every two seconds whether it is still ours, a sign of life every
// half minute. Nobody is told each second: the timer is hidden from screen readers, which read the hour it began.

const ASK_EVERY = 2000;
const ALIVE_EVERY = 30000;
const call = document.querySelector("[data-call]");
const timer = document.querySelector("[data-timer]");

// With a script, a call whose page died goes back to the queue after ninety seconds, not ten minutes.
for (const field of document.querySelectorAll("input[name=battement]")) field.value = "oui";

if (timer) {
  const began = performance.now() - Number(timer.dataset.timer) * 1000;
  const show = () => {
    const seconds = Math.floor((performance.now() - began) / 1000);
    timer.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  };
  show();
  setInterval(show, 1000);
}

if (call) {
  const asking = setInterval(ask, ASK_EVERY);
  const living = setInterval(live, ALIVE_EVERY);
  live();

  async function ask() {
    told(await json(fetch(`${call.dataset.call}/etat`)));
  }

  async function live() {
    const body = new URLSearchParams({ jeton: call.dataset.token, lieu: location.search });
    told(await json(fetch(`${call.dataset.call}/pouls`, { method: "POST", body })));
  }

  // The network may fail: the next question asks again, and nothing on the page is lost.
  async function json(asked) {
    try {
      const answer = await asked;
      return answer.ok ? await answer.json() : null;
    } catch {
      return null;
    }
  }

  function told(state) {
    if (!state || state.is_mine || !call.isConnected) return;
    clearInterval(asking);
    clearInterval(living);
    withdraw(state.words);
  }
}

// Everything but the message goes; what was being typed is shown to be copied.
function withdraw(words) {
  const gone = document.getElementById("parti").content.cloneNode(true);
  const alert = gone.querySelector("[role=alert]");
  const typed = [...document.querySelectorAll(".desk textarea, .desk input[type=text]")]
    .map((each) => each.value.trim())
    .filter((text) => text);
  gone.querySelector("[data-why]").textContent = words;
  if (typed.length) {
    gone.querySelector("[data-typed]").hidden = false;
    gone.querySelector("textarea").value = typed.join("\n\n");
  }
  for (const form of document.querySelectorAll("form[data-autosave]")) form.dispatchEvent(new Event("abandon"));
  for (const aside of document.querySelectorAll(".desk > aside")) aside.replaceChildren();
  call.replaceChildren(gone);
  call.removeAttribute("data-call");
  alert.focus();
}
