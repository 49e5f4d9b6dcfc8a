// One key for each control that names it in data-key; without this module, every control is still clicked.
const isTyping = (element) => element.matches("textarea, select, input:not([type=radio], [type=checkbox])");

export const isFree = (event) =>
  !(event.ctrlKey || event.altKey || event.metaKey || event.isComposing || isTyping(event.target));

export const press = (event) => {
  const target = isFree(event) && document.querySelector(`[data-key="${CSS.escape(event.key.toUpperCase())}"]`);
  if (!target) return false;
  event.preventDefault();
  target.focus();
  target.click();
  return true;
};
