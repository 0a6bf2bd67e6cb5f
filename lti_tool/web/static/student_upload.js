// Uploads chosen or dropped files one by one, each with its progress and a way to cancel.
// Not here: what the page does with the answer (student_draft.js).
import { parse, refusal, say, takeOver } from "./student_draft.js";

const form = document.querySelector("form[data-upload]");
const most = Number(form?.dataset.upload);

function upload(file) {
  const row = line(file);
  if (file.size > most) return row.end(`${file.name} ${form.dataset.tooLarge}`);
  const data = new FormData();
  form.querySelectorAll("input[name=codes]:checked").forEach((code) => data.append("codes", code.value));
  data.append("files", file);
  const request = new XMLHttpRequest();
  request.open("POST", form.action);
  request.setRequestHeader("Accept", "application/json, text/html;q=0.9");
  request.setRequestHeader("X-CSRFToken", document.getElementById("work").dataset.token);
  request.upload.addEventListener("progress", (event) => row.show(event.loaded, event.total));
  row.cancel.addEventListener("click", () => request.abort());
  return new Promise((done) => {
    request.addEventListener("loadend", () => { finish(request, row, file); done(); });
    request.send(data);
  });
}

function finish(request, row, file) {
  if (request.status >= 200 && request.status < 300) {
    row.remove();
    takeOver(parse(request.responseText));
  } else if (request.status) {
    row.end(words(request, file));
  } else if (row.cancelled) {
    row.remove();
  } else {
    row.end(`${file.name}: ${document.getElementById("save").dataset.failed}`);
  }
}

function words(request, file) {
  try {
    return refusal(JSON.parse(request.responseText)).message;
  } catch {
    return `${file.name}: ${document.getElementById("save").dataset.failed}`;
  }
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
    show: (loaded, total) => { bar.value = total ? (loaded / total) * 100 : 0; },
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
