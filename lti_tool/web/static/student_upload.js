// Sends chosen or dropped files one by one and part by part, each with its progress and a way to
// cancel. A lost connection is waited out, and the server says from where to go on; after a reload
// or in a new session the same file goes on where it stopped.
// Not here: what the page does with the answer (student_draft.js).
import { parse, refusal, say, takeOver } from "./student_draft.js";

const form = document.querySelector("form[data-upload]");
const most = Number(form?.dataset.upload);
const PART = 1024 * 1024;
const LONGEST_WAIT = 30_000;

class Cancelled extends Error {}
// The connection, or a server that is busy: worth another try. `seconds` is what it asked for.
class Lost extends Error {
  constructor(seconds = 0) {
    super();
    this.seconds = seconds;
  }
}

async function upload(file) {
  const row = line(file);
  if (file.size > most) return row.end(`${file.name} ${form.dataset.tooLarge}`);
  try {
    const begun = await patiently(row, () => begin(row, file));
    document.querySelector(`#arriving [data-upload="${CSS.escape(begun.self)}"]`)?.remove();
    row.discard = begun.discard;
    await sendParts(row, file, begun);
    const answer = await patiently(row, () => ask(row, begun.complete, { body: chosenCodes() }));
    row.remove();
    takeOver(parse(answer.responseText));
  } catch (error) {
    if (error instanceof Cancelled) await giveUp(row);
    else row.end(error.message.includes(file.name) ? error.message : `${file.name}: ${error.message}`);
  }
}

async function begin(row, file) {
  const body = new URLSearchParams({ name: file.name, size: file.size });
  return JSON.parse((await ask(row, form.dataset.begin, { body })).responseText);
}

// Each answer says how much has come; after a loss it is asked for.
async function sendParts(row, file, { parts, self, offset }) {
  let at = offset;
  let lost = false;
  row.show(at, file.size);
  while (at < file.size) {
    const answer = await patiently(row, () => {
      if (lost) return ask(row, self, { method: "GET" });
      const part = file.slice(at, at + PART);
      const show = (loaded) => row.show(at + loaded, file.size);
      return ask(row, `${parts}?offset=${at}`, { body: part, type: "application/octet-stream", show });
    }, () => { lost = true; });
    lost = false;
    at = JSON.parse(answer.responseText).offset;
    row.show(at, file.size);
  }
}

function chosenCodes() {
  const chosen = [...form.querySelectorAll("input[name=codes]:checked")];
  return new URLSearchParams(chosen.map((code) => ["codes", code.value]));
}

// Do it again and again while the connection is what fails, with longer and longer waits.
async function patiently(row, act, onLoss = () => {}) {
  for (let wait = 1000; ; wait = Math.min(wait * 2, LONGEST_WAIT)) {
    try {
      return await act();
    } catch (error) {
      if (!(error instanceof Lost)) throw error;
      onLoss();
      row.waiting(true);
      await pause(row, Math.max(wait, error.seconds * 1000));
      row.waiting(false);
    }
  }
}

function pause(row, milliseconds) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    window.addEventListener("online", () => { clearTimeout(timer); resolve(); }, { once: true });
    row.cancel.addEventListener("click", () => { clearTimeout(timer); reject(new Cancelled()); }, { once: true });
  });
}

// One request; its answer, or Lost, Cancelled, or an Error with the refusal's words.
function ask(row, url, { method = "POST", body = null, type = null, show = null } = {}) {
  if (row.cancelled) return Promise.reject(new Cancelled());
  const request = new XMLHttpRequest();
  request.open(method, url);
  request.setRequestHeader("Accept", "application/json, text/html;q=0.9");
  request.setRequestHeader("X-CSRFToken", document.getElementById("work").dataset.token);
  if (type) request.setRequestHeader("Content-Type", type);
  if (show) request.upload.addEventListener("progress", (event) => show(event.loaded));
  const abort = () => request.abort();
  row.cancel.addEventListener("click", abort, { once: true });
  return new Promise((resolve, reject) => {
    request.addEventListener("loadend", () => {
      row.cancel.removeEventListener("click", abort);
      const outcome = judged(request, row);
      if (outcome === request) resolve(request);
      else reject(outcome);
    });
    request.send(body);
  });
}

function judged(request, row) {
  const { status } = request;
  if (status >= 200 && status < 300) return request;
  if (row.cancelled) return new Cancelled();
  if (status === 0 || status === 429 || status >= 500) return new Lost(Number(request.getResponseHeader("Retry-After")) || 0);
  try {
    return refusal(JSON.parse(request.responseText));
  } catch {
    return new Error(document.getElementById("save").dataset.failed);
  }
}

async function giveUp(row) {
  row.remove();
  if (!row.discard) return;
  const headers = { "X-CSRFToken": document.getElementById("work").dataset.token };
  // What stays behind unasked for is swept away later.
  await fetch(row.discard, { method: "POST", headers }).catch(() => {});
}

// A file's line below the field: name, progress bar, cancel; or why it was not taken.
function line(file) {
  const item = document.createElement("li");
  item.className = "row";
  const name = document.createElement("span");
  name.textContent = `${form.dataset.uploading} ${file.name}`;
  const bar = document.createElement("progress");
  bar.className = "bar";
  bar.max = 100;
  bar.value = 0;
  bar.setAttribute("aria-label", name.textContent);
  const cancel = document.createElement("button");
  cancel.type = "button";
  cancel.className = "btn btn-quiet";
  cancel.textContent = form.dataset.cancel;
  item.append(name, bar, cancel);
  document.getElementById("uploads").append(item);
  const row = {
    cancel,
    cancelled: false,
    discard: null,
    show: (loaded, total) => { bar.value = total ? (loaded / total) * 100 : 0; },
    waiting: (lost) => { name.textContent = `${form.dataset[lost ? "waiting" : "uploading"]} ${file.name}`; },
    remove: () => item.remove(),
    end: (why) => {
      item.replaceChildren(Object.assign(document.createElement("p"), { className: "error", textContent: why }));
      say("failed", why);
    },
  };
  cancel.addEventListener("click", () => { row.cancelled = true; });
  return row;
}

async function uploadAll(files) {
  document.querySelectorAll("#uploads .error").forEach((error) => error.parentElement.remove());
  for (const file of files) await upload(file);
}

if (form) {
  const field = form.querySelector("input[type=file]");
  field.addEventListener("change", () => {
    const files = [...field.files];
    field.value = "";
    uploadAll(files);
  });
  form.addEventListener("dragover", (event) => event.preventDefault());
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    uploadAll([...event.dataTransfer.files]);
  });
}
