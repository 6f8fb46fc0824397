"use strict";
/* The sign queue follows the keys: the paper beside the list is that of the line in focus, and a round goes on by itself.
   Uses refresh() of desk.js; without this file every link and button works as a page. */
const pane = () => document.getElementById("xem");

/* A press brings focus too: the same paper is asked for once, or the second answer would take a file that was chosen in
   the first one. */
let asked = "";
async function showPaper(link) {
  const url = link.href.split("#")[0];
  if (!pane() || link.getAttribute("aria-current") || asked === url) return true;
  asked = url;
  const shown = await refresh(url, ["xem"]).finally(() => { asked = ""; });
  if (!shown) return false;
  history.replaceState(null, "", url);
  const wanted = new URL(url).searchParams.get("ma");
  document.querySelectorAll("#cho-ky a[data-pane]").forEach((one) => {
    if (new URL(one.href).searchParams.get("ma") === wanted) one.setAttribute("aria-current", "true");
    else one.removeAttribute("aria-current");
  });
  return true;
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-pane]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  clearTimeout(resting);
  link.blur();
  showPaper(link).catch(() => false).then((shown) => { if (!shown) location.assign(link.href); });
});

/* j and k move the focus; the paper follows when the focus rests. */
let resting = 0;
document.addEventListener("focusin", (event) => {
  const link = event.target.closest?.("#cho-ky a[data-pane]");
  clearTimeout(resting);
  if (link) resting = setTimeout(() => showPaper(link).catch(() => {}), 200);
});

document.addEventListener("change", (event) => {
  if (!event.target.matches?.("[data-all]")) return;
  event.target.closest("table").querySelectorAll("tbody input[type=checkbox]").forEach((box) => {
    box.checked = event.target.checked;
  });
  document.dispatchEvent(new Event("change"));
});

/* What was chosen stays chosen while papers are looked at, until it is sent. */
const boxes = () => [...document.querySelectorAll("#cho-ky tbody input[type=checkbox]")];
const CHOSEN = "chosen to sign";
if (boxes().length) {
  const kept = new Set(JSON.parse(sessionStorage.getItem(CHOSEN) || "[]"));
  boxes().forEach((box) => { box.checked = box.checked || kept.has(box.value); });
  document.dispatchEvent(new Event("change"));
  document.addEventListener("change", () => {
    sessionStorage.setItem(CHOSEN, JSON.stringify(boxes().filter((box) => box.checked).map((box) => box.value)));
  });
  document.getElementById("ky")?.addEventListener("submit", () => sessionStorage.removeItem(CHOSEN));
}

/* A round with dossiers that wait goes on by itself. */
const going = document.querySelector("form[data-go]");
if (going) going.requestSubmit();
