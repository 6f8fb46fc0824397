"use strict";
/* The button that opens the browser's print dialogue; without this file the menu of the browser does. */
const button = document.querySelector("[data-print]");
if (button) {
  button.hidden = false;
  button.addEventListener("click", () => print());
  document.addEventListener("keydown", (event) => {
    if (event.key === "p" && !event.ctrlKey && !event.metaKey && !event.altKey && !event.isComposing) print();
  });
}
