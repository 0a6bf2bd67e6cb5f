// Rating: each choice is saved at once by the form it stands in; what is refused stays on the page.
// Keys: 1–4 level, J and K code, C comment, Z undo, N and P student, R to the release. A check box
// turns them off (WCAG 2.1.4), and they rest while somebody types.
import { store } from "./store.js";

const page = document.getElementById("rate");
const cards = [...document.querySelectorAll(".crit-d")];
const toast = document.getElementById("toast");
const saveState = document.getElementById("save");
const words = page.dataset;
const work = location.pathname.split("/teacher/")[1];
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
let last = null;

page.classList.add("scripted");
document.getElementById("key-hints").hidden = false;

// --- What is typed is kept until it is saved -------------------------------------------------------

const kept = {
  name: (area) => `dabiao:${document.body.dataset.person}:${work}:${area.dataset.keep}`,
  call(act) {
    try { return act(); } catch { return null; } // storage may be full
  },
  put(area) { kept.call(() => store.setItem(kept.name(area), area.value)); },
  drop(area) { kept.call(() => store.removeItem(kept.name(area))); },
  get(area) { return kept.call(() => store.getItem(kept.name(area))); },
};
document.querySelectorAll("[data-keep]").forEach((area) => {
  area.dataset.saved = area.defaultValue;
  const typed = kept.get(area);
  if (typed !== null && typed !== area.value) {
    area.value = typed;
    area.form.dataset.dirty = "1";
    area.closest(".crit-d")?.querySelector(".save-one")?.classList.add("needed");
  }
  area.addEventListener("input", () => kept.put(area));
});

// --- Saving -----------------------------------------------------------------------------------

const formOf = (card) => card.querySelector("form");
const levelOf = (card) => card.querySelector("input[name=level]:checked");
const commentOf = (card) => card.querySelector("textarea");
const isBreach = (card) => "red" in card.dataset && levelOf(card)?.value === card.querySelector("input[name=level]").value;

function say(kind, at = "") {
  saveState.className = `save${{ busy: " save-busy", ok: " save-ok", offline: " save-off", failed: " save-off" }[kind]}`;
  saveState.textContent = `${words[kind] ?? saveState.dataset[kind]} ${at}`.trim();
}

// One after the other: each save names the rating it saw, which the one before it changes.
let line = Promise.resolve();
const inLine = (act) => { line = line.then(act, act); return line; };

async function post(url, data) {
  const headers = { Accept: "application/json", "X-Requested-With": "fetch" };
  const answer = await fetch(url, { method: "POST", body: data, headers });
  return { status: answer.status, body: await answer.json() };
}

function save(card, asked = false) {
  const form = formOf(card);
  const data = new FormData(form);
  if (!data.get("level")) {
    if (asked) needed(card, words.choose);
    return;
  }
  delete form.dataset.pending;
  inLine(async () => {
    data.set("seen", form.elements.seen.value);
    data.set("version", form.elements.version.value);
    say("busy");
    try {
      const { status, body } = await post(form.action, data);
      if (status === 200) accepted(card, body, data.get("comment"));
      else refused(card, status, body);
    } catch {
      form.dataset.pending = "1";
      needed(card, words.offline);
      say("offline");
    }
  });
}

function accepted(card, body, comment) {
  const area = commentOf(card);
  area.dataset.saved = comment.trim();
  if (area.value === comment) {
    kept.drop(area);
    delete formOf(card).dataset.dirty;
  }
  card.querySelector(".save-one").classList.remove("needed");
  card.querySelector(".refusal").hidden = true;
  update(card, body);
  say("ok", body.rating.at);
  last = { card, id: body.rating.id };
  tell(fill(words.given, { code: body.code, words: body.rating.words }));
}

function refused(card, status, body) {
  say("failed");
  if (status === 401 || !("code" in body)) return needed(card, status === 401 ? words.ended : `${body.title} ${body.todo}`);
  const theirs = body.rating && formOf(card).elements.seen.value !== body.rating.id;
  needed(card, body.error, theirs ? fill(words.theirs, body.rating) : "");
  if (theirs) formOf(card).elements.seen.value = body.rating.id;
}

function needed(card, ...sentences) {
  const box = card.querySelector(".refusal");
  const lines = sentences.filter(Boolean).map((sentence) => Object.assign(document.createElement("p"), { textContent: sentence }));
  box.replaceChildren(...lines);
  box.setAttribute("role", "alert");
  box.hidden = false;
  card.querySelector(".save-one").classList.add("needed");
  if (!card.open) open(cards.indexOf(card));
}

function update(card, body) {
  formOf(card).elements.seen.value = body.rating?.id ?? "";
  document.querySelectorAll("input[name=version]").forEach((input) => { input.value = body.version; });
  const chip = body.rating ? levelOf(card).parentElement.querySelector(".lv").cloneNode(true) : Object.assign(document.createElement("span"), { className: "mute", textContent: words.none });
  card.querySelector(".chosen").replaceChildren(chip);
  document.getElementById("done").textContent = fill(words.rated, { rated: body.rated, all: cards.length });
  const release = document.querySelector("#release button");
  if (release) {
    release.classList.toggle("btn-primary", body.releasable);
    body.releasable ? release.removeAttribute("aria-disabled") : release.setAttribute("aria-disabled", "true");
  }
}

function tell(text) {
  toast.querySelector("span").textContent = text;
  toast.hidden = false;
}

function undo() {
  if (!last) return;
  const { card, id } = last;
  last = null;
  inLine(async () => {
    const data = new FormData();
    data.set("csrf_token", formOf(card).elements.csrf_token.value);
    data.set("code", card.dataset.code);
    data.set("seen", id);
    try {
      const { status, body } = await post(words.undo, data);
      if (status !== 200) return refused(card, status, body);
      restore(card, body);
    } catch {
      last = { card, id };
      say("offline");
    }
  });
}

function restore(card, body) {
  card.querySelectorAll("input[name=level]").forEach((input) => { input.checked = Number(input.value) === body.rating?.level; });
  const area = commentOf(card);
  area.value = area.dataset.saved = body.rating?.comment ?? "";
  kept.drop(area);
  delete formOf(card).dataset.dirty;
  update(card, body);
  say("ok");
  tell(fill(words.undone, { code: body.code }));
  document.getElementById("undo").hidden = true;
}

cards.forEach((card) => {
  const form = formOf(card);
  form.addEventListener("change", (event) => {
    if (event.target.name === "confirmed") return;
    document.getElementById("undo").hidden = false;
    if (isBreach(card)) {
      card.querySelector(".save-one").classList.add("needed");
      if (event.target.name === "level") commentOf(card).focus();
      tell(words.breach);
      document.getElementById("undo").hidden = true;
    } else if (event.target.name === "level" || commentOf(card).value.trim() !== commentOf(card).dataset.saved.trim()) {
      save(card);
    }
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    event.submitter?.removeAttribute("aria-busy");
    save(card, true);
  });
});
document.getElementById("undo").addEventListener("click", undo);
window.addEventListener("online", () => cards.filter((card) => formOf(card).dataset.pending).forEach((card) => save(card)));

// --- One open criterion, its evidence marked ------------------------------------------------------

const current = () => cards.findIndex((card) => card.open);
function open(index) {
  const card = cards[Math.max(0, Math.min(cards.length - 1, index))];
  card.open = true;
  card.querySelector("summary").focus();
}
function mark() {
  const code = cards[current()]?.dataset.code;
  document.querySelectorAll(".piece").forEach((piece) => {
    piece.classList.toggle("piece-on", piece.dataset.codes.split(" ").includes(code));
  });
}
cards.forEach((card) => card.addEventListener("toggle", () => {
  if (card.open) cards.forEach((other) => { if (other !== card) other.open = false; });
  mark();
}));
mark();

// --- Keys ------------------------------------------------------------------------------------------

const TYPING = "textarea, select, input:not([type=radio], [type=checkbox])";
document.addEventListener("keydown", (event) => {
  if (!document.getElementById("keys").checked || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.matches(TYPING)) return;
  const key = event.key.toLowerCase();
  const card = cards[current()];
  const option = /^[1-9]$/.test(key) ? card?.querySelector(`input[name=level][value="${key}"]:not(:disabled)`) : null;
  const acts = {
    j: () => open(current() + 1),
    k: () => open(current() - 1),
    z: undo,
    c: () => commentOf(card)?.focus(),
    r: () => document.querySelector("#release button")?.focus(),
    n: () => document.getElementById("following")?.click(),
    p: () => document.getElementById("previous")?.click(),
  };
  if (option) { event.preventDefault(); option.click(); }
  else if (acts[key]) { event.preventDefault(); acts[key](); }
});
