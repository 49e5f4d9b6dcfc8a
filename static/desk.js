// One key for each closed answer and each action of the desk; /appels/touches turns them off.
const isTyping = (element) => element.matches("textarea, select, input:not([type=radio])");

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || isTyping(event.target)) return;
  if (event.key === "Enter" && event.target === document.body) {
    document.querySelector("form[data-script]")?.requestSubmit();
    return;
  }
  const target = document.querySelector(`[data-key="${CSS.escape(event.key.toUpperCase())}"]`);
  if (!target) return;
  event.preventDefault();
  target.focus();
  if (target.matches("input")) target.checked = true;
  else target.click();
});
