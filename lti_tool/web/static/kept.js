// What is typed into a form is kept (store.js) until the server has it: a session that ended, a lost
// connection or a closed tab lose nothing.
//
// Of every form[data-guard], texts and performance levels that were changed are kept under the reader
// and the form's address, each with the value it began with. Where the form is shown again with that
// value, what was typed goes back into it; where something else is stored by now, it stands above the
// form. A form carries a mark when it is sent; the page after one that was taken repeats the mark.
// Not here: what saves by itself (student_draft.js, teacher-rate.js, teacher-by-code.js).
import { store } from "./store.js";

const TEXTS = "textarea[id]:not([data-keep]), input[id]:is([type=text], [type=url], :not([type]))";
const LEVELS = ".scale input[type=radio]";
const PREFIX = "dabiao.form.";
const LIVES = 30 * 24 * 3600 * 1000; // milliseconds
const SAYS_NOTHING = new Set(["csrf_token", "typed_mark", "version", "seen", "revision", "base"]);
const reader = document.body.dataset;

function entry(name) {
  try { return JSON.parse(store.getItem(name)); } catch { return null; }
}
function put(name, kept) {
  if (!Object.keys(kept.fields).length) return store.removeItem(name);
  try { store.setItem(name, JSON.stringify(kept)); } catch { /* full: the page still warns before it is left */ }
}

function nameOf(form) {
  const path = new URL(form.getAttribute("action") ?? "", location.href).pathname.replace(/^\/s\/[^/]+/, "");
  const hidden = [...form.querySelectorAll("input[type=hidden]")].filter((each) => !SAYS_NOTHING.has(each.name));
  return [PREFIX + reader.person, path, ...hidden.map((each) => `${each.name}=${each.value}`)].join(" ");
}

// Texts and groups of levels by a name of their own: value, the value they began with, how to set it.
function fieldsOf(form) {
  const found = new Map();
  form.querySelectorAll(TEXTS).forEach((each) => found.set(each.id, {
    at: each,
    now: () => each.value,
    began: each.dataset.began ?? each.defaultValue,
    put: (text) => { each.value = text; },
  }));
  const levels = [...form.querySelectorAll(LEVELS)];
  new Set(levels.map((each) => each.name)).forEach((name) => found.set(name, group(levels.filter((each) => each.name === name))));
  return found;
}
function group(radios) {
  return {
    at: radios[0],
    now: () => radios.find((each) => each.checked)?.value ?? "",
    began: radios[0].dataset.began ?? radios.find((each) => each.defaultChecked)?.value ?? "",
    put: (level) => radios.forEach((each) => { each.checked = each.value === level; }),
  };
}
const plain = (text) => text.replaceAll("\r\n", "\n").trim();

function keep(form) {
  const fields = {};
  fieldsOf(form).forEach(({ now, began }, name) => {
    if (plain(now()) !== plain(began)) fields[name] = { began, text: now() };
  });
  put(nameOf(form), { fields, at: Date.now(), mark: form.elements.typed_mark?.value ?? null });
}

// A form that was refused shows what was typed already: only where it began is remembered.
function restore(form) {
  const kept = entry(nameOf(form));
  if (!kept) return;
  const fields = fieldsOf(form);
  const back = [];
  const beside = [];
  for (const [name, { began, text }] of Object.entries(kept.fields)) {
    const field = fields.get(name);
    if (!field) continue;
    if (plain(field.now()) === plain(text)) field.at.dataset.began = began;
    else if (plain(field.began) === plain(began)) { field.put(text); back.push(field); }
    else beside.push(text);
  }
  if (!back.length && !beside.length) return;
  form.dataset.dirty = "1";
  for (let part = form.closest("details"); part; part = part.parentElement.closest("details")) part.open = true;
  note(form, beside.length ? reader.meanwhile : reader.restored, beside);
}

function note(form, words, texts) {
  const box = document.createElement("div");
  box.className = "banner banner-warn";
  box.setAttribute("role", "status");
  const said = document.createElement("div");
  said.append(...[words, ...texts].map((each) => Object.assign(document.createElement("p"), { textContent: each, className: "pre" })));
  const discard = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-quiet", textContent: reader.discard });
  discard.addEventListener("click", () => {
    fieldsOf(form).forEach(({ began, put: set }) => set(began));
    put(nameOf(form), { fields: {} });
    delete form.dataset.dirty;
    box.remove();
    form.querySelector("textarea, input:not([type=hidden])")?.focus();
  });
  box.append(said, discard);
  form.prepend(box);
}

function forget() {
  store.names().filter((name) => name.startsWith(PREFIX)).forEach((name) => {
    const kept = entry(name);
    const old = !kept || Date.now() - kept.at > LIVES;
    if (old || (kept.mark && kept.mark === reader.arrived)) store.removeItem(name);
  });
}

forget();
const isKept = (form) => form?.matches("form[data-guard]:not([data-save])") && !form.querySelector("[data-keep]");
if (reader.person) {
  [...document.forms].filter(isKept).forEach(restore);
  document.addEventListener("input", (event) => {
    if (isKept(event.target.form) && event.target.matches(`${TEXTS}, ${LEVELS}`)) keep(event.target.form);
  });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!isKept(form) || !entry(nameOf(form))) return;
    form.elements.typed_mark?.remove();
    const value = Array.from(crypto.getRandomValues(new Uint32Array(4)), (each) => each.toString(36)).join("");
    form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "typed_mark", value }));
    keep(form);
  });
}
