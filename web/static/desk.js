"use strict";
/* The desk works without this file; it saves clicks: keys, counts and lists that follow, drafts. No markup is made from
   strings but in swap(), from pages of this origin, under the one Trusted Types policy that the CSP allows. */
const policy = window.trustedTypes
  ? window.trustedTypes.createPolicy("desk", { createHTML: (html) => html })
  : { createHTML: (html) => html };

/* Replaces the elements with these ids by those of a fetched page of this site. */
function swap(html, ids) {
  const fresh = new DOMParser().parseFromString(policy.createHTML(html), "text/html");
  for (const id of ids) {
    const [before, after] = [document.getElementById(id), fresh.getElementById(id)];
    const focused = before?.contains(document.activeElement) ? document.activeElement : null;
    const back = focused?.id && !focused.matches("input, select, textarea") ? focused.id : "";
    if (before && after && (!focused || back)) {
      const marked = new Set([...before.querySelectorAll("input[name=chon]:checked")].map((one) => one.value.split("@")[0]));
      before.replaceWith(document.adoptNode(after));
      for (const box of after.querySelectorAll("input[name=chon]")) box.checked = marked.has(box.value.split("@")[0]);
      if (back) document.getElementById(back)?.focus({ preventScroll: true });
      document.dispatchEvent(new CustomEvent("swapped", { detail: id }));
    }
  }
}

/* When the session is over the page leads to signing in, since what it shows is not for whoever comes next; it stays while
   something that was typed waits to be sent. */
const signedIn = () => document.querySelector("form[action='/dang-xuat']");
function over(answer) {
  if (!signedIn()) return;
  if (answer.status !== 401 && !(answer.redirected && new URL(answer.url).pathname === "/dang-nhap")) return;
  const fields = document.querySelectorAll("form[method=post] textarea, form[method=post] input:not([type=hidden])");
  if ([...fields].some((one) => one.value !== one.defaultValue)) return;
  location.assign(`/dang-nhap?tiep=${encodeURIComponent(location.pathname + location.search)}`);
}

async function refresh(url, ids, options = {}) {
  const answer = await fetch(url, { credentials: "same-origin", headers: { "X-Part": ids.join(" ") }, ...options });
  over(answer);
  if (answer.ok && !answer.redirected) swap(await answer.text(), ids);
  return answer.ok;
}

/* A form with data-live="#a #b" is asked anew 300 ms after typing, and these parts follow. */
let typing = 0;
function follow(event) {
  const form = event.target.closest("form[data-live]");
  if (!form || event.isComposing) return;
  clearTimeout(typing);
  typing = setTimeout(() => {
    const ids = form.dataset.live.split(" ").map((one) => one.replace("#", ""));
    const fields = new URLSearchParams([...new FormData(form)].filter(([, value]) => typeof value === "string"));
    if (form.method === "get") {
      for (const [name, value] of [...fields]) if (!value) fields.delete(name);
      const url = `${form.action.split("?")[0]}?${fields}`;
      refresh(url, ids).then((fine) => { if (fine) history.replaceState(null, "", url); }).catch(() => {});
    } else refresh(form.dataset.liveAt || form.action, ids, { method: "POST", body: fields }).catch(() => {});
  }, 300);
}
document.addEventListener("input", follow);
document.addEventListener("compositionend", follow);
document.addEventListener("reset", (event) => {
  setTimeout(() => { count(); event.target.dispatchEvent(new Event("input", { bubbles: true })); });
});

/* An element with an id and data-poll="15" follows the server every so many seconds, while the page is seen. */
setInterval(() => {
  if (document.hidden) return;
  const due = [...document.querySelectorAll("[data-poll][id]")].filter((one) => {
    const last = Number(one.dataset.polled || performance.timeOrigin);
    return Date.now() - last >= Number(one.dataset.poll) * 1000;
  });
  if (!due.length) return;
  for (const one of due) one.dataset.polled = String(Date.now());
  refresh(location.href, due.map((one) => one.id), { headers: { "X-Part": due.map((one) => one.id).join(" "), "X-Poll": "1" } })
    .then(() => due.forEach((one) => { const now = document.getElementById(one.id); if (now) now.dataset.polled = String(Date.now()); }))
    .catch(() => {});
}, 1000);

/* A page that asks for nothing by itself asks once a minute whether the session is still there. */
if (signedIn() && !document.querySelector("[data-poll], [data-presence]")) {
  setInterval(() => {
    if (!document.hidden) fetch("/quay/phim-tat", { credentials: "same-origin", headers: { "X-Poll": "1" } }).then(over).catch(() => {});
  }, 60000);
}

/* Keys: dead in fields, while a word is composed (Telex, VNI), with a modifier, and when switched off. */
const keysOn = () => !document.body.hasAttribute("data-no-keys");
const rows = () => [...document.querySelectorAll("[data-list] [data-open]")];
let at = -1;

function moveTo(next) {
  const all = rows();
  if (!all.length) return;
  at = Math.max(0, Math.min(all.length - 1, next));
  all.forEach((row, number) => row.classList.toggle("is-at", number === at));
  const link = all[at].querySelector('a[href]:not([tabindex="-1"])') || all[at];
  link.focus({ preventScroll: false });
}

const KEYS = {
  j: () => moveTo(at + 1),
  k: () => moveTo(at - 1),
  Enter: () => { const row = rows()[Math.max(at, 0)]; if (row) location.assign(row.dataset.open); },
  x: () => { const box = rows()[at]?.querySelector("input[type=checkbox]"); if (box) box.click(); },
  Escape: () => {
    document.querySelectorAll("[data-list] input[type=checkbox]:checked").forEach((box) => box.click());
    document.activeElement?.blur();
  },
};

let went = "";
document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.keyCode === 229 || document.querySelector("dialog[open]")) return;
  const field = event.target.closest?.("input:not([type=checkbox]):not([type=radio]):not([type=button]):not([type=submit]), textarea, select, [contenteditable]");
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    const form = event.target.closest?.("form") || document.querySelector("form[data-main]");
    const button = form?.querySelector("[data-submit]") || form?.querySelector(".btn-primary[type=submit]");
    if (form) { event.preventDefault(); form.requestSubmit(button || undefined); }
    return;
  }
  if (field || event.ctrlKey || event.metaKey || event.altKey || !keysOn()) return;
  const named = [...document.querySelectorAll("[data-key]")].find((one) => one.dataset.key === (went + event.key));
  if (named) {
    event.preventDefault();
    went = "";
    if (named.matches("input, select, textarea")) named.focus();
    else named.click();
    return;
  }
  went = event.key === "g" ? "g " : "";
  if (event.key === "Enter" && event.target.closest?.("a, button, summary")) return;
  if (KEYS[event.key] && rows().length) { event.preventDefault(); KEYS[event.key](); }
});

/* The number of chosen lines, beside the actions for them. */
function count() {
  const chosen = document.querySelectorAll("[data-list] input[type=checkbox]:checked").length;
  document.querySelectorAll("[data-chosen]").forEach((one) => { one.textContent = String(chosen); });
  document.querySelectorAll("[data-when-chosen]").forEach((one) => { one.hidden = !chosen; });
}
document.addEventListener("change", count);
document.addEventListener("swapped", () => {
  count();
  rows()[at]?.classList.add("is-at");
});

/* The list of keys opens over the page; without this file it is a page of its own. */
document.addEventListener("click", async (event) => {
  const link = event.target.closest?.("a[data-help]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const answer = await fetch(link.href, { credentials: "same-origin" });
  const page = new DOMParser().parseFromString(policy.createHTML(await answer.text()), "text/html");
  const part = page.getElementById("phim-tat");
  if (!part) { location.assign(link.href); return; }
  const dialog = document.createElement("dialog");
  const close = document.createElement("button");
  dialog.className = "dialog";
  dialog.setAttribute("aria-label", link.textContent);
  close.className = "btn btn-s";
  close.autofocus = true;
  close.textContent = document.documentElement.lang === "en" ? "Close" : "Đóng";
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => { dialog.remove(); link.focus(); });
  dialog.append(document.adoptNode(part), close);
  document.body.append(dialog);
  dialog.showModal();
});

/* A form is sent once: a second click does nothing while the first is on its way. One that sends a file leaves the page
   as it is, so the form is soon good again; its key keeps an act from being done twice. */
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent) { event.preventDefault(); return; }
  if (form.getAttribute("method") !== "post") return;
  form.dataset.sent = "1";
  setTimeout(() => { delete form.dataset.sent; }, 3000);
});
window.addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-sent]").forEach((form) => { delete form.dataset.sent; });
});

/* A form with data-draft="name" keeps what is typed in this tab, until another page or a word of success has answered:
   when the connection breaks it is there again. */
function drafts() {
  for (const mark of Object.keys(sessionStorage).filter((one) => one.startsWith("sent:"))) {
    const name = mark.slice("sent:".length);
    if (document.getElementById("said") || !document.querySelector(`form[data-draft="${CSS.escape(name)}"]`)) {
      sessionStorage.removeItem(`draft:${name}`);
    }
    sessionStorage.removeItem(mark);
  }
  document.querySelectorAll("form[data-draft]").forEach((form) => {
    const place = `draft:${form.dataset.draft}`;
    if (!document.querySelector("#errors")) {
      const kept = JSON.parse(sessionStorage.getItem(place) || "{}");
      for (const [name, value] of Object.entries(kept)) {
        const field = form.elements.namedItem(name);
        if (field && "value" in field && !field.value && field.type !== "hidden") field.value = value;
      }
    }
    form.addEventListener("input", () => {
      const hidden = new Set(["csrf", "key", "version"]);
      const typed = [...new FormData(form)].filter(([name, value]) => typeof value === "string" && !hidden.has(name));
      sessionStorage.setItem(place, JSON.stringify(Object.fromEntries(typed)));
    });
    form.addEventListener("submit", () => sessionStorage.setItem(`sent:${form.dataset.draft}`, "1"));
  });
}

/* A page that did not count the queues asks for their numbers once, after it is shown. */
async function numbers() {
  if (!document.querySelector("#hang-doi:not([data-poll])")) return;
  const answer = await fetch("/quay/hang-doi", { credentials: "same-origin", headers: { "X-Poll": "1" } });
  if (!answer.ok || answer.redirected) return;
  const fresh = new DOMParser().parseFromString(policy.createHTML(await answer.text()), "text/html");
  for (const one of fresh.querySelectorAll("#hang-doi a")) {
    const [link, number] = [document.querySelector(`#hang-doi a[href="${one.getAttribute("href")}"]`), one.querySelector(".count")];
    if (link && number && !link.querySelector(".count")) link.append(document.adoptNode(number));
  }
}
numbers().catch(() => {});

document.getElementById("errors")?.focus();
if (!document.getElementById("errors")) document.getElementById("said")?.focus();
drafts();
count();

/* The dossier's page says that it is open, and whether somebody types; who else has it open follows. */
const open_ = document.querySelector("[data-presence]");
let typedAt = 0;
document.addEventListener("input", (event) => { if (event.target.closest("form")) typedAt = Date.now(); });

function token() { return document.querySelector("input[name=csrf]")?.value || ""; }

async function here() {
  if (!open_ || document.hidden) return;
  const typing = Date.now() - typedAt < 20000 ? "1" : "0";
  const version = document.querySelector("input[name=version]")?.value || open_.dataset.version;
  const body = new URLSearchParams({ csrf: token(), typing, version });
  const headers = typing === "1" ? {} : { "X-Poll": "1" };  // a page that only lies open does not keep the session open
  const answer = await fetch(open_.dataset.presence, { method: "POST", credentials: "same-origin", headers, body });
  over(answer);
  if (answer.ok && !answer.redirected) swap(await answer.text(), ["presence"]);
}

/* A dossier that its holder opens cannot be recalled any more; the forms of the page go on from the new version. */
async function opening() {
  if (!open_?.dataset.opening) return;
  const body = new URLSearchParams({ csrf: token() });
  const options = { method: "POST", credentials: "same-origin", body, signal: AbortSignal.timeout(4000) };
  const answer = await fetch(open_.dataset.opening, options);
  const version = answer.ok && answer.headers.get("X-Version");
  if (version) document.querySelectorAll("input[name=version]").forEach((one) => { one.value = version; });
}
/* A form that is sent before the new version is known waits for it: the person's own opening is no conflict. */
let opened = open_ && opening().catch(() => {}).finally(() => { opened = null; });
document.addEventListener("submit", (event) => {
  if (!opened) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const { target: form, submitter } = event;
  opened.finally(() => form.requestSubmit(submitter));
}, true);
if (open_) {
  opened.then(here).catch(() => {});
  setInterval(() => here().catch(() => {}), 15000);
}
