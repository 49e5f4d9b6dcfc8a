// The alphabet of SMS, as surveys/channels/gsm7.py and surveys/messages/counting.py count it: `given` holds the letters,
// what to write instead of others, and the facts of each case. Without it, the server counts.

const SINGLE = { gsm7: [160, 153], ucs2: [70, 67] };
export function count(text, given) {
  const letters = [...text];
  const guilty = [...new Set(letters.filter((letter) => !isKnown(letter, given)))];
  const widths = letters.map((letter) => (guilty.length ? letter.length : given.doubled.includes(letter) ? 2 : 1));
  const units = widths.reduce((sum, width) => sum + width, 0);
  const [alone, joined] = SINGLE[guilty.length ? "ucs2" : "gsm7"];
  const segments = units <= alone ? 1 : packed(widths, joined);
  return { units, segments, guilty, filled: units / (segments > 1 ? joined : alone) };
}

// A letter of two units is never split between two segments.
function packed(widths, room) {
  let segments = 1;
  let used = 0;
  for (const width of widths) {
    if (used + width > room) [segments, used] = [segments + 1, 0];
    used += width;
  }
  return segments;
}

const isKnown = (letter, given) => given.alphabet.includes(letter) || given.doubled.includes(letter);

export function transliterate(text, given) {
  const composed = text.normalize("NFC").replace(/(?<=«)[ \u00a0\u202f]+|[ \u00a0\u202f]+(?=»)/g, "");
  return [...composed].map((letter) => (isKnown(letter, given) ? letter : likeness(letter, given))).join("");
}

function likeness(letter, given) {
  if (letter in given.likeness) return given.likeness[letter];
  const parts = [...letter.normalize("NFKD")];
  const found = parts.map((part) => (isKnown(part, given) ? part : given.likeness[part] ?? "")).join("");
  if (found) return found;
  if (/^\p{Z}/u.test(letter)) return " ";
  return /^[\p{C}\p{M}]/u.test(letter) ? "" : "?";
}

// What the facts of each case make of what is written.
export function texts(text, given) {
  return given.cases.map((facts) => {
    const full = text.replace(/\{(\w+)\}/g, (written, name) => (Object.hasOwn(facts, name) ? facts[name] : written));
    return full.replace(/([?!])\.(?= )/g, "$1");
  });
}

export function longest(texts, given) {
  const weight = (each) => count(each, given);
  return texts.reduce((worst, each) => {
    const [a, b] = [weight(worst), weight(each)];
    return b.segments > a.segments || (b.segments === a.segments && b.units > a.units) ? each : worst;
  });
}
