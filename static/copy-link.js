// « Lien permanent »: a link to the page as it is; with script it is copied, and the page says so.

for (const link of document.querySelectorAll("a[data-copy]")) {
  const status = document.getElementById(link.dataset.copy);
  link.addEventListener("click", async (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    status.textContent = "";
    status.textContent = await copied(link.href) ? status.dataset.done : `${status.dataset.failed} ${link.href}`;
  });
}

async function copied(address) {
  try {
    await navigator.clipboard.writeText(address);
    return true;
  } catch {
    return false; // no clipboard outside https, or refused: the address is written instead
  }
}
