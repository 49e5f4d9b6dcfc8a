// [data-sms="field"] counts what an SMS costs while its field is written, at the longest names: data-given holds the
// alphabet, the facts and the words. The letters that make it cost more are named, and one button replaces them.
// [data-sms-shown="field"] shows the message, [data-accept] the box that accepts more than one SMS.
// Without it, the button « Vérifier » of the form counts.
import { count, longest, texts, transliterate } from "./gsm7.js";

const WIDTH = 160;

function watch(box) {
  const given = JSON.parse(box.dataset.given);
  const field = document.getElementById(box.dataset.sms);
  const shown = document.querySelector(`[data-sms-shown="${CSS.escape(box.dataset.sms)}"]`);
  const accept = field.form.querySelector("[data-accept]");
  const part = (name) => box.querySelector(`[data-${name}]`);

  function tell() {
    const written = field.value.normalize("NFC").trim();
    const all = texts(whole(written, given), given);
    const text = longest(all, given);
    const found = count(text, given);
    const bare = count(transliterate(text, given), given);
    const isRaised = found.segments > bare.segments;
    say(part("letters"), letters(found.units, given));
    say(part("cost"), fill(given.words.cost, { num: found.segments }));
    part("gauge").setAttribute("width", Math.min(3 * WIDTH, Math.round(found.filled * WIDTH)));
    part("gauge").setAttribute("class", found.segments > 1 ? "f-signal" : "f-brand");
    if (isRaised) ask(found, bare);
    part("alarm").hidden = !isRaised;
    if (shown) shown.replaceChildren(...pieces(all[0], isRaised ? found.guilty : []));
    if (accept) allow(found.segments);
    if (given.within) replace(count(written || given.otherwise, given).guilty);
  }

  function replace(guilty) {
    part("replaced").hidden = !guilty.length;
    say(part("replaced"), fill(given.words.replaced, { letters: guilty.map(named).join(" ") }));
  }

  function named(letter) {
    return given.spaces.includes(letter) ? given.words.space : letter;
  }

  function ask(found, bare) {
    const { words } = given;
    const [first, ...others] = found.guilty;
    const kind = others.length ? "many" : /\p{L}/u.test(first) ? "letter" : "sign";
    const names = found.guilty.map(named).join(" ");
    const instead = transliterate(first, given);
    const isNamed = kind !== "many" && !given.spaces.includes(first) && instead.trim();
    say(part("question"), fill(words[kind], { letters: names, num: found.segments }));
    say(part("without"), fill(words.without, { letters: letters(bare.units, given), num: bare.segments }));
    const repair = kind === "many" ? words.repair_many : words.repair_sign;
    say(part("repair"), isNamed ? fill(words.repair, { letter: first, instead }) : repair);
  }

  function allow(segments) {
    const isAsked = segments > 1;
    const tick = accept.querySelector("input");
    if (Number(tick.value) < segments || !isAsked) tick.checked = false; // two accepted are not three
    tick.value = segments;
    accept.hidden = !isAsked;
    say(accept.querySelector("label span"), fill(given.words.accept, { num: segments }));
  }

  part("repair").addEventListener("click", (event) => {
    event.preventDefault();
    field.value = transliterate(field.value, given);
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
  });
  field.addEventListener("input", tell);
  tell();
}

// A question leaves inside a message, in the alphabet of SMS.
function whole(text, given) {
  if (!given.within) return text;
  return given.within.replace("{question}", () => transliterate(text || given.otherwise, given));
}

const fill = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (written, name) => values[name] ?? written);
const letters = (num, given) => fill(given.words.counted[num > 1 ? 1 : 0], { num });

// What did not change is not said again by a screen reader.
function say(element, words) {
  if (element.textContent !== words) element.textContent = words;
}

function pieces(text, guilty) {
  return [...text].map((letter) => {
    if (!guilty.includes(letter)) return document.createTextNode(letter);
    const mark = document.createElement("mark");
    mark.textContent = letter;
    return mark;
  });
}

for (const box of document.querySelectorAll("[data-sms]")) watch(box);
