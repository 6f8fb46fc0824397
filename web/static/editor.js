"use strict";
/* The page where procedures are written works without this file. It lays CodeMirror over the text area, in a shadow root,
   where its style sheets are adopted and no inline style is needed. Findings come from the server's linter, completion
   and hover from the JSON Schema of the workflow format. `policy`, `swap` and `over` are those of desk.js. */
(() => {
  const area = document.querySelector("textarea[data-editor]");
  const cm = window.CodeMirror;
  if (!area || !cm) return;
  const form = area.form;
  const host = document.createElement("div");
  let findings = JSON.parse(document.getElementById("ket-qua").dataset.findings);
  let schema = null;
  let sent = false;

  /* ---- the place in the file: the keys that lead to it, and whether a key or a value is being written there ---- */
  function placeAt(text) {
    const block = [];
    const flow = [];
    let mode = "key";
    let prefix = "";
    for (const line of text.split("\n")) {
      let rest = line;
      if (!flow.length) {
        let indent = line.length - line.trimStart().length;
        let content = line.trimStart();
        if (content.startsWith("#")) { mode = "none"; continue; }
        const lift = (to) => { while (block.length && block[block.length - 1].indent >= to) block.pop(); };
        if (content || line === text.slice(text.lastIndexOf("\n") + 1)) lift(indent);
        for (let dash = /^-(\s+|$)/.exec(content); dash; dash = /^-(\s+|$)/.exec(content)) {
          block.push({ indent, step: 0 });
          indent += dash[0].length;
          content = content.slice(dash[0].length);
        }
        const key = /^("[^"]*"|'[^']*'|[^\s:#{}[\],'"][^:#{}[\]]*?)\s*:(?:\s+|$)/.exec(content);
        if (key) {
          block.push({ indent, step: key[1].replace(/^["']|["']$/g, "") });
          rest = content.slice(key[0].length);
          mode = "value";
        } else {
          rest = content;
          mode = "key";
        }
        prefix = rest.trim();
      }
      flowing(rest, flow);
    }
    const path = block.map((one) => one.step);
    if (!flow.length) return { mode, prefix, path };
    flow.forEach((one, at) => {
      if (one.list) path.push(0);
      else if (one.key !== null) path.push(one.key);
      else if (at < flow.length - 1) path.push(0);
    });
    const last = flow[flow.length - 1];
    return { mode: last.list || last.key !== null ? "value" : "key", prefix: last.word.trim(), path };
  }

  /* Follows the brackets of a line: what is open at its end stays in `flow`. */
  function flowing(line, flow) {
    let quote = "";
    for (let at = 0; at < line.length; at += 1) {
      const char = line[at];
      const top = flow[flow.length - 1];
      if (quote) {
        if (char === quote) quote = "";
        if (top) top.word += char;
      } else if ((char === '"' || char === "'") && (!top || !top.word.trim())) {
        quote = char;
        if (top) top.word += char;
      } else if (char === "#" && (at === 0 || line[at - 1] === " ")) return;
      else if ((char === "{" || char === "[") && (top ? !top.word.trim() : !line.slice(0, at).trim())) {
        flow.push({ list: char === "[", key: null, word: "" });
      } else if (!top) continue;
      else if (char === "}" || char === "]") {
        flow.pop();
        if (flow.length) flow[flow.length - 1].word = " ";
      } else if (char === ",") { top.key = null; top.word = ""; }
      else if (char === ":" && !top.list && top.key === null && /\s|^$/.test(line[at + 1] || "")) {
        top.key = top.word.trim().replace(/^["']|["']$/g, "");
        top.word = "";
      } else top.word += char;
    }
  }

  /* ---- the schema at a place ---- */
  const flat = (one) => (one.anyOf ? [one, ...one.anyOf.flatMap(flat)] : [one]);
  function schemasAt(path) {
    let here = schema ? flat(schema) : [];
    for (const step of path) {
      here = here.flatMap((one) => {
        if (step === 0) return one.items ? flat(one.items) : [];
        if (one.properties && Object.hasOwn(one.properties, step)) return flat(one.properties[step]);
        return one.additionalProperties && typeof one.additionalProperties === "object" ? flat(one.additionalProperties) : [];
      });
    }
    return here;
  }

  const kindOf = (one) => (one.enum || "const" in one ? "" : [one.type].flat().filter(Boolean).join(" | "));

  /* The names that the file itself declares in a group: its states, roles, actions. */
  function namesIn(text, group) {
    const found = [];
    let inside = false;
    for (const line of text.split("\n")) {
      if (/^\S/.test(line)) inside = line.startsWith(`${group}:`);
      const key = inside && /^ {2}([\w.]+|"[^"]+"):/.exec(line);
      if (key) found.push(key[1]);
    }
    return found;
  }

  function namesFor(path, text) {
    const key = [...path].reverse().find((one) => one !== 0);
    const states = () => namesIn(text, "states");
    const roles = () => namesIn(text, "roles");
    if (path[0] === "actions" && (key === "from" || key === "to" || key === "else")) return states();
    if (path[0] === "actions" && key === "by") return [...roles(), "applicant", "system"];
    if (path[0] === "states" && key === "role") return roles();
    if (path[0] === "notify" && key === "to") return [...roles(), "applicant", "holder"];
    if (path[0] === "notify" && key === "template") return JSON.parse(area.dataset.templates);
    if (path[0] === "notify" && key === "event") {
      return [...states().map((one) => `entered(${one})`), ...states().map((one) => `remind(${one})`), "due_in(1)", "overdue"];
    }
    if (path[0] === "roles" && key === "unit") return namesIn(text, "routing");
    if (key === "attach") return namesIn(text, "documents");
    if (key === "starts") return namesIn(text, "actions");
    if (key === "table") return namesIn(text, "tables");
    if (key === "opens" || path.at(-2) === "migrate") return states();
    return [];
  }

  function complete(context) {
    const text = context.state.doc.toString();
    const place = placeAt(text.slice(0, context.pos));
    if (place.mode === "none" || (!place.prefix && !context.explicit && place.mode === "key")) return null;
    const word = context.matchBefore(/[\w.()-]*/);
    const known = schemasAt(place.path);
    const options = new Map();
    if (place.mode === "key") {
      for (const one of known) {
        for (const [name, about] of Object.entries(one.properties || {})) {
          options.set(name, { label: name, apply: `${name}: `, type: "property", info: about.description, detail: kindOf(about) });
        }
      }
    } else {
      for (const one of known) {
        const values = one.enum || ("const" in one ? [one.const] : one.type === "boolean" ? ["true", "false"] : []);
        for (const value of values) options.set(String(value), { label: String(value), type: "enum", info: one.description });
      }
      for (const name of namesFor(place.path, text)) options.set(name, { label: name, type: "variable" });
    }
    return options.size ? { from: word.from, options: [...options.values()], validFor: /^[\w.()-]*$/ } : null;
  }

  function hover(view, pos) {
    const line = view.state.doc.lineAt(pos);
    const word = /[\w.]+/g;
    for (let found = word.exec(line.text); found; found = word.exec(line.text)) {
      const [from, to] = [line.from + found.index, line.from + found.index + found[0].length];
      if (pos < from || pos > to) continue;
      const place = placeAt(view.state.doc.sliceString(0, from));
      const isKey = /^["']?\s*:(\s|$)/.test(line.text.slice(to - line.from));
      const path = place.mode === "key" && isKey ? [...place.path, found[0]] : place.path;
      const about = schemasAt(path);
      const said = about.map((one) => one.description).find(Boolean);
      const values = about.flatMap((one) => one.enum || []);
      if (!said && !values.length) return null;
      return { pos: from, end: to, above: true, create: () => {
        const dom = document.createElement("div");
        dom.className = "cm-about";
        const name = document.createElement("strong");
        name.textContent = path.filter((one) => one !== 0).join(" › ");
        dom.append(name, document.createElement("br"), said || "");
        if (values.length) dom.append(document.createElement("br"), values.join(", "));
        return { dom };
      } };
    }
    return null;
  }

  /* ---- findings beside their lines ---- */
  function offset(doc, line, column) {
    const at = doc.line(Math.max(1, Math.min(line, doc.lines)));
    return Math.min(at.to, at.from + [...at.text].slice(0, column - 1).join("").length);
  }

  function change(doc, fix) {
    const from = offset(doc, fix.line, fix.column);
    return doc.sliceString(from, from + fix.word.length) === fix.word ? { from, to: from + fix.word.length, insert: fix.to } : null;
  }

  function diagnostic(doc, one) {
    const from = offset(doc, one.line, one.column);
    const word = /^["']?[\p{L}\p{N}_.()-]+["']?/u.exec(doc.sliceString(from, doc.lineAt(from).to));
    const fixed = one.fix && {
      name: `${area.dataset.fix} ${one.fix.to}`,
      apply: (view) => { const made = change(view.state.doc, one.fix); if (made) view.dispatch({ changes: made }); },
    };
    return {
      from,
      to: from + (word ? word[0].length : 0),
      severity: one.severity,
      source: one.rule,
      message: `${one.message}\n${area.dataset.why}: ${one.why}`,
      actions: fixed ? [fixed] : [],
    };
  }

  async function checked(view) {
    const text = view.state.doc.toString();
    if (text !== area.defaultValue || findings.asked) {
      const fields = new URLSearchParams([...new FormData(form)].filter(([, value]) => typeof value === "string"));
      fields.set("text", text);
      const answer = await fetch(form.dataset.check, {
        method: "POST", body: fields, credentials: "same-origin", headers: { "X-Poll": "1" },
      }).catch(() => null);
      if (answer && answer.ok && !answer.redirected) {
        const html = await answer.text();
        const fresh = new DOMParser().parseFromString(policy.createHTML(html), "text/html").getElementById("ket-qua");
        if (fresh && view.state.doc.toString() === text) {
          findings = JSON.parse(fresh.dataset.findings);
          findings.asked = true;
          swap(html, ["the", "ke-hoach", "ket-qua", "muc", "thu-ket-qua"]);
        }
      } else if (answer) over(answer);
    }
    return findings.map((one) => diagnostic(view.state.doc, one));
  }

  /* ---- the editor ---- */
  const look = cm.EditorView.theme({
    "&": { height: "34rem", maxHeight: "75vh", backgroundColor: "var(--surface)", color: "var(--ink)", fontSize: "13px" },
    "&.cm-focused": { outline: "2px solid var(--focus, currentColor)", outlineOffset: "1px" },
    ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.6", overflow: "auto" },
    ".cm-content": { caretColor: "var(--ink)" },
    ".cm-cursor": { borderLeftColor: "var(--ink)" },
    ".cm-gutters": { backgroundColor: "var(--sunken)", color: "var(--ink-3)", border: "none" },
    ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "var(--sunken)" },
    "&.cm-focused .cm-selectionBackground, .cm-selectionBackground": { backgroundColor: "var(--wait-tint) !important" },
    ".cm-tooltip, .cm-panels": { backgroundColor: "var(--surface)", color: "var(--ink)", border: "1px solid var(--edge)", fontFamily: "var(--font)" },
    ".cm-tooltip": { maxWidth: "min(32rem, 90vw)" },
    ".cm-about": { padding: "4px 8px" },
    ".cm-tooltip-autocomplete ul li[aria-selected]": { backgroundColor: "var(--link)", color: "var(--surface)" },
    ".cm-completionDetail": { color: "inherit" },
    // CodeMirror's own marks are pictures in data: addresses, which the policy of pages does not load.
    ".cm-lintRange": { backgroundImage: "none !important", paddingBottom: "0", textDecoration: "underline wavy 1px", textUnderlineOffset: ".25em" },
    ".cm-lintRange-error": { textDecorationColor: "var(--late-solid)" },
    ".cm-lintRange-warning, .cm-lintRange-info, .cm-lintRange-hint": { textDecorationColor: "var(--wait-solid)" },
    ".cm-lint-marker.cm-lint-marker": { textAlign: "center", fontWeight: "700", lineHeight: "1" },
    ".cm-lint-marker-error.cm-lint-marker-error": { content: "'✕'", color: "var(--late)" },
    ".cm-lint-marker-warning.cm-lint-marker-warning": { content: "'!'", color: "var(--soon)" },
    ".cm-lint-marker-info.cm-lint-marker-info": { content: "'i'", color: "var(--wait)" },
    ".cm-diagnostic": { whiteSpace: "pre-line", borderLeftColor: "var(--late-solid)" },
    ".cm-diagnosticAction": { backgroundColor: "var(--surface)", color: "var(--link)", border: "1px solid var(--edge)", borderRadius: "6px", font: "inherit", cursor: "pointer" },
    ".cm-panel input, .cm-panel button": { font: "inherit", color: "inherit", background: "var(--surface)", border: "1px solid var(--edge)" },
    ".cm-foldPlaceholder": { backgroundColor: "var(--sunken)", color: "var(--ink-3)", border: "1px solid var(--line)" },
  });
  const { tags } = cm;
  const colours = cm.HighlightStyle.define([
    { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: "var(--wait)" },
    { tag: [tags.string], color: "var(--good)" },
    { tag: [tags.number, tags.bool, tags.null, tags.keyword], color: "var(--soon)" },
    { tag: [tags.comment, tags.lineComment], color: "var(--ink-3)", fontStyle: "italic" },
    { tag: [tags.content, tags.separator, tags.punctuation, tags.brace, tags.squareBracket], color: "var(--ink)" },
  ]);
  const save = () => { document.querySelector("[data-save]").click(); return true; };

  host.id = "soan-thao";
  host.className = "editor-host";
  area.before(host);
  const root = host.attachShadow({ mode: "open" });
  const view = new cm.EditorView({
    parent: root,
    root,
    state: cm.EditorState.create({
      doc: area.value,
      extensions: [
        cm.lineNumbers(), cm.foldGutter(), cm.lintGutter(), cm.history(), cm.drawSelection(), cm.highlightActiveLine(),
        cm.bracketMatching(), cm.yaml(), cm.syntaxHighlighting(colours), look,
        cm.autocompletion({ override: [complete], icons: false }),
        cm.hoverTooltip(hover),
        cm.linter(checked, { delay: 600 }),
        cm.keymap.of([
          { key: "Mod-s", run: save, preventDefault: true },
          ...cm.completionKeymap, ...cm.defaultKeymap.filter((one) => one.key !== "Mod-Enter"), ...cm.historyKeymap,
          ...cm.searchKeymap, ...cm.lintKeymap, ...cm.foldKeymap,
        ]),
        cm.EditorView.contentAttributes.of({
          "aria-label": area.labels[0].textContent, spellcheck: "false", autocapitalize: "off", lang: "vi", tabindex: "0",
        }),
        cm.EditorView.updateListener.of((update) => { if (update.docChanged) area.value = update.state.doc.toString(); }),
      ],
    }),
  });
  area.hidden = true;
  document.querySelectorAll("[data-plain]").forEach((one) => { one.hidden = true; });
  host.view = view; // for whoever looks into the page from outside, such as a test
  fetch(area.dataset.keys, { credentials: "same-origin", headers: { "X-Poll": "1" } })
    .then((answer) => (answer.ok ? answer.json() : null)).then((found) => { schema = found; }).catch(() => {});

  /* Keys of the desk are none here: what is typed stays in the editor. */
  host.addEventListener("keydown", (event) => event.stopPropagation());
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === "s") { event.preventDefault(); save(); }
  });

  function goTo(line, column) {
    const at = offset(view.state.doc, line, column);
    view.dispatch({ selection: { anchor: at }, effects: cm.EditorView.scrollIntoView(at, { y: "center" }) });
    view.focus();
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[data-line]");
    const mend = event.target.closest?.("button[data-mend], button[data-all]");
    if (link) {
      event.preventDefault();
      goTo(Number(link.dataset.line), Number(link.dataset.column || 1));
    } else if (mend) {
      const chosen = mend.dataset.mend ? [findings[Number(mend.dataset.mend) - 1]] : findings;
      const once = new Map(chosen.filter((one) => one?.fix).map((one) => [`${one.fix.line}:${one.fix.column}`, one.fix]));
      const changes = [...once.values()].map((fix) => change(view.state.doc, fix)).filter(Boolean);
      if (!changes.length) return; // the text went on: the server looks for the word again
      event.preventDefault();
      view.dispatch({ changes, selection: { anchor: changes[0].from } });
      view.focus();
    }
  });

  form.addEventListener("submit", () => { sent = true; });
  window.addEventListener("beforeunload", (event) => {
    if (!sent && area.value !== area.defaultValue) event.preventDefault();
  });
})();
