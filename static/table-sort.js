// Headings with data-sort become buttons that sort their table; without script the order of the page stays.
// data-sort="text" reads the words of a cell, "number" its data-value; a cell without value is always last.

for (const table of document.querySelectorAll("table:has(th[data-sort])")) {
  for (const heading of table.tHead.rows[0].cells) {
    if (heading.dataset.sort) enhance(table, heading);
  }
}

function enhance(table, heading) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "sort";
  button.append(...heading.childNodes);
  button.addEventListener("click", () => sort(table, heading));
  heading.append(button);
}

function sort(table, heading) {
  const direction = heading.ariaSort === "ascending" ? "descending" : "ascending";
  for (const other of heading.parentElement.cells) other.removeAttribute("aria-sort");
  heading.ariaSort = direction;
  const read = heading.dataset.sort === "number" ? numberOf : wordsOf;
  const sign = direction === "ascending" ? 1 : -1;
  const body = table.tBodies[0];
  const keyed = [...body.rows].map((row) => [read(cellUnder(row, heading.cellIndex)), row]);
  keyed.sort(([one], [other]) => (one === null) - (other === null) || sign * compare(one, other));
  body.append(...keyed.map(([, row]) => row));
}

// A hidden figure may span several columns.
function cellUnder(row, column) {
  let place = 0;
  for (const cell of row.cells) {
    place += cell.colSpan;
    if (place > column) return cell;
  }
  return null;
}

function numberOf(cell) {
  const written = cell?.dataset.value;
  return written ? Number(written) : null;
}

function wordsOf(cell) {
  return cell?.dataset.value ?? cell?.innerText.trim() ?? null;
}

function compare(one, other) {
  if (one === null) return 0;
  return typeof one === "number" ? one - other : one.localeCompare(other, document.documentElement.lang, { numeric: true });
}
