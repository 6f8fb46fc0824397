"use strict";
/* Counter intake: the page follows while the clerk types, the draft is kept, and nothing typed is lost. It stands on
   desk.js (policy). Without this file the same buttons post the form. */
(() => {
  const form = document.querySelector("form[data-intake]");
  if (!form) { sessionStorage.removeItem("intake"); if (document.querySelector("[data-print]")) window.print(); return; }
  document.body.dataset.scripts = "on";
  const AT = "/quay/tiep-nhan";
  const FREE = new Set(["csrf", "key", "version", "draft"]);
  let dirty = false, timer = 0, sending = false;

  const typed = () => [...new FormData(form)].filter(([, value]) => typeof value === "string");
  const said = () => JSON.stringify(typed().filter(([name]) => !FREE.has(name)));
  const lost = (yes) => { document.getElementById("lost").hidden = !yes; };

  function remember() {
    const values = Object.fromEntries(typed().filter(([name]) => name !== "csrf" && name !== "key"));
    sessionStorage.setItem("intake", JSON.stringify(values));
  }

  /* Makes the old part like the new one, but leaves the field that is being typed in, its selection, and open details. */
  function morph(old, fresh) {
    if (old.nodeType !== fresh.nodeType || old.nodeName !== fresh.nodeName || (old.id || "") !== (fresh.id || "")) {
      old.replaceWith(document.importNode(fresh, true));
      return;
    }
    if (old.nodeType !== Node.ELEMENT_NODE) { if (old.data !== fresh.data) old.data = fresh.data; return; }
    const keeps = (name) => name === "open" || (name === "autofocus") || (name === "value" && old.matches("input, select, textarea"));
    for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name) && !keeps(name)) old.removeAttribute(name);
    for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value && !keeps(name)) old.setAttribute(name, value);
    if (old.matches("input[type=file]")) return;
    if (old.matches("input[type=checkbox], input[type=radio]")) { old.checked = fresh.hasAttribute("checked"); return; }
    const mine = old === document.activeElement && !old.dataset.scanned;
    if (old.matches("input, textarea")) { if (!mine) old.value = fresh.matches("textarea") ? fresh.textContent : fresh.getAttribute("value") || ""; return; }
    children(old, fresh);
    if (old.matches("select")) { const chosen = fresh.querySelector("option[selected]") || fresh.querySelector("option"); if (chosen && !mine) old.value = chosen.getAttribute("value"); }
  }

  const mark = (node) => node.nodeType === Node.ELEMENT_NODE && (node.id || node.dataset?.at || node.querySelector?.("[id]")?.id || "");

  function children(old, fresh) {
    const wanted = [...fresh.childNodes];
    let at = old.firstChild;
    for (const one of wanted) {
      const sign = mark(one);
      if (sign) {
        let same = at;
        while (same && mark(same) !== sign) same = same.nextSibling;
        if (same && same !== at && !same.contains(document.activeElement)) old.insertBefore(same, at);
        else if (same) while (at !== same) { const next = at.nextSibling; at.remove(); at = next; }
        if (!same) { old.insertBefore(document.importNode(one, true), at); continue; }
        const next = same === at ? at.nextSibling : at;
        morph(same, one);
        at = next;
      } else if (at && !mark(at)) {
        const next = at.nextSibling;
        morph(at, one);
        at = next;
      } else old.insertBefore(document.importNode(one, true), at);
    }
    while (at) { const next = at.nextSibling; at.remove(); at = next; }
  }

  /* Asks the server what becomes of the form now. "nhap" keeps the draft as well. */
  let turn = Promise.resolve();
  function ask(where, more = [], files = null) {
    turn = turn.then(() => askNow(where, more, files), () => askNow(where, more, files));
    return turn;
  }

  /* One question at a time, so that no older answer comes after a newer one. Tells whether its answer is shown. */
  async function askNow(where, more, files) {
    const before = said();
    const body = files || new URLSearchParams([...typed(), ...more]);
    let answer;
    try {
      answer = await fetch(`${AT}/${where}`, { method: "POST", body, credentials: "same-origin", headers: { "X-Part": "intake" } });
    } catch { lost(true); remember(); return false; }
    if (answer.status === 401 || answer.status === 403) { lost(true); remember(); return false; }
    if (where !== "xem" && answer.ok) { dirty = said() !== before; lost(false); if (!dirty) sessionStorage.removeItem("intake"); }
    const html = await answer.text();
    if (said() !== before || answer.redirected) return false;
    show(new DOMParser().parseFromString(policy.createHTML(html), "text/html"));
    return true;
  }

  function show(page) {
    const fresh = page.getElementById("intake");
    if (!fresh) return;
    for (const id of ["head-now", "kept", "parts"]) {
      const [old, now] = [document.getElementById(id), fresh.querySelector(`#${id}`)];
      if (old && now) morph(old, now);
    }
    const [errors, now] = [document.getElementById("errors"), page.getElementById("errors")];
    if (now && errors) errors.replaceWith(document.importNode(now, true));
    else if (now) form.before(document.importNode(now, true));
    else errors?.remove();
    highlight(0);
  }

  const soon = (delay = 350) => { clearTimeout(timer); timer = setTimeout(() => ask("xem"), delay); };

  form.addEventListener("input", (event) => {
    if (event.isComposing) return;
    dirty = true;
    remember();
    if (event.target.type !== "file") soon();
  });
  form.addEventListener("compositionend", () => soon());
  form.addEventListener("change", (event) => {
    if (event.target.matches("[data-upload]")) upload(event.target);
    else if (event.target.matches("[data-look-now]")) soon(20);
  });
  setInterval(() => { if (dirty && !sending && form.elements.namedItem("procedure").value) ask("nhap"); }, 4000);
  window.addEventListener("online", () => { if (dirty) ask("nhap"); });

  async function upload(field) {
    if (!field.files.length) return;
    const body = new FormData();
    for (const [name, value] of typed()) body.append(name, value);
    for (const file of field.files) body.append(field.name, file);
    await ask("nhap", [], body);
    field.value = "";
    soon(20);
  }

  /* The procedure: arrows move in the suggestions, Enter takes one and goes on to the next field. */
  const lines = () => [...document.querySelectorAll("#goi-y [data-pick]")];
  let at = 0;
  function highlight(next) {
    const all = lines();
    at = Math.max(0, Math.min(all.length - 1, next));
    all.forEach((line, number) => line.closest("li").toggleAttribute("data-at", number === at));
    const field = document.getElementById("procedure");
    if (all[at]) field.setAttribute("aria-activedescendant", all[at].closest("li").id);
    else field.removeAttribute("aria-activedescendant");
  }

  async function pick(code) {
    document.getElementById("procedure").value = code;
    document.getElementById("procedure").blur();
    dirty = true;
    await ask("nhap");
    (document.getElementById("card") || document.getElementById("procedure")).focus();
  }

  const fields = () => [...form.querySelectorAll("input:not([type=hidden]):not([type=file]), select, textarea")].filter((one) => one.offsetParent);
  const after = (field) => fields()[fields().indexOf(field) + 1];

  form.addEventListener("keydown", async (event) => {
    if (event.isComposing || event.keyCode === 229) return;
    const field = event.target;
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s") { event.preventDefault(); dirty = true; ask("nhap"); return; }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (field.matches("[data-procedure]")) {
      if (event.key === "ArrowDown" || event.key === "ArrowUp") { event.preventDefault(); highlight(at + (event.key === "ArrowDown" ? 1 : -1)); return; }
      if (event.key === "Enter") {
        event.preventDefault();
        clearTimeout(timer);
        await ask("xem");
        if (lines()[at]) pick(lines()[at].dataset.pick);
        else document.getElementById("card")?.focus();
        return;
      }
    }
    if (event.key !== "Enter" || !field.matches("input, select")) return;
    event.preventDefault();
    clearTimeout(timer);
    if (field.value.split("|").length > 2) {
      field.dataset.scanned = "on";
      await ask("nhap");
      delete field.dataset.scanned;
      document.getElementById("applicant.phone")?.focus();
    } else {
      after(field)?.focus();
      soon(20);
    }
  });

  /* Asks with a button's value until the answer fits what is typed by then. */
  async function insist(button) {
    clearTimeout(timer);
    for (let times = 0; times < 5; times += 1) if (await ask("nhap", [[button.name, button.value]])) return;
  }

  form.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.dataset.pick) { event.preventDefault(); pick(button.dataset.pick); }
    else if ("lookButton" in button.dataset) { event.preventDefault(); dirty = true; insist(button); }
    else if ("save" in button.dataset) { event.preventDefault(); dirty = true; ask("nhap"); }
  });
  form.addEventListener("submit", () => { sending = true; clearTimeout(timer); remember(); });

  /* What this browser kept and the server did not. */
  const now = Object.fromEntries(typed());
  const same = (kept) => Object.entries(kept).every(([name, value]) => name === "draft" || (now[name] || "") === value);
  let kept = JSON.parse(sessionStorage.getItem("intake") || "null");
  if (kept && same(kept)) { kept = null; sessionStorage.removeItem("intake"); }
  const notice = document.getElementById("unsaved");
  if (kept && !document.getElementById("errors")) {
    notice.hidden = false;
    notice.querySelector("[data-forget]").addEventListener("click", () => { sessionStorage.removeItem("intake"); notice.hidden = true; });
    notice.querySelector("[data-restore]").addEventListener("click", async () => {
      const draft = form.elements.namedItem("draft");
      if (kept.draft) draft.value = kept.draft;
      delete kept.draft;
      notice.hidden = true;
      const own = [["csrf", form.elements.namedItem("csrf").value], ["draft", draft.value]];
      const body = new URLSearchParams([...own, ...Object.entries(kept)]);
      const answer = await fetch(`${AT}/nhap`, { method: "POST", body, credentials: "same-origin", headers: { "X-Part": "intake" } }).catch(() => null);
      if (!answer?.ok) { lost(true); return; }
      sessionStorage.removeItem("intake");
      location.assign(`${AT}?nhap=${encodeURIComponent(draft.value)}`);
    });
  }
  highlight(0);
})();
