// One key for each closed answer and each action of the desk; /appels/touches turns them off.
import { isFree, press } from "./keys.js";

document.addEventListener("keydown", (event) => {
  const isSent = event.key === "Enter" && event.target === document.body && isFree(event);
  if (isSent) document.querySelector("form[data-script]")?.requestSubmit();
  else press(event);
});
