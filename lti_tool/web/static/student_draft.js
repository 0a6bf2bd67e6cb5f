// Saves a draft as it is typed, and keeps typed text (store.js) until the server has it.
//
// Every form marked data-save is posted as a browser would post it; the answer is the whole page,
// of which the parts marked data-live (and the list data-keyed) are taken over. So there is one way
// to draw them, and a page without this script works the same by its buttons.
import { store } from "./store.js";

const work = document.getElementById("work");
const status = document.getElementById("save");
const PAUSE = 900;
const OTHERS = "input[data-keep], #self input[type=radio]"; // kept beside texts
const timers = new WeakMap();
const sending = new WeakMap();

document.querySelectorAll("[data-without-script]").forEach((part) => { part.hidden = true; });

// ---- what the page says about saving

export function say(state, words) {
  status.className = { busy: "save save-busy", ok: "save save-ok" }[state] ?? "save save-off";
  status.textContent = words ?? status.dataset[state];
}

function saidSaved() {
  say("ok", `${status.dataset.ok} ${document.getElementById("now").textContent}`);
}

// ---- posting a form and taking over what changed

export async function post(form, data = new FormData(form)) {
  return answered(await fetch(form.action, {
    method: "POST",
    body: data,
    headers: { Accept: "application/json, text/html;q=0.9", "X-CSRFToken": work.dataset.token },
  }));
}

// The refusal's words as an Error; else the page to take over.
export async function answered(response) {
  if (response.ok) return { url: new URL(response.url), page: parse(await response.text()) };
  if ((response.headers.get("Content-Type") ?? "").startsWith("application/json")) throw refusal(await response.json());
  throw new Error(status.dataset.failed);
}

export function refusal({ title, todo }) {
  return new Error([title, todo].filter(Boolean).join(" "));
}

export function parse(html) {
  return new DOMParser().parseFromString(html, "text/html");
}

export function takeOver(page, { except = null } = {}) {
  document.querySelectorAll("[data-live]").forEach((part) => {
    const fresh = page.getElementById(part.id);
    if (fresh) part.replaceWith(document.adoptNode(fresh));
  });
  takeOverPieces(page, except);
  takeOverMarks(page);
  saidSaved();
}

// Pieces are added and taken away; those that stay keep what is being typed in them.
function takeOverPieces(page, except) {
  const list = document.getElementById("pieces");
  const fresh = page.getElementById("pieces");
  if (!list || !fresh) return;
  [...list.children].forEach((piece) => { if (!page.getElementById(piece.id)) piece.remove(); });
  [...fresh.children].forEach((piece) => {
    const adopted = document.querySelector(`[data-adopts="${CSS.escape(piece.id)}"]`);
    if (piece.id === except || adopted || document.getElementById(piece.id)) return;
    piece.querySelectorAll("[data-without-script]").forEach((part) => { part.hidden = true; });
    list.append(document.adoptNode(piece));
  });
}

// A text's mark must be that of the text just saved, or the next save would look like a stranger's.
function takeOverMarks(page) {
  document.querySelectorAll("input[name=base]").forEach((mark) => {
    const form = mark.closest("form");
    const fresh = page.querySelector(`form[action="${CSS.escape(form.getAttribute("action"))}"] input[name=base]`);
    if (fresh && !sendsElsewhere(form, fresh)) mark.value = fresh.value;
  });
}

// Whether the stored text is not what this form saved last: then its old mark must stay.
function sendsElsewhere(form, fresh) {
  const stored = fresh.form.querySelector("textarea")?.value.trim();
  return form.dataset.saved !== undefined && form.dataset.saved !== stored;
}

// ---- saving as one types

function later(form) {
  clearTimeout(timers.get(form));
  timers.set(form, setTimeout(() => save(form), PAUSE));
}

// One save of a form after the other; the promise is kept when the last of them is done.
function save(form) {
  clearTimeout(timers.get(form));
  timers.delete(form);
  const turn = (sending.get(form) ?? Promise.resolve()).then(() => send(form));
  sending.set(form, turn);
  return turn;
}

async function send(form) {
  const text = form.querySelector("textarea");
  if (text && !text.value.trim()) return;
  const data = new FormData(form);
  say("busy");
  try {
    const { url, page } = await post(form, data);
    if (text) form.dataset.saved = data.get("text").replaceAll("\r\n", "\n").trim();
    if ("new" in form.dataset) adopt(form, url.searchParams.get("added"), page);
    if (text) settled(form, text, data.get("text"));
    else settledOther(form, data);
    takeOver(page);
  } catch (error) {
    failed(form, error);
  }
}

// Everything typed is saved before the page is left by its own link.
async function settle() {
  const forms = [...document.querySelectorAll("form[data-save]")];
  await Promise.all(forms.map((form) => (timers.has(form) ? save(form) : sending.get(form))));
}

// A new text, once saved, is a piece of its own: the box goes on as the form of that piece, where
// the writer's cursor is, and the list shows the piece from the next visit on.
function adopt(form, id, page) {
  const piece = page.getElementById(`f-${id}`);
  if (!piece) return;
  form.action = piece.getAttribute("action");
  const mark = document.createElement("input");
  mark.type = "hidden";
  mark.name = "base";
  mark.value = piece.elements.base.value;
  form.append(mark);
  form.dataset.adopts = `ev-${id}`;
  delete form.dataset.new;
  const text = form.elements.text;
  forget(text);
  text.dataset.keptAs = `text-${id}`;
  keep(text);
}

// Another window may have kept its own words under the same name: those are not saved.
function settled(form, text, sent) {
  if (kept(text)?.text.replaceAll("\r\n", "\n") === sent.replaceAll("\r\n", "\n")) forget(text);
  if (text.value === sent) delete form.dataset.dirty;
  else later(form);
}

// An address or self-ratings: what was sent is stored; what was chosen since is sent next.
function settledOther(form, data) {
  delete form.dataset.dirty;
  form.querySelectorAll(OTHERS).forEach((field) => { if (kept(field)?.text === data.get(field.name)) forget(field); });
}

function failed(form, error) {
  if (error instanceof TypeError) {
    say("offline");
    if ("save" in form.dataset) window.addEventListener("online", () => save(form), { once: true });
  } else {
    say("failed", error.message);
  }
}

document.querySelectorAll("form[data-save]").forEach((form) => {
  form.addEventListener("submit", () => clearTimeout(timers.get(form)));
});

document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-save]");
  if (!form) return;
  if (event.target.matches(`textarea, ${OTHERS}`)) keep(event.target);
  // While Chinese is being composed the text is not what the writer means yet.
  if (!event.isComposing) later(form);
});
document.addEventListener("compositionend", (event) => {
  const form = event.target.closest("form[data-save]");
  if (form) later(form);
});
// Links and ticks below files have no text of their own; the same forms serve them.
document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-save]");
  if (form && !event.target.matches("textarea")) save(form);
});
document.addEventListener("click", async (event) => {
  const link = event.target.closest("a[data-after-saving]");
  if (!link || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  await settle();
  window.location.assign(link.href);
});
document.addEventListener("click", async (event) => {
  const button = event.target.closest("button[data-remove]");
  if (!button) return;
  event.preventDefault();
  say("busy");
  try {
    const { page } = await answered(await fetch(button.formAction, {
      method: "POST",
      headers: { Accept: "application/json, text/html;q=0.9", "X-CSRFToken": work.dataset.token },
    }));
    takeOver(page);
    document.getElementById("h-ev").focus();
  } catch (error) {
    failed(button.form, error);
  }
});

// ---- text kept until the server has it: a session that ends loses nothing

const prefix = `dabiao.${work.dataset.keptUnder}.`;
const nameOf = (field) => prefix + (field.dataset.keptAs ?? field.dataset.keep ?? field.name);

function keep(text) {
  const base = text.form.elements.base?.value ?? "";
  try {
    store.setItem(nameOf(text), JSON.stringify({ base, text: text.value }));
  } catch {
    say("failed"); // full, or forbidden; the text is still in the box
  }
}

function forget(text) {
  store.removeItem(nameOf(text));
}

function kept(text) {
  try {
    return JSON.parse(store.getItem(nameOf(text)));
  } catch {
    return null;
  }
}

// An address or a self-rating that never came to be saved is chosen again.
function restoreOther(field) {
  const found = kept(field);
  const isLevel = field.type === "radio";
  if (!found || (isLevel && found.text !== field.value)) return;
  if (isLevel ? field.defaultChecked : field.defaultValue === found.text) return forget(field);
  if (isLevel) field.checked = true;
  else field.value = found.text;
  later(field.form);
}

// A text that was changed elsewhere meanwhile is left alone: what was typed here goes into the box
// for a new text, beside it.
function restore(text) {
  const found = kept(text);
  if (!found || !found.text.trim() || isSaved(found.text)) return forget(text);
  const same = found.base === (text.form.elements.base?.value ?? "");
  const box = same ? text : document.querySelector("[data-new] textarea");
  if (!box || (box !== text && box.value.trim())) return;
  box.value = found.text;
  box.closest("details")?.setAttribute("open", "");
  note(box);
  if (box !== text) { forget(text); keep(box); }
  later(box.form);
}

function isSaved(words) {
  const saved = document.querySelectorAll("#pieces textarea");
  return [...saved].some((each) => each.defaultValue.trim() === words.trim());
}

function note(box) {
  const words = document.createElement("p");
  words.className = "hint";
  words.setAttribute("role", "status");
  words.textContent = work.dataset.restored;
  box.before(words);
}

document.querySelectorAll("textarea[data-keep]").forEach(restore);
document.querySelectorAll(OTHERS).forEach(restoreOther);
