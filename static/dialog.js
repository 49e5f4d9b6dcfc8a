// A link to a <dialog> opens it above the page; without script the browser jumps to it, shown by :target.

for (const link of document.querySelectorAll("a[data-dialog]")) {
  const dialog = document.getElementById(link.hash.slice(1));
  link.setAttribute("aria-haspopup", "dialog");
  link.addEventListener("click", (event) => {
    event.preventDefault();
    dialog.showModal();
  });
  for (const closer of dialog.querySelectorAll("a[data-close]")) {
    closer.addEventListener("click", (event) => {
      event.preventDefault();
      dialog.close();
    });
  }
}
